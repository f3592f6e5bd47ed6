"""Where each signing key's chain of statements stood at some size of the log, so that nobody reads a career again.

Derived from the log and nothing else: the table may be dropped at any time, and is filled again as it is asked. It
knows keys, counters and digests; what a statement is it does not know.
"""

import sqlite3
from contextlib import closing, suppress
from typing import NamedTuple

from ledger.store.connections import Connections

BUSY_MS = 250
"""How long another writer is waited for: looking again the next time costs less than waiting."""

TABLE = """
CREATE TABLE IF NOT EXISTS last_statements (
    key_id  TEXT PRIMARY KEY,
    covers  INTEGER NOT NULL,   -- how many entries of the log this was derived from
    counter INTEGER NOT NULL,   -- the largest among them, 0: none
    digest  TEXT NOT NULL       -- of the statement with that counter
) STRICT, WITHOUT ROWID
"""


class Last(NamedTuple):
    """The last statement of a key among the first `covers` entries of the log."""

    covers: int
    counter: int
    digest: str


def read_last(connections: Connections, key_id: str) -> Last | None:
    """What was kept of the key; None where nothing is."""
    with connections.read() as connection:
        if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'last_statements'").fetchone() is None:
            return None  # nothing was kept yet
        row = connection.execute(
            "SELECT covers, counter, digest FROM last_statements WHERE key_id = ?", (key_id,)
        ).fetchone()
        return None if row is None else Last(*row)


def keep_last(connections: Connections, key_id: str, last: Last) -> None:
    """Keep it for the next who asks. It is a shortcut: where the file cannot be written now, nothing is kept."""
    with suppress(sqlite3.Error), closing(connections.write()) as connection:
        connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
        connection.execute(TABLE)
        connection.execute("INSERT OR REPLACE INTO last_statements VALUES (?, ?, ?, ?)", (key_id, *last))
