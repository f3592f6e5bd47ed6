"""Connections to one SQLite file: many that read, each used by one thread at a time, and ones that write.

Knows SQLite and nothing of what is stored: whether a file is one to write to, it is told (`Fit`).

To read a database with a write-ahead log SQLite makes files beside it. Where it cannot (an auditor's copy that may only
be read, a full disk), and no commit waits in that log, the file alone is the whole database: it is then read as it lies
(`immutable`). SQLite takes no lock for that, so it is looked afterwards whether the file stayed as it was.
"""

import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ledger.store.refusals import StoreError, Unusable
from ledger.store.unusable import lacks_files_beside, unusable, waiting_log

BUSY_SECONDS = 30.0
"""How long a writer waits for another process's transaction before it gives up."""


Fit = Callable[[sqlite3.Connection], None]
"""Raises Unsound where the file is not one that may be written to."""


class Connections:
    """Connections to the database at `path`. Readers are lent and taken back; a writer belongs to who asked."""

    def __init__(
        self, path: str | Path, busy_seconds: float = BUSY_SECONDS, *, fit: Fit = lambda connection: None
    ) -> None:
        """`fit` is asked of every connection that writes, before it is handed out; an owner of one asks it again."""
        self.path = Path(path)
        self.fit = fit
        self._busy_seconds = busy_seconds
        self._idle: list[sqlite3.Connection] = []  # append and pop are atomic: no lock
        self._closed = False

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection that cannot write, to one thread, for the length of the block.

        Unusable where its place does not let the file be read, also where it was written to while it was read as it
        lies; StoreError where it is the file that cannot be read.
        """
        connection = self._reader()
        try:
            yield connection
        except BaseException as error:
            # Whatever state it is in, nobody else gets it.
            connection.close()
            if isinstance(error, Exception):
                self._require_as_it_was(connection)
            if isinstance(error, sqlite3.Error):
                raise self._refusal(error) from error
            raise
        self._require_as_it_was(connection)
        if self._closed:
            connection.close()
        else:
            self._idle.append(connection)

    def write(self, *, whatever: bool = False) -> sqlite3.Connection:
        """A connection that writes durably: a COMMIT that returned survives loss of power.

        In WAL mode only FULL makes SQLite sync the log at every commit; NORMAL would lose the last ones.

        Unsound where the file is not fit to be written to; `whatever` it is, for who writes nothing that is relied on.
        Unusable and StoreError as of `read`.
        """
        try:
            connection = _connect(
                self.path,
                self._busy_seconds,
                "PRAGMA synchronous = FULL",
                "PRAGMA wal_autocheckpoint = 4000",  # pages: fold the log back every 16 MB, not every 4
                "PRAGMA cache_size = -16384",  # KiB: the tag index is written all over, not at its end
            )
        except sqlite3.Error as error:
            raise self._refusal(error) from error
        try:
            if not whatever:
                self.fit(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def require_fit(self) -> None:
        """Unsound where the file is not fit to be written to, before anything is read that writing rests on."""
        with self.read() as connection:
            self.fit(connection)

    def close(self) -> None:
        """Close every idle connection; those lent out close when they come back."""
        self._closed = True
        while self._idle:
            self._idle.pop().close()

    def _reader(self) -> sqlite3.Connection:
        while self._idle:
            try:
                connection = self._idle.pop()
            except IndexError:
                break  # another thread has taken it
            if _as_it_was(connection):
                return connection
            connection.close()
        try:
            return open_to_read(self.path, self._busy_seconds)
        except sqlite3.Error as error:
            raise self._refusal(error) from error

    def _require_as_it_was(self, connection: sqlite3.Connection) -> None:
        """Whatever was read, or came of it, is of no moment of the database if the file was written to meanwhile."""
        if not _as_it_was(connection):
            connection.close()
            raise Unusable(f"{self.path}: it was written to while it was read; ask again")

    def _refusal(self, error: sqlite3.Error) -> StoreError:
        damaged = f"{self.path}: cannot be read ({error}); run `audit`, or restore a backup"
        return unusable(self.path, error) or StoreError(damaged)


class _AsItLies(sqlite3.Connection):
    """Reads a file without locks and without its log: right as long as nobody writes to the file."""

    path: Path
    was: tuple[int, ...]


def open_to_read(path: Path, busy_seconds: float = BUSY_SECONDS) -> sqlite3.Connection:
    """A connection that cannot write, which has read from the file. sqlite3.Error where it cannot be."""
    try:
        return _connect(path, busy_seconds, "PRAGMA query_only = ON")
    except sqlite3.Error as error:
        was = _stamp(path)
        if not lacks_files_beside(error) or not was or waiting_log(path):
            raise
        try:
            connection = _connect(path, busy_seconds, "PRAGMA query_only = ON", as_it_lies=True)
        except sqlite3.Error:
            raise error from None  # the first one says why
        if isinstance(connection, _AsItLies):
            connection.path, connection.was = path, was
        return connection


def _connect(path: Path, busy_seconds: float, *pragmas: str, as_it_lies: bool = False) -> sqlite3.Connection:
    connection = sqlite3.connect(
        # `rw` never makes an empty file where a ledger was expected
        f"{path.resolve().as_uri()}?mode={'ro&immutable=1' if as_it_lies else 'rw'}",
        uri=True,
        isolation_level=None,  # no BEGIN but our own: the module's would be deferred
        timeout=busy_seconds,
        check_same_thread=False,
        factory=_AsItLies if as_it_lies else sqlite3.Connection,
    )
    try:
        connection.text_factory = _text
        _harden(connection)
        for pragma in pragmas:
            connection.execute(pragma)
        connection.execute("PRAGMA schema_version").fetchone()  # reads, so what cannot be read is known here
    except BaseException:
        connection.close()
        raise
    return connection


def _as_it_was(connection: sqlite3.Connection) -> bool:
    if not isinstance(connection, _AsItLies):
        return True
    # What is committed since lies in the write-ahead log first, and leaves the file as it was.
    return _stamp(connection.path) == connection.was and not waiting_log(connection.path)


def _stamp(path: Path) -> tuple[int, ...]:
    """What changes when the file is written to, or another is put in its place; nothing where there is none."""
    try:
        now = path.stat()
    except OSError:
        return ()
    return (now.st_dev, now.st_ino, now.st_size, now.st_mtime_ns)


def _harden(connection: sqlite3.Connection) -> None:
    """What a file's schema can do to whoever opens it, made less. Nothing relies on it: only newer Pythons have all."""
    connection.execute("PRAGMA trusted_schema = OFF")  # no function with side effects out of a trigger or a view
    if sys.version_info >= (3, 12):
        connection.setconfig(sqlite3.SQLITE_DBCONFIG_DEFENSIVE, True)  # the schema is written by statements alone
        connection.setconfig(sqlite3.SQLITE_DBCONFIG_ENABLE_VIEW, False)  # a ledger has none
        # "…" is a name and never a string: a condition that was made one in a trigger is an error.
        connection.setconfig(sqlite3.SQLITE_DBCONFIG_DQS_DDL, False)
        connection.setconfig(sqlite3.SQLITE_DBCONFIG_DQS_DML, False)


def _text(stored: bytes) -> str:
    """Text as it lies there, also when someone damaged it: an audit has to get at it to name it."""
    return str(stored, "utf-8", "surrogateescape")
