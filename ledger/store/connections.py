"""Connections to one SQLite file: many that read, each used by one thread at a time, and ones that write.

Knows SQLite and nothing of what is stored.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ledger.store.refusals import StoreError

BUSY_SECONDS = 30.0
"""How long a writer waits for another process's transaction before it gives up."""


class Connections:
    """Connections to the database at `path`. Readers are lent and taken back; a writer belongs to who asked."""

    def __init__(self, path: str | Path, busy_seconds: float = BUSY_SECONDS) -> None:
        self.path = Path(path)
        self._busy_seconds = busy_seconds
        self._idle: list[sqlite3.Connection] = []  # append and pop are atomic: no lock
        self._closed = False

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection that cannot write, to one thread, for the length of the block."""
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self._connect("PRAGMA query_only = ON")
        try:
            yield connection
        except sqlite3.Error as error:
            connection.close()
            raise StoreError(f"{self.path}: cannot be read ({error}); run `audit`, or restore a backup") from error
        except BaseException:
            # Whatever state it is in, nobody else gets it.
            connection.close()
            raise
        if self._closed:
            connection.close()
        else:
            self._idle.append(connection)

    def write(self) -> sqlite3.Connection:
        """A connection that writes durably: a COMMIT that returned survives loss of power.

        In WAL mode only FULL makes SQLite sync the log at every commit; NORMAL would lose the last ones.
        """
        return self._connect(
            "PRAGMA synchronous = FULL",
            "PRAGMA wal_autocheckpoint = 4000",  # pages: fold the log back every 16 MB, not every 4
            "PRAGMA cache_size = -16384",  # KiB: the tag index is written all over, not at its end
        )

    def close(self) -> None:
        """Close every idle connection; those lent out close when they come back."""
        self._closed = True
        while self._idle:
            self._idle.pop().close()

    def _connect(self, *pragmas: str) -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"{self.path.resolve().as_uri()}?mode=rw",  # never makes an empty file where a ledger was expected
            uri=True,
            isolation_level=None,  # no BEGIN but our own: the module's would be deferred
            timeout=self._busy_seconds,
            check_same_thread=False,
        )
        connection.text_factory = _text
        for pragma in pragmas:
            connection.execute(pragma)
        return connection


def _text(stored: bytes) -> str:
    """Text as it lies there, also when someone damaged it: an audit has to get at it to name it."""
    return str(stored, "utf-8", "surrogateescape")
