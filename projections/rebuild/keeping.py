"""Where machine code is kept: a directory of the user's own for each digest of what it is made of.

What is kept is run as it is found. So nobody else may be able to write there; and where the user has no such directory,
as many services have none, nothing is kept, and each process makes its own.
"""

import os
import re
import shutil
import stat
from pathlib import Path

UNUSED_DAYS = 90
"""After so long without use machine code is removed when other is made: a version of the program has its own, of some
megabytes."""

_NAME = re.compile(r"native-[0-9a-f]{16}")
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


def directory_for(digest: str) -> Path | None:
    """The directory for what has this digest (hex), made if need be. None where there can be none, and where others
    could have put something into it.
    """
    try:
        # Resolved, for numba takes another place for each way to spell a path.
        home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache").resolve()
        kept = home / "treatment-ledger" / f"native-{digest[:16]}"
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        for directory in (kept.parent, kept):
            directory.mkdir(mode=0o700, exist_ok=True)
            if not _is_own(directory):
                return None
    except (OSError, RuntimeError):  # no such directory, and none that the system knows
        return None
    return kept if os.access(kept, os.W_OK) else None


def mark_used(kept: Path) -> None:
    """It is needed still."""
    os.utime(kept)


def sweep(kept: Path) -> None:
    """Removes what is beside `kept` and was not used in the `UNUSED_DAYS` before `kept` was: directories of our names
    that are the user's own. What cannot be removed stays.
    """
    before = kept.stat().st_mtime - UNUSED_DAYS * 86400
    for other in kept.parent.iterdir():
        if _NAME.fullmatch(other.name) and _is_own(other) and other.stat().st_mtime < before:
            shutil.rmtree(other, ignore_errors=True)


def _is_own(directory: Path) -> bool:
    """Whether it is a directory, no link to one, that nobody else can write to."""
    found = directory.lstat()
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & _OTHERS_WRITE
