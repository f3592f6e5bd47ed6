"""Machine code of the interpreter, where numba is installed; without it the same functions run as they are written.

`native` only marks a function. Its machine code is another function, made of it and of all those it calls when somebody
asks for it, and numba is not imported before: that alone takes a sixth of a second.

Compiled code is kept for the next process. numba tells an old piece only by the file that the function stands in, not
by the constants and functions that it took from others; so what is kept is kept under a digest of everything it is made
of and for, in a directory of the user's own.
"""

import os
import platform
import sys
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from types import FunctionType
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

NATIVE = find_spec("numba") is not None
"""Whether there can be machine code: numba is an extra of the package, `fast`."""

_HERE = Path(__file__).resolve().parent
_CONSTANTS = ("projections/mirror/columns.py", "projections/rules/record.py", "ledger/treatment/values.py")
"""Where numbers come from that compiled code has in it, besides this directory."""

_marked: dict[Callable[..., Any], dict[str, bool]] = {}
"""What has machine code, and how it is made."""


def native(function: Callable[P, T]) -> Callable[P, T]:
    """A function that there is machine code of, beside the function itself, which stays as it is.

    It works on what it is handed and nothing else, so others may run meanwhile. No division by zero is looked for, and
    no references are counted, which would take longer than the work itself: an array is whoever's who hands it over,
    and none can be made here.
    """
    _marked[function] = {}
    return function


def inlined(function: Callable[P, T]) -> Callable[P, T]:
    """The same, written out wherever machine code calls it: for the few pieces that every act goes through."""
    _marked[function] = {"forceinline": True}
    return function


def machine_code(function: Callable[P, T]) -> Callable[P, T]:
    """The machine code of a function, and of all that it calls. What is kept is loaded at the first call; what is not
    is made then, and kept. ImportError without numba.
    """
    compiled: Callable[P, T] = _compiled(function)
    return compiled


def is_kept(function: Callable[..., object]) -> bool:
    """Whether machine code was made before, by any process of this user: then the first call only loads it."""
    kept = _kept() if NATIVE else None
    return kept is not None and any(kept.glob(f"**/*.{function.__name__}-*.nbc"))


def can_be_kept() -> bool:
    """Whether what is made is there for the next process."""
    return NATIVE and _kept() is not None


@cache
def _compiled(function: Any) -> Any:
    import numba

    called = {
        name: _compiled(value) if isinstance(value, FunctionType) and value in _marked else value
        for name in function.__code__.co_names
        if (value := function.__globals__.get(name)) is not None
    }
    own = FunctionType(function.__code__, {"__name__": function.__module__, **called}, function.__name__)
    own.__qualname__, own.__annotations__ = function.__qualname__, {}
    # No references (which numba's own declaration of `njit` leaves out), and nothing that C could call.
    options = _marked[function] | {"_nrt": False, "no_cfunc_wrapper": True}
    njit: Any = numba.njit
    config: Any = numba.config
    before, kept = config.CACHE_DIR, _kept()
    config.CACHE_DIR = str(kept or before)
    try:
        return njit(cache=kept is not None, nogil=True, error_model="numpy", **options)(own)
    finally:
        config.CACHE_DIR = before


@cache
def _kept() -> Path | None:
    """Where this version's machine code is kept: nobody else may write there, for it is run as it is found. None where
    the user has no directory of their own, as many services have none: then it is made anew by each process.
    """
    digest = sha256(f"{version('numba')} {sys.implementation.cache_tag} {platform.machine()}".encode())
    for source in [*sorted(_HERE.glob("*.py")), *(_HERE.parents[1] / name for name in _CONSTANTS)]:
        digest.update(source.read_bytes())
    try:
        home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        kept = home / "treatment-ledger" / f"native-{digest.hexdigest()[:16]}"
        kept.mkdir(mode=0o700, parents=True, exist_ok=True)
    except (OSError, RuntimeError):  # no such directory, and none that the system knows
        return None
    return kept if os.access(kept, os.W_OK) else None
