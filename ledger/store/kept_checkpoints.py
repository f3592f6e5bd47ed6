"""The rows in which checkpoints are kept: the note as it was signed, and columns beside it, by which it is found.

Anybody who can write the database can write a row. What was signed, its note says; what the columns say is compared.
"""

import sqlite3
from typing import NamedTuple

from ledger.proof import Checkpoint
from ledger.store.findings import Finding
from ledger.store.notes import Notes
from ledger.store.refusals import StoreError, Unsound
from ledger.store.soundness import SIGNED, require

LAST = "last checkpoint"
"""Where a finding is that is about the last one kept."""

_COLUMNS = "SELECT size, root, note, signed_at FROM checkpoints ORDER BY size"


class Kept(NamedTuple):
    """A checkpoint as it is kept: the note, and the columns beside it."""

    size: int
    root: bytes
    note: str
    signed_at: str


def kept(connection: sqlite3.Connection) -> list[Kept]:
    """Every checkpoint kept, the smallest first."""
    return [Kept(*row) for row in connection.execute(_COLUMNS)]


def last_kept(connection: sqlite3.Connection) -> Kept | None:
    """The largest checkpoint kept; None before the first."""
    row = connection.execute(f"{_COLUMNS} DESC LIMIT 1").fetchone()
    return None if row is None else Kept(*row)


def keep(connection: sqlite3.Connection, row: Kept) -> None:
    """Keep one more. Inside a transaction that writes."""
    connection.execute("INSERT INTO checkpoints (size, root, note, signed_at) VALUES (?, ?, ?, ?)", row)


def open_row(notes: Notes, row: Kept) -> Checkpoint:
    """What was signed, of the last checkpoint kept. Unsound where the note is none, or the columns say otherwise."""
    try:
        checkpoint = notes.open_alone(row.note, LAST)
    except StoreError as error:
        found = Finding("checkpoint-signature", LAST, str(error).removeprefix(f"{LAST}: "))
        raise Unsound(f"{found}. {SIGNED}") from None
    # By its size a row is found, and what is behind it is held to be unsigned.
    if (row.size, row.root) != (checkpoint.size, checkpoint.root):
        what = f"it is kept as of {row.size} entries with the root {row.root.hex()}, its note is of others"
        require(Finding("checkpoint-signature", LAST, what), SIGNED)
    return checkpoint
