"""Machine code where numba is installed; where it is not, the same functions run as plain Python, to the same answers.

Compiled code is kept for the next process. numba tells an old piece only by the file that the function stands in, not
by the constants and functions that it took from others; so what is kept is kept under a digest of everything it is made
of, in a directory of the user's own.
"""

import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

try:
    import numba
except ImportError:  # an extra of the package: `fast`
    NATIVE = False
else:
    NATIVE = True

_HERE = Path(__file__).resolve().parent
_CONSTANTS = ("projections/mirror/columns.py", "projections/rules/record.py", "ledger/treatment/values.py")
"""Where numbers come from that compiled code has in it, besides this directory."""


def native(function: Callable[P, T]) -> Callable[P, T]:
    """Compiled at its first call. Others may run meanwhile: it works on what it is handed and nothing else.

    No division by zero is looked for, and no references are counted, which would take longer than the work itself: an
    array is whoever's who hands it over, and none can be made here.
    """
    return _compiled(function) if NATIVE else function


def inlined(function: Callable[P, T]) -> Callable[P, T]:
    """The same, written out wherever machine code calls it: for the few pieces that every act goes through."""
    return _compiled(function, forceinline=True) if NATIVE else function


def is_compiled(function: Callable[..., object]) -> bool:
    """Whether the machine code is there: it was made by this process, or kept by one before."""
    made = getattr(function, "signatures", None)
    return bool(made) or (NATIVE and any(_kept().glob(f"**/*.{function.__name__}-*.nbc")))


def _compiled(function: Callable[P, T], **options: bool) -> Callable[P, T]:
    # No references (which numba's own declaration of `njit` leaves out), and nothing that C could call.
    options |= {"_nrt": False, "no_cfunc_wrapper": True}
    njit: Any = numba.njit
    config: Any = numba.config
    before = config.CACHE_DIR
    config.CACHE_DIR = str(_kept())
    try:
        compiled: Callable[P, T] = njit(cache=True, nogil=True, error_model="numpy", **options)(function)
    finally:
        config.CACHE_DIR = before
    return compiled


def _kept() -> Path:
    """Where this version's machine code is kept: nobody else may write there, for it is run as it is found."""
    digest = sha256(numba.__version__.encode())
    for source in [*sorted(_HERE.glob("*.py")), *(_HERE.parents[1] / name for name in _CONSTANTS)]:
        digest.update(source.read_bytes())
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    kept = home / "treatment-ledger" / f"native-{digest.hexdigest()[:16]}"
    kept.mkdir(mode=0o700, parents=True, exist_ok=True)
    return kept
