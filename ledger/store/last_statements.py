"""Where each signing key's chain of statements stood at some size of the log, so that nobody reads a career again.

Derived from the log and nothing else: the table may be dropped at any time, and is filled again as it is asked. Nobody
need believe it: each row names the entry that it was read from, and an audit derives it again. It knows keys, counters
and digests; what a statement is it does not know.
"""

# ruff: noqa: S608  (statements are put together from our own words; every value is a parameter)

import sqlite3
from contextlib import closing, suppress
from typing import NamedTuple

from ledger.store.connections import Connections
from ledger.store.refusals import StoreError

BUSY_MS = 250
"""How long another writer is waited for: looking again the next time costs less than waiting."""

TABLE = """
CREATE TABLE IF NOT EXISTS last_statements (
    key_id   TEXT PRIMARY KEY,
    covers   INTEGER NOT NULL,  -- how many entries of the log this was derived from
    position INTEGER NOT NULL,  -- of the entry with the statement, 0: none
    counter  INTEGER NOT NULL,  -- the largest among them, 0: none
    digest   TEXT NOT NULL      -- of the statement with that counter
) STRICT, WITHOUT ROWID
"""
_COLUMNS = ["key_id", "covers", "position", "counter", "digest"]
_VALUES = "covers, position, counter, digest"


class Last(NamedTuple):
    """The last statement of a key among the first `covers` entries of the log, and the position of its entry."""

    covers: int
    position: int
    counter: int
    digest: str


def read_last(connections: Connections, key_id: str) -> Last | None:
    """What was kept of the key; None where nothing is."""
    with connections.read() as connection:
        if _columns(connection) != _COLUMNS:
            return None  # nothing was kept yet, or in another form
        row = connection.execute(f"SELECT {_VALUES} FROM last_statements WHERE key_id = ?", (key_id,)).fetchone()
        return None if row is None else Last(*row)


def read_every_last(connections: Connections) -> tuple[dict[str, Last], int]:
    """What is kept, by key, and how many entries the log has at that moment, of which each was derived or of fewer."""
    with connections.read() as connection:
        connection.execute("BEGIN")
        (head,) = connection.execute("SELECT coalesce(max(position), 0) FROM entries NOT INDEXED").fetchone()
        found = {}
        if _columns(connection) == _COLUMNS:
            rows = connection.execute(f"SELECT key_id, {_VALUES} FROM last_statements")
            found = {key_id: Last(*row) for key_id, *row in rows}
        connection.execute("COMMIT")
        return found, head


def keep_last(connections: Connections, key_id: str, last: Last) -> None:
    """Keep it for the next who asks. It is a shortcut: where the file cannot be written now, nothing is kept."""
    with suppress(sqlite3.Error, StoreError), closing(connections.write(whatever=True)) as connection:
        connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
        if _columns(connection) not in ([], _COLUMNS):
            connection.execute("DROP TABLE last_statements")
        connection.execute(TABLE)
        connection.execute("INSERT OR REPLACE INTO last_statements VALUES (?, ?, ?, ?, ?)", (key_id, *last))


def _columns(connection: sqlite3.Connection) -> list[str]:
    """The table's; none where there is no table."""
    return [name for (name,) in connection.execute("SELECT name FROM pragma_table_info('last_statements')")]
