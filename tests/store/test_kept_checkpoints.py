"""Rows of checkpoints: what was signed is what the note says, and columns that say otherwise are told."""

import pytest

from ledger.store.kept_checkpoints import Kept, kept, last_kept, open_row
from ledger.store.notes import Notes
from ledger.store.refusals import Unsound
from tests.store.stored import StoredLedger


def rows(stored: StoredLedger) -> list[Kept]:
    with stored.recorder.connections.read() as connection:
        found = kept(connection)
        assert last_kept(connection) == (found[-1] if found else None)
    return found


def test_in_order_and_the_last(stored: StoredLedger) -> None:
    assert rows(stored) == []
    notes = []
    for count in (3, 2):
        stored.grow(count)
        notes.append(stored.sign())
    assert [(row.size, row.note) for row in rows(stored)] == [(4, notes[0]), (7, notes[1])]


def test_what_was_signed_is_what_the_note_says(stored: StoredLedger) -> None:
    stored.grow(3)
    stored.sign()
    (row,) = rows(stored)
    notes = Notes("example.org/h1", stored.checkpoints.vkey)
    head = open_row(notes, row)
    assert (head.size, head.root) == (row.size, row.root)
    for other in (row._replace(size=5), row._replace(root=bytes(32)), row._replace(size=3, root=bytes(32))):
        with pytest.raises(Unsound, match=r"^checkpoint-signature: last checkpoint: it is kept as of .* is signed; "):
            open_row(notes, other)
    lines = row.note + row.note.rpartition("\n\n")[2]
    for note in ("rubbish", row.note.replace("h1", "h2"), lines):
        with pytest.raises(Unsound, match=r"^checkpoint-signature: last checkpoint: .* Nothing is signed; run"):
            open_row(notes, row._replace(note=note))
