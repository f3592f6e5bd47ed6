"""Machine code of the interpreter, where numba is installed; without it the same functions run as they are written.

`native` only marks a function. Its machine code is another function, made of it and of all those it calls when somebody
asks for it, and numba is not imported before: that alone takes a sixth of a second.

Compiled code is kept for the next process. numba tells an old piece only by the file that the function stands in, not
by the constants and functions that it took from others; so what is kept is kept under a digest of everything it is made
of (`made_of`) and for, in a directory of the user's own (`keeping`).
"""

import os
import platform
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from hashlib import sha256
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from types import FunctionType
from typing import Any, ParamSpec, TypeVar

from projections.rebuild.keeping import directory_for, mark_used, sweep
from projections.rebuild.made_of import digest_of, taken_by

P = ParamSpec("P")
T = TypeVar("T")

NATIVE = find_spec("numba") is not None
"""Whether there can be machine code: numba is an extra of the package, `fast`."""

_SETTINGS = ("NUMBA_BOUNDSCHECK", "NUMBA_CPU_FEATURES", "NUMBA_CPU_NAME", "NUMBA_OPT")
"""Variables of the environment by which numba makes other code."""

_marked: dict[Any, dict[str, bool]] = {}
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
    is made then, and kept. ImportError without numba, TypeError as `made_of.digest_of`.
    """
    compiled: Callable[P, T] = _machine_code(function)
    return compiled


def is_kept(function: Callable[..., object]) -> bool:
    """Whether machine code was made before, by any process of this user, of what this process would make it of: then
    the first call only loads it.
    """
    kept = _kept(function) if NATIVE else None
    return kept is not None and any(kept.glob(f"*/{function.__module__}.{function.__qualname__}-1.*.nbc"))


def can_be_kept(function: Callable[..., object]) -> bool:
    """Whether what is made is there for the next process."""
    return NATIVE and _kept(function) is not None


def _kept(function: Any) -> Path | None:
    return directory_for(_digest(function))


@cache
def _digest(function: Any) -> str:
    """Of what machine code is made of, and for: which processor, which Python, by which numba."""
    processor: Any = import_module("llvmlite.binding")  # which numba asks, too
    made_for = (
        version("numba"),
        sys.implementation.cache_tag,
        platform.machine(),
        processor.get_host_cpu_name(),
        processor.get_host_cpu_features().flatten(),
        *(os.environ.get(name) for name in _SETTINGS),
    )
    return sha256(f"{made_for} {digest_of(function, _marked)}".encode()).hexdigest()


@cache
def _machine_code(function: Any) -> Any:
    import numba

    kept = _kept(function)
    if kept is not None:
        with suppress(OSError):  # what cannot be marked or removed stays as it is
            mark_used(kept)
            if not is_kept(function):
                sweep(kept)
    config: Any = numba.config
    before = config.CACHE_DIR
    config.CACHE_DIR = str(kept or before)
    try:
        return _compiled(function, kept)
    finally:
        config.CACHE_DIR = before


@cache
def _compiled(function: Any, kept: Path | None) -> Any:
    """To be made at its first call, with all that it calls; of what `taken_by` says, which is what was digested."""
    import numba

    called = {
        name: _compiled(value, kept) if isinstance(value, FunctionType) else value
        for name, value in taken_by(function).items()
    }
    code = function.__code__
    if kept is not None:
        # numba looks for what is kept by the file that a function stands in, the line, and what the file holds: of this
        # program, or of what was installed in its place since. It is given an empty one beside what is kept.
        stand_in = kept / f"{function.__module__}.py"
        stand_in.open("a").close()
        code = code.replace(co_filename=str(stand_in), co_firstlineno=1)
    own = FunctionType(code, {"__name__": function.__module__, **called}, function.__name__)
    own.__qualname__, own.__annotations__ = function.__qualname__, {}
    # No references (which numba's own declaration of `njit` leaves out), and nothing that C could call.
    options = _marked[function] | {"_nrt": False, "no_cfunc_wrapper": True}
    njit: Any = numba.njit
    return njit(cache=kept is not None, nogil=True, error_model="numpy", **options)(own)
