"""Signing a checkpoint: what is looked at, in which order, before the key says how long the log is and what is in it.

A checkpoint that disagrees with an earlier one is proof, for ever, that the log was rewritten. So the root is derived
again from the stored bytes, and held against the last one signed and against the key's high-water mark
(`ledger.store.mark`); entries that are new are judged (`ledger.store.judging`); and what the index is derived from has
to be what is signed. The last entry under every checkpoint is a seal of all before it.
"""

import sqlite3
from pathlib import Path
from typing import NamedTuple

from ledger.proof import Checkpoint, format_checkpoint
from ledger.store.continuity import Continuity
from ledger.store.cosignatures import lines_under
from ledger.store.entry import format_time, parse_entry
from ledger.store.following import continued, require_same
from ledger.store.judging import Judging, Terms
from ledger.store.kept_checkpoints import Kept, keep, last_kept, open_row
from ledger.store.key import SigningKey, read_key
from ledger.store.mark import Mark
from ledger.store.notes import Notes
from ledger.store.progress import Progress
from ledger.store.refusals import StoreError
from ledger.store.sealing import SealedLog, Sealing
from ledger.store.seals import left_unsigned, require_seal, vouched
from ledger.store.sqlite import SQLiteDCBRecorder
from ledger.store.unusable import unusable


class SignedBefore(NamedTuple):
    """What the key signed last: the row that is kept, and the note in the key's mark; and as they were opened."""

    row: Kept | None
    note: str | None
    kept: Checkpoint | None
    mark: Checkpoint | None

    @property
    def heads(self) -> tuple[Checkpoint, ...]:
        """Both, as far as they are there."""
        return tuple(head for head in (self.kept, self.mark) if head is not None)

    @property
    def last(self) -> Checkpoint | None:
        """The larger of both."""
        return max(self.heads, key=lambda head: head.size, default=None)


class SignAsked(NamedTuple):
    """How it is to be signed; see `Checkpoints.sign`."""

    terms: Terms
    progress: Progress
    anew: bool


class Signing:
    """Signs the log in `recorder`. Several processes may sign one log."""

    def __init__(
        self,
        recorder: SQLiteDCBRecorder,
        notes: Notes,
        key_file: Path,
        mark: Mark,
        sealing: Sealing,
        continuity: Continuity,
    ) -> None:
        self.sealing = sealing
        self._recorder = recorder
        self._notes = notes
        self._key_file = key_file
        self._mark = mark
        self._continuity = continuity

    def sign(self, asked: SignAsked) -> str:
        """As `Checkpoints.sign` has it."""
        self._recorder.connections.require_fit()
        key = read_key(self._key_file)
        if key.vkey != (own := self._notes.vkey):
            raise StoreError(f"{self._key_file}: another ledger's key ({key.vkey}); this ledger's is {own}")
        while (note := self._try(key, asked)) is None:
            pass  # another process has signed meanwhile, or a seal that was left was signed first
        return note

    def _try(self, key: SigningKey, asked: SignAsked) -> str | None:
        before = self._before()
        # Looked at before it is sealed: a log that must not be signed is not written to either.
        frontier, fits = self._continuity.check(self._recorder.size(), before.heads)
        if not fits:
            self.sealing.forget_tree()
        # What the index is derived from has to lead here, too: nobody may have put in other entries meanwhile.
        head = Checkpoint(self._notes.origin, frontier.size, frontier.root())
        heads = (*before.heads, head) if head.size else before.heads
        with self._recorder.connections.read() as connection:
            left = left_unsigned(connection, before.kept, before.mark, head.size)
            known = vouched(connection, before.heads)._replace(heads=heads)
            judged = continued(connection, known.size, heads)
        judging = Judging(self._recorder.connections.path, judged, before.last, asked.terms)
        judging.go_on(head.size if left is None else left)
        with self._recorder.connections.read() as connection:
            if not self._is_last(before, connection):
                return None  # what another process has sealed is vouched for, and need not be derived again
        sealed: SealedLog | None = None
        if left is None:
            terms, progress, anew = asked
            sealed = self.sealing.seal(terms.now, progress, vouched=known, anew=anew, judging=judging)
            if before.row is not None and before.row.size == sealed.size:
                with self._recorder.connections.read() as connection:
                    return before.row.note + lines_under(connection, sealed.size)
            frontier, fits = self._continuity.extend(frontier, sealed.size)
            if not fits:
                self.sealing.forget_tree()
            judging.go_on(sealed.size)
        else:
            if left != known.size:  # else the mark is ahead of the database, and has signed it
                sealed = self.sealing.require_true(left, asked.progress, vouched=known)
            frontier, _ = self._continuity.check(left, [one for one in before.heads if one.size <= left])
        with self._recorder.connections.read() as connection:
            seal = require_seal(connection, frontier.size)
        if sealed is not None:
            require_same(frontier.size, frontier.root(), sealed.root, "the index was derived from")
        judging.require_root(frontier.size, frontier.root())
        note = key.sign(format_checkpoint(self._notes.origin, frontier.size, frontier.root()))
        self._notes.open_alone(note, "the checkpoint just signed")  # a note nobody can open is never handed out
        # When its seal was made: the entry says that, too, so whoever alters the column is found.
        row = Kept(frontier.size, frontier.root(), note, format_time(parse_entry(seal).appended_at))
        return note if self._keep(row, before) and left is None else None

    def _before(self) -> SignedBefore:
        """What was signed last, as the database has it and as the key's mark has it. StoreError where one is none."""
        with self._recorder.connections.read() as connection:
            row = last_kept(connection)
        note = self._mark.note()  # written before its row: what is read of it now is not behind
        mark = self._mark.open(note, None if row is None else row.note)
        return SignedBefore(row, note, None if row is None else open_row(self._notes, row), mark)

    def _is_last(self, before: SignedBefore, connection: sqlite3.Connection) -> bool:
        """Whether it still is what was signed last."""
        return (last_kept(connection), self._mark.note()) == (before.row, before.note)

    def _keep(self, row: Kept, before: SignedBefore) -> bool:
        """Keep the note, unless another process signed meanwhile: then it must be checked against that one."""
        path = self._recorder.connections.path
        connection = self._recorder.connections.write()
        try:
            # The write lock: of all processes on this ledger, one at a time compares, marks and keeps.
            connection.execute("BEGIN IMMEDIATE")
            if not self._is_last(before, connection):
                return False
            # Every seal before the last checkpoint has a checkpoint of its own: where one is missing, it was deleted.
            if left_unsigned(connection, before.kept, before.mark, row.size) is not None:
                return False
            # The mark comes first. A crash after it leaves a mark ahead of the database, with a note nobody has
            # seen: the next one is held against it and passes, as the log it was signed over is still there. The
            # other way round, a crash would leave a checkpoint in the database that the mark does not know of.
            self._mark.move(row.note)
            keep(connection, row)
            connection.execute("COMMIT")
            return True
        except sqlite3.Error as error:
            what = f"{path}: the checkpoint could not be kept ({error}); ask again"
            raise unusable(path, error) or StoreError(what) from error
        finally:
            connection.close()  # rolls back what is open
