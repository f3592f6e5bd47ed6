"""Cosignatures of witnesses on this ledger's checkpoints: kept beside them, and put under them when they are shown.

What the ledger signed stays as it is; a cosignature is one more line under the same text (c2sp.org/tlog-cosignature).
None is kept that does not fit, and of each witness one for a checkpoint: a note that one key signed twice is refused.
"""

import sqlite3
from collections.abc import Iterator
from typing import NamedTuple

from ledger.proof import ProofError, check_note, parse_note, parse_vkey
from ledger.store.refusals import StoreError
from ledger.store.schema import has_table

# Made where the first one is kept: programs that do not know the table read a ledger without it. It can only grow.
_TABLE = """CREATE TABLE IF NOT EXISTS cosignatures (
    size     INTEGER NOT NULL,                          -- of the checkpoint
    vkey     TEXT NOT NULL,                             -- the witness's
    line     TEXT NOT NULL,                             -- the signature line, with its newline
    PRIMARY KEY (size, vkey)
) STRICT"""
_IMMUTABLE = (
    "CREATE TRIGGER IF NOT EXISTS cosignatures_no_{} BEFORE {} ON cosignatures "
    "BEGIN SELECT RAISE(ABORT, 'cosignatures can only grow: nothing in a ledger is edited or deleted'); END"
)


class Cosignature(NamedTuple):
    """A witness's line under the checkpoint of this size."""

    size: int
    vkey: str
    line: str


def cosignatures(connection: sqlite3.Connection) -> list[Cosignature]:
    """Every one kept, by size, and of one size in the order in which they came."""
    if not has_table(connection, "cosignatures"):
        return []
    sql = "SELECT size, vkey, line FROM cosignatures ORDER BY size, rowid"
    return [Cosignature(*row) for row in connection.execute(sql)]


def lines_under(connection: sqlite3.Connection, size: int) -> str:
    """The lines of all witnesses under the checkpoint of this size."""
    if not has_table(connection, "cosignatures"):
        return ""
    rows = connection.execute("SELECT line FROM cosignatures WHERE size = ? ORDER BY rowid", (size,))
    return "".join(line for (line,) in rows)


def last_size(connection: sqlite3.Connection, vkey: str) -> int:
    """The size of the largest checkpoint that this witness cosigned, as far as the ledger knows; 0 if it did none."""
    if not has_table(connection, "cosignatures"):
        return 0
    (size,) = connection.execute("SELECT max(size) FROM cosignatures WHERE vkey = ?", (vkey,)).fetchone()
    return size or 0


def last_date(connection: sqlite3.Connection, vkey: str) -> int:
    """When this witness cosigned, at the latest, of what is kept: seconds since 1970; 0 if it did not."""
    if not has_table(connection, "cosignatures"):
        return 0
    lines = connection.execute("SELECT line FROM cosignatures WHERE vkey = ?", (vkey,))
    return max((cosigned_at(line) for (line,) in lines), default=0)


def create_cosignatures(connection: sqlite3.Connection) -> None:
    """Make the table, and what keeps its rows as they are, where it is not there."""
    connection.execute(_TABLE)
    for verb in ("UPDATE", "DELETE"):
        connection.execute(_IMMUTABLE.format(verb.lower(), verb))


def keep(connection: sqlite3.Connection, size: int, vkey: str, line: str) -> None:
    """Keep a line that fits, unless there is one of this witness. Inside a transaction that writes."""
    create_cosignatures(connection)
    connection.execute("INSERT OR IGNORE INTO cosignatures (size, vkey, line) VALUES (?, ?, ?)", (size, vkey, line))


def require_line(note: str, vkey: str, lines: str) -> str:
    """Of the lines that a witness answered with, the one under this note by its key, checked.

    Lines by other keys are passed over, as the specification asks. StoreError when there is none, or it is wrong.
    """
    try:
        key = parse_vkey(vkey)
        body = parse_note(note).body
        own = [f"{line}\n" for line in lines.split("\n") if line.startswith(f"— {key.name} ")]
        for line in own:
            cosigned = parse_note(f"{body}\n{line}")
            if cosigned.signatures[0].key_id == key.key_id:
                check_note(cosigned, key)
                return line
    except ProofError as error:
        raise StoreError(f"{vkey.partition('+')[0]} answered no cosignature of the checkpoint: {error}") from None
    raise StoreError(f"the answer has no cosignature by {vkey}; is it of another witness?")


def cosigned_at(line: str) -> int:
    """When the witness signed this line, which was checked: seconds since 1970 (c2sp.org/tlog-cosignature)."""
    return int.from_bytes(parse_note(f"-\n\n{line}").signatures[0].signature[:8], "big")


def checked(connection: sqlite3.Connection) -> Iterator[tuple[Cosignature, str | None]]:
    """Each one kept, and why it does not fit the checkpoint that it is kept of, or None: for an audit."""
    notes = dict(connection.execute("SELECT size, note FROM checkpoints"))
    for one in cosignatures(connection):
        if one.size not in notes:
            yield one, f"a cosignature is kept of it, and no such checkpoint: {one.vkey}"
            continue
        try:
            fits = require_line(notes[one.size], one.vkey, one.line) == one.line
        except StoreError as error:
            yield one, str(error)
            continue
        yield one, None if fits else f"the cosignature kept of it has more lines than one: {one.vkey}"
