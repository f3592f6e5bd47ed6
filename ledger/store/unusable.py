"""Why SQLite could not use a file, in words: is it what lies in the file, or the place where the file lies?

Of a full disk SQLite says `disk I/O error`, of a directory that cannot be written `unable to open database file`: to
read a ledger it wants to make files beside it. Whoever is told then that the ledger is broken restores a backup, and
throws away what was acknowledged since. So the code of the error is looked at, and the place, and a backup is spoken of
only where the file itself is what is wrong.

Knows SQLite's codes and the operating system; nothing of what is stored.
"""

import os
import sqlite3
from pathlib import Path

from ledger.store.refusals import Unusable

_PRIMARY = 0xFF  # of an extended code, the part that names the kind (sqlite.org/rescode.html)
_BESIDE = {
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
}
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL}
_PLACE = {
    *_BESIDE,
    *_BUSY,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_INTERRUPT,
    sqlite3.SQLITE_NOLFS,
    sqlite3.SQLITE_AUTH,
}
_UNREADABLE = {sqlite3.SQLITE_IOERR_READ, sqlite3.SQLITE_IOERR_SHORT_READ, sqlite3.SQLITE_IOERR_CORRUPTFS}
_NO_ROOM = 1 << 20
"""Bytes: of a disk with less than that, an error of writing says that there was no room."""


def lacks_files_beside(error: sqlite3.Error) -> bool:
    """Whether it may be that SQLite could not make, or use, the files that it wants beside a database."""
    return _code(error) & _PRIMARY in _BESIDE


def unusable(path: Path, error: sqlite3.Error) -> Unusable | None:
    """What to tell of an error of the place, with what to do; None where it is the content that is wrong."""
    if _code(error) & _PRIMARY not in _PLACE:
        return None
    return Unusable(f"{path}: {_why(path, error)}")


def waiting_log(path: Path) -> bool:
    """Whether something waits beside the file that makes it whole: commits in the write-ahead log, or, of a database
    that is not in that mode (a copy by VACUUM INTO is not), a journal that takes an unfinished transaction back.
    """
    for beside in ("-wal", "-journal"):
        try:
            if Path(f"{path}{beside}").stat().st_size > 0:
                return True
        except OSError:
            pass
    return False


def has_room(directory: Path) -> bool:
    """Whether the disk of a directory takes another file of some size."""
    try:
        disk = os.statvfs(directory)
    except OSError:
        return True
    return disk.f_bavail * disk.f_frsize >= _NO_ROOM and not (disk.f_files and not disk.f_favail)


def _why(path: Path, error: sqlite3.Error) -> str:
    code, directory = _code(error), path.parent
    kind = code & _PRIMARY
    if kind in _BUSY:
        return f"another process keeps it locked ({error}); ask again when that is done"
    if not os.access(path, os.R_OK):
        return f"no permission to read it ({error}); ask as the user whom it belongs to"
    if code in _UNREADABLE:
        return f"the disk cannot be read there ({error}); look at the disk and the system's log first"
    if not os.access(directory, os.W_OK) or not os.access(path, os.W_OK):
        return f"{_not_writable(path)} ({error}); {_instead(path)}"
    if kind == sqlite3.SQLITE_FULL or not has_room(directory):
        return (
            f"no room is left on the disk ({error}). Nothing more is acknowledged, and nothing that was is lost; make "
            "room, then ask again"
        )
    if kind == sqlite3.SQLITE_IOERR:
        return (
            f"the disk took no more ({error}). Nothing more is acknowledged; look at quotas, limits on the size of "
            "files and the disk itself, then ask again"
        )
    return f"it cannot be used now ({error}); ask again"


def _not_writable(path: Path) -> str:
    what = "the directory" if not os.access(path.parent, os.W_OK) else "the file"
    try:
        mounted = os.statvfs(path.parent).f_flag & os.ST_RDONLY
    except OSError:
        mounted = 0
    return f"{what} cannot be written, {'it is mounted to be read only' if mounted else 'there is no permission'}"


def _instead(path: Path) -> str:
    if waiting_log(path):
        return (
            f"what belongs to it waits beside it (in {path.name}-wal or {path.name}-journal): copy the whole directory "
            "to a writable place, and ask there"
        )
    return "nothing is taken in or signed there; ask where it can be written, as the user whom it belongs to"


def _code(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)  # Python's own module raises some without one
