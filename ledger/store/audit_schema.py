"""The tables and triggers of a ledger's file, against those that this program makes.

The log can only grow because triggers refuse everything else; where one is gone, any program that opens the file may
edit what was hashed, and nobody would be told until the next audit. What is there besides does not belong to a ledger.
"""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Final, NamedTuple

from ledger.store.cosignatures import create_cosignatures
from ledger.store.findings import Finding
from ledger.store.index_tables import State
from ledger.store.last_statements import TABLE
from ledger.store.schema import FORMAT_VERSION, create_projections, create_tables, has_table
from ledger.store.sealing import SEAL_TAG

_INDEX: Final = ("index_state", "index_tags", "index_nodes")


class _Made(NamedTuple):
    """The table that it is, or is of, and the statement that makes it, without comments and in one spacing."""

    table: str
    statement: str


_Schema = dict[tuple[str, str], _Made]
"""By kind (table, trigger …) and name."""


def check_schema(connection: sqlite3.Connection) -> Iterator[Finding]:
    """What is missing of the schema, is another than it was made, or was added."""
    required, optional = _made()
    there = _read(connection)
    tables = {name for kind, name in there if kind == "table"}
    expected = required.keys() | {
        (kind, name) for (kind, name), made in optional.items() if kind == "trigger" and made.table in tables
    }
    for kind, name in sorted(expected - there.keys()):
        what = "it is missing: what must only grow could be edited" if kind == "trigger" else "it is missing"
        yield Finding("malformed", f"{kind} {name}", f"{what}; restore a backup")
    for (kind, name), made in sorted(there.items()):
        known = required.get((kind, name)) or optional.get((kind, name))
        if known is None:
            yield Finding("malformed", f"{kind} {name}", "no part of a ledger: something else added it")
        elif made != known:
            yield Finding("malformed", f"{kind} {name}", f"it is another than a ledger has: {made.statement[:200]!r}")


def lacks_tables(connection: sqlite3.Connection) -> bool:
    """Whether a table is missing without which there is nothing more to look at than the schema."""
    required, _ = _made()
    return not all(has_table(connection, name) for kind, name in required if kind == "table")


def check_marks(connection: sqlite3.Connection) -> Iterator[Finding]:
    """What the file says of itself: one identity, and a version that keeps programs out that cannot read a seal."""
    (rows,) = connection.execute("SELECT count(*) FROM ledger").fetchone()
    if rows != 1:
        yield Finding("malformed", "table ledger", f"it has {rows} rows; a ledger has one name and one key")
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    sealed = connection.execute("SELECT 1 FROM tags WHERE tag = ? LIMIT 1", (SEAL_TAG,)).fetchone()
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
    return connection.execute(f"SELECT 1 FROM {name} LIMIT 1").fetchone() is not None  # noqa: S608  (our own names)


def _made() -> tuple[_Schema, _Schema]:
    """What every ledger has, and what may be made later: a table that is there has its triggers, too."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        create_tables(connection)
        required = _read(connection)
        create_projections(connection)
        create_cosignatures(connection)
        connection.execute(TABLE)
        return required, {key: made for key, made in _read(connection).items() if key not in required}


def _read(connection: sqlite3.Connection) -> _Schema:
    # SQLite's own (sqlite_stat1, indexes of primary keys) say nothing of a ledger.
    sql = "SELECT type, name, tbl_name, sql FROM main.sqlite_master WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    return {(kind, name): _Made(table, _plain(made or "")) for kind, name, table, made in connection.execute(sql)}


def _plain(statement: str) -> str:
    """Without comments, quotes around names and spacing: programs of other days write these otherwise."""
    return re.sub(r"\s+", " ", re.sub(r"--[^\n]*", "", statement)).replace('"', "").strip()
