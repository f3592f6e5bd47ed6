"""What a ledger's file says of itself, and which of the index's tables are there: against what may be.

The tables and triggers themselves are held against the one schema by `ledger.store.known_schema`.
"""

# ruff: noqa: S608  (statements are put together from our own words; every value is a parameter)

import sqlite3
from collections.abc import Iterator
from typing import Final

from ledger.store.findings import Finding
from ledger.store.index_tables import State
from ledger.store.schema import BY_TAG, FORMAT_VERSION, has_table
from ledger.store.seals import SEAL_TAG

_INDEX: Final = ("index_state", "index_tags", "index_nodes")


def check_identity(connection: sqlite3.Connection) -> Iterator[Finding]:
    """What the file says of itself: one identity, and a version that keeps programs out that cannot read a seal."""
    (rows,) = connection.execute("SELECT count(*) FROM ledger").fetchone()
    if rows != 1:
        yield Finding("malformed", "table ledger", f"it has {rows} rows; a ledger has one name and one key")
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    sealed = connection.execute(f"SELECT 1 FROM tags {BY_TAG} WHERE tag = ? LIMIT 1", (SEAL_TAG,)).fetchone()
    if sealed and version != FORMAT_VERSION:
        what = f"the file says that its format is {version}; a log that was sealed is of {FORMAT_VERSION}"
        yield Finding("malformed", "user_version", what)


def check_kept_index(connection: sqlite3.Connection, state: State | None) -> Iterator[Finding]:
    """The index's tables are there together or not at all; `state`: what one of them says that they are of."""
    filled = [name for name in _INDEX if _is_filled(connection, name)]
    lost = [name for name in _INDEX if not has_table(connection, name)]
    if state is None and "index_state" in filled:
        what = f"its table {lost[0]} is missing" if lost else "what it is said to be of was altered"
        yield Finding("index-mismatch", "kept index", what)
    elif state is None and filled:
        yield Finding("index-mismatch", "kept index", "what it is of is not said any more; `checkpoint` makes it anew")


def _is_filled(connection: sqlite3.Connection, name: str) -> bool:
    if not has_table(connection, name):
        return False
    return connection.execute(f"SELECT 1 FROM {name} LIMIT 1").fetchone() is not None
