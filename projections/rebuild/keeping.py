"""Where machine code is kept: a directory of the user's own for each digest of what it is made of.

What is kept is run as it is found. So nobody else may be able to write there; and where the user has no such directory,
as many services have none, nothing is kept, and each process makes its own.
"""

import os
import re
import shutil
import stat
from contextlib import suppress
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
        if _can_be_exchanged(home):
            return None
        kept.parent.mkdir(mode=0o700, exist_ok=True)
        if _is_of_user(kept.parent) and not _is_own(kept.parent):  # earlier versions made it as the umask said
            kept.parent.chmod(0o700)
            for other in kept.parent.iterdir():  # which somebody else could have put there
                shutil.rmtree(other, ignore_errors=True)
        kept.mkdir(mode=0o700, exist_ok=True)
        if not (_is_own(kept.parent) and _is_own(kept)):
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
        with suppress(OSError):  # another process may be at the same
            if _NAME.fullmatch(other.name) and _is_own(other) and other.stat().st_mtime < before:
                shutil.rmtree(other, ignore_errors=True)


def _is_own(directory: Path) -> bool:
    """Whether it is a directory of the user's, no link to one, that nobody else can write to."""
    return _is_of_user(directory) and not directory.lstat().st_mode & _OTHERS_WRITE


def _is_of_user(directory: Path) -> bool:
    found = directory.lstat()
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid()


def _can_be_exchanged(home: Path) -> bool:
    """Whether others than the user and root can put another directory in the place of one of ours."""
    found = home.stat()
    shared = bool(found.st_mode & _OTHERS_WRITE) and not found.st_mode & stat.S_ISVTX
    return shared or found.st_uid not in (os.geteuid(), 0)
