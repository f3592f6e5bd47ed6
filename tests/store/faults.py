"""Each fault of the commit in two forms: it failed; and it failed, but what it was to write persisted."""

import sqlite3
from collections.abc import Callable

from ledger.store.sqlite import SQLiteDCBRecorder
from ledger.store.writer import Writer


class FaultyWriter(Writer):
    """A writer whose next commit goes wrong as `fault` says: `failed` or `persisted`."""

    fault: str | None = None
    commits = 0

    def fill_disk(self) -> None:
        """From now on the database cannot grow, as when the disk is full. Only between appends."""
        assert self._connection is not None
        (pages,) = self._connection.execute("PRAGMA page_count").fetchone()
        self._connection.execute(f"PRAGMA max_page_count = {pages}")

    def empty_disk(self) -> None:
        """There is room again."""
        if self._connection is not None:
            self._connection.execute("PRAGMA max_page_count = 1000000")

    def commit(self, connection: sqlite3.Connection) -> None:
        self.commits += 1
        fault, self.fault = self.fault, None
        if fault == "failed":
            raise sqlite3.OperationalError("disk I/O error")
        super().commit(connection)
        if fault == "persisted":
            raise sqlite3.OperationalError("disk I/O error")


class FaultyRecorder(SQLiteDCBRecorder):
    """A recorder with a faulty writer."""

    writer: FaultyWriter

    def start_writer(self, committed: Callable[[], None]) -> Writer:
        self.writer = FaultyWriter(self.connections, committed)
        return self.writer
