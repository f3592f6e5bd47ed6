"""The one schema that a ledger's file has, and what a file has otherwise.

The log only grows because triggers refuse everything else, and what is read is what lies in it because SQLite takes it
from the tables themselves. Whoever can write the file can write its schema, too, and with `writable_schema` in ways in
which no statement could: a trigger that swallows rows, an index that lacks some, under names that SQLite keeps for
itself. So every row of the schema counts, whatever its name, and has to be what this program makes, word for word;
only comments and spacing outside quotes, which mean nothing, may be those of another day's program.

Knows the tables, and nothing of what is in them.
"""

import re
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from functools import cache
from typing import Any, Final, NamedTuple

from ledger.store.cosignatures import create_cosignatures
from ledger.store.findings import Finding
from ledger.store.last_statements import TABLE
from ledger.store.refusals import Unsound
from ledger.store.schema import APPLICATION_ID, create_log, create_projections, create_tables

_SHOWN = 200  # characters of what somebody else wrote
_DERIVED: Final = ("tree", "index_tags", "index_nodes", "index_state", "last_statements")
_PIECE: Final = re.compile(r"""('(?:[^']|'')*'|"(?:[^"]|"")*")|(?:--[^\n\0]*|[ \t\n\f\r])+""")
"""A quoted string or name, which is kept; or comments and spacing as SQLite has them, which become one space. Comments
in `/* */` and other quotes are in no statement of ours: a statement that has one is another in any case.
"""

_Key = tuple[Any, Any]
"""Kind (table, index, trigger …) and name. Text, in a schema that nobody has tampered with."""


class _Made(NamedTuple):
    """The table that it is, or is of, and the statement that makes it; None of the index of a primary key."""

    table: Any
    statement: Any


class _Known(NamedTuple):
    """What every file has, and what may be made later."""

    required: Mapping[_Key, _Made]
    optional: Mapping[_Key, _Made]

    def expected(self, tables: set[Any]) -> set[_Key]:
        """What is to be there where these tables are: a table has its triggers and its indexes, too."""
        of_tables = {
            (kind, name) for (kind, name), made in self.optional.items() if kind != "table" and made.table in tables
        }
        return self.required.keys() | of_tables


def check_schema(connection: sqlite3.Connection) -> Iterator[Finding]:
    """What is missing of a ledger's schema, is another than it was made, or was added."""
    return _differences(connection, _ledger())


def lacks_tables(connection: sqlite3.Connection) -> bool:
    """Whether a table of every ledger is missing or another: then there is nothing to look at besides the schema."""
    there = dict(_rows(connection))
    return any(
        key not in there or not _same(there[key], made, key)
        for key, made in _ledger().required.items()
        if key[0] == "table"
    )


def require_schema(connection: sqlite3.Connection) -> None:
    """Unsound, naming the first offence, where a file has not the schema by which it may be written and signed for.

    A log that was made for other programs than a ledger's has the log's tables alone.
    """
    (application,) = connection.execute("PRAGMA main.application_id").fetchone()
    found = list(_differences(connection, _ledger() if application == APPLICATION_ID else _log()))
    if found:
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        raise Unsound(
            f"{found[0]}{more}. Nothing is taken in and nothing is signed; what was hashed can still be read and "
            "exported up to the last seal, and `audit` names all that is wrong"
        )


def _differences(connection: sqlite3.Connection, known: _Known) -> Iterator[Finding]:
    rows = _rows(connection)
    there = dict(rows)
    tables = {name for kind, name in there if kind == "table"}
    for kind, name in sorted(known.expected(tables) - there.keys()):
        what = "it is missing: what must only grow could be edited" if kind == "trigger" else "it is missing"
        yield Finding("malformed", f"{kind} {name}", f"{what}; restore a backup")
    # One name twice: SQLite goes by what a statement says that it makes, and not by the name that stands beside it.
    for key, times in Counter(key for key, _ in rows).items():
        if times > 1:
            yield Finding("malformed", _where(key), f"it is there {times} times; restore a backup")
    for key, made in sorted(rows, key=repr):
        of_ours = known.required.get(key) or known.optional.get(key)
        if of_ours is None:
            yield Finding("malformed", _where(key), _added(key))
        elif not _same(made, of_ours, key):
            yield Finding("malformed", _where(key), f"it is another than a ledger has: {_shown(made, key)}")


def _same(made: _Made, ours: _Made, key: _Key) -> bool:
    if made == ours:
        return True
    texts = isinstance(made.statement, str) and isinstance(ours.statement, str)
    return texts and made.table == ours.table and _plain(made.statement, key) == _plain(ours.statement, key)


def _plain(statement: str, key: _Key) -> str:
    """In one spacing, without comments, and without quotes around its own name, as SQLite writes a renamed table's."""
    plain = _PIECE.sub(lambda piece: piece[1] or " ", statement).strip(" ")
    kind, name = key
    quoted = f'CREATE {kind.upper()} "{name}"'
    return f"CREATE {kind.upper()} {name}{plain.removeprefix(quoted)}" if plain.startswith(quoted) else plain


def _where(key: _Key) -> str:
    kind, name = (part if isinstance(part, str) else repr(part) for part in key)
    return f"{kind} {name}"[:_SHOWN]


def _added(key: _Key) -> str:
    kind, name = key
    if kind == "table" and isinstance(name, str) and re.fullmatch("sqlite_stat[134]", name):
        return (
            "statistics that `ANALYZE` or `PRAGMA optimize` left there: they steer which way SQLite reads, and nobody "
            f"vouches for them; `DROP TABLE {name}` takes them away"
        )
    return (
        "no part of a ledger: something else added it, and what is written or read may be another for it; find out who "
        "did, then drop it or restore a backup"
    )


def _shown(made: _Made, key: _Key) -> str:
    statement = made.statement if isinstance(made.statement, str) else repr(made.statement)
    what_to_do = f"`DROP TABLE {key[1]}`, and it is made anew" if key[1] in _DERIVED else "restore a backup"
    return f"{statement[:_SHOWN]!r}; {what_to_do}"


# --- what is there, and what is to be there


def _rows(connection: sqlite3.Connection) -> list[tuple[_Key, _Made]]:
    # In the order in which SQLite reads them itself. NOT INDEXED: even an index on the schema can be planted.
    sql = "SELECT type, name, tbl_name, sql FROM main.sqlite_master NOT INDEXED ORDER BY rowid"
    return [((kind, name), _Made(table, statement)) for kind, name, table, statement in connection.execute(sql)]


@cache
def _ledger() -> _Known:
    return _known(create_tables)


@cache
def _log() -> _Known:
    return _known(create_log)


def _known(create: Callable[[sqlite3.Connection], None]) -> _Known:
    """As the very code makes it that makes ledgers: first what is always there, then all that may be."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        create(connection)
        required = dict(_rows(connection))
        create_projections(connection)
        create_cosignatures(connection)
        connection.execute(TABLE)
        return _Known(required, {key: made for key, made in _rows(connection) if key not in required})
