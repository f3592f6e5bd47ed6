"""Signed checkpoints: what this ledger has said, in public, about how long it is and what is in it.

A checkpoint that disagrees with an earlier one is proof, for ever, that the log was rewritten. So before one is
signed, the root is derived again from the stored bytes, and held against the last one signed and against the key's
high-water mark (`ledger.store.mark`). The last entry under every checkpoint is a seal of all before it.

Under what was signed stand the lines of witnesses who cosigned it (`ledger.store.cosignatures`), as far as they came.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from ledger.proof import Checkpoint, ProofError, format_checkpoint, open_checkpoint, parse_note
from ledger.store.continuity import WHOLE_ENTRIES, Continuity
from ledger.store.contradictions import Contradictions
from ledger.store.cosignatures import cosignatures, cosigned_at, keep, last_date, last_size, lines_under, require_line
from ledger.store.cosigned_dates import CosignedDates
from ledger.store.entry import format_time, parse_entry
from ledger.store.findings import Finding
from ledger.store.key import read_key
from ledger.store.mark import Mark
from ledger.store.progress import Progress
from ledger.store.refusals import StoreError, Unsound
from ledger.store.sealing import SealedLog, Sealing
from ledger.store.seals import SpellSeal, left_unsigned, require_seal, vouched
from ledger.store.soundness import SIGNED, unsound
from ledger.store.sqlite import SQLiteDCBRecorder
from ledger.store.unusable import unusable

LAST = "last checkpoint"
"""Where a finding is that is about the last one kept."""


class Checkpoints:
    """The checkpoints of the log in `recorder`, signed with the key in `key_file`."""

    def __init__(
        self,
        recorder: SQLiteDCBRecorder,
        origin: str,
        vkey: str,
        key_file: Path,
        spell_seal: SpellSeal,
        whole_entries: int = WHOLE_ENTRIES,
    ) -> None:
        self.sealing = Sealing(recorder, spell_seal)
        self.contradictions = Contradictions(key_file.parent)
        self._dates = CosignedDates(key_file.parent)
        self._continuity = Continuity(recorder, whole_entries)
        self._recorder = recorder
        self._origin = origin
        self._vkey = vkey
        self._key_file = key_file
        self.mark = Mark(key_file, self.open_alone)

    @property
    def vkey(self) -> str:
        """The public key that opens these checkpoints."""
        return self._vkey

    @property
    def key_file(self) -> Path:
        """Where the key that signs them lies."""
        return self._key_file

    def notes(self) -> Iterator[str]:
        """Every checkpoint kept, the smallest first, with the lines of witnesses."""
        with self._recorder.connections.read() as connection:
            rows = kept(connection)
            lines: dict[int, str] = {}
            for one in cosignatures(connection):
                lines[one.size] = lines.get(one.size, "") + one.line
        yield from (row.note + lines.get(row.size, "") for row in rows)

    def latest(self) -> str | None:
        """The last checkpoint kept, with the lines of witnesses; None before the first.

        Unsound where other lines than the log's own were put under the note that is kept.
        """
        with self._recorder.connections.read() as connection:
            row = connection.execute("SELECT size, note FROM checkpoints ORDER BY size DESC LIMIT 1").fetchone()
            lines = "" if row is None else lines_under(connection, row[0])
        if row is not None and (what := _more_lines(row[1])) is not None:
            raise unsound("checkpoint-signature", LAST, what)
        return None if row is None else f"{row[1]}{lines}"

    def refuse_old_backup(self) -> None:
        """Unsound when the key has signed over more entries than there are: an old backup was restored."""
        self.mark.refuse_old_backup(self._recorder.size())

    def refuse_lost_mark(self) -> None:
        """StoreError, as `sign` has it, where something was signed and the mark does not say how much. What is taken
        in then might be a second history, which nobody could sign.
        """
        self.mark.signed(self._signed_last())

    def open(self, note: str, what: str) -> Checkpoint:
        """The tree head of one of our own notes. StoreError, naming `what`, when it is not."""
        try:
            checkpoint = open_checkpoint(note, self._vkey)
        except ProofError as error:
            raise StoreError(f"{what}: {error}") from None
        if checkpoint.origin != self._origin:
            raise StoreError(f"{what}: it is of {checkpoint.origin!r}, this ledger is {self._origin!r}")
        return checkpoint

    def open_alone(self, note: str, what: str) -> Checkpoint:
        """The same of a note as our key made it: no line stands under it but our own (cosignatures are kept apart)."""
        checkpoint = self.open(note, what)
        if (more := _more_lines(note)) is not None:
            raise StoreError(f"{what}: {more}")
        return checkpoint

    def open_kept(self, note: str, where: str) -> Checkpoint:
        """The tree head of a note that is kept as signed by our key, for what is handed out; lines of others may stand
        under it. Unsound, as an audit has it, when it is not.
        """
        try:
            return self.open(note, where)
        except StoreError as error:
            raise unsound("checkpoint-signature", where, str(error).removeprefix(f"{where}: ")) from None

    def last_cosigned(self, vkey: str) -> int:
        """The size of the largest checkpoint that this witness cosigned, as far as it is known here; 0 for none."""
        with self._recorder.connections.read() as connection:
            return last_size(connection, vkey)

    def latest_date(self, vkey: str) -> int:
        """The latest date that this witness put on an answer that came here, kept or not: seconds since 1970; 0 where
        none came. StoreError where what is kept of that cannot be read.
        """
        latest = self._dates.latest(vkey)
        if latest is not None:
            return latest
        with self._recorder.connections.read() as connection:
            return last_date(connection, vkey)  # all that is known of one that answered before dates were kept

    def cosign(self, note: str, vkey: str, lines: str) -> int:
        """Keep what a witness answered for one of our checkpoints; durable on return. When it cosigned (since 1970).

        Of a witness that signed it before, the date alone is kept, if it is the latest. StoreError when its key, a line
        of it under this text, or the checkpoint is not there.
        """
        checkpoint = self.open(note, "the checkpoint to be cosigned")
        line = require_line(note, vkey, lines)
        connection = self._recorder.connections.write()
        try:
            connection.execute("BEGIN IMMEDIATE")
            sql = "SELECT 1 FROM checkpoints WHERE size = ? AND root = ?"
            if connection.execute(sql, (checkpoint.size, checkpoint.root)).fetchone() is None:
                raise StoreError(f"no checkpoint of size {checkpoint.size} with this root was signed here")
            # The date first: a crash after it leaves one of an answer that is not kept, which is what dates are for.
            if (seconds := cosigned_at(line)) > self.latest_date(vkey):
                self._dates.keep(vkey, seconds)
            keep(connection, checkpoint.size, vkey, line)
            connection.execute("COMMIT")
            return seconds
        except sqlite3.Error as error:
            raise StoreError(f"the cosignature could not be kept ({error}); ask again") from error
        finally:
            connection.close()  # rolls back what is open

    def sign(self, *, now: datetime, progress: Progress = lambda done, total: None, anew: bool = False) -> str:
        """The checkpoint of the log as it stands, sealed, signed, kept, and the key's mark moved; durable on return.

        A log that has not grown since the last one gets the last one, and the index in the tables is that of its
        seal. StoreError, and nothing is signed, when stored entries do not fit their leaves, or the log does not
        continue what was signed before, or its last entry would be no seal of those before it, or a witness contradicts
        it. `progress` is called where the index of a long log is built. `anew`: build it from the log, whatever was
        kept and sealed, and seal again where the last seal is of another one.
        """
        self.contradictions.refuse()
        self._recorder.connections.require_fit()
        key = read_key(self._key_file)
        if key.vkey != self._vkey:
            raise StoreError(f"{self._key_file}: another ledger's key ({key.vkey}); this ledger's is {self._vkey}")
        while True:
            latest, mark = self._signed_last(), self.mark.note()
            earlier = self._earlier(latest)
            # Looked at before it is sealed: a log that must not be signed is not written to either.
            frontier, fits = self._continuity.check(self._recorder.size(), earlier)
            if not fits:
                self.sealing.forget_tree()
            with self._recorder.connections.read() as connection:
                size = left_unsigned(connection, earlier, self._recorder.size())
                known = vouched(connection, earlier)
            # What the index is derived from has to lead here, too: nobody may have put in other entries meanwhile.
            head = Checkpoint(self._origin, frontier.size, frontier.root())
            known = known._replace(signed=(*known.signed, *([head] if head.size else [])))
            sealed: SealedLog | None = None
            left = size is not None
            if self._signed_last() != latest or self.mark.note() != mark:
                continue  # another process has signed: what it sealed is vouched for, and need not be derived again
            if size is not None:
                if size != known.size:  # else the mark is ahead of the database, and has signed it
                    sealed = self.sealing.require_true(size, progress, vouched=known)
                frontier, _ = self._continuity.check(size, [one for one in earlier if one.size <= size])
            else:
                sealed = self.sealing.seal(now, progress, vouched=known, anew=anew)
                size = sealed.size
                if latest is not None and earlier[0].size == size:
                    with self._recorder.connections.read() as connection:
                        return latest + lines_under(connection, size)
                frontier, fits = self._continuity.extend(frontier, size)
                if not fits:
                    self.sealing.forget_tree()
            with self._recorder.connections.read() as connection:
                seal = require_seal(connection, size)
            root = frontier.root()
            if sealed is not None and sealed.root != root:
                raise Unsound(
                    f"history-fork: log: its index was derived from entries with the root {sealed.root.hex()}, hashed "
                    f"again they have {root.hex()}: somebody writes the database meanwhile. {SIGNED}"
                )
            note = key.sign(format_checkpoint(self._origin, size, root))
            self.open_alone(note, "the checkpoint just signed")  # a note nobody can open is never handed out
            if self._keep(note, size, root, seal, latest, mark, earlier) and not left:
                return note

    def _earlier(self, latest: str | None) -> list[Checkpoint]:
        """What was signed last, as the database has it and as the key's mark has it. StoreError where one is none."""
        signed = self.mark.signed(latest)
        earlier = [] if signed is None else [signed]
        if latest is not None:
            try:
                earlier.insert(0, self.open_alone(latest, LAST))
            except StoreError as error:
                found = Finding("checkpoint-signature", LAST, str(error).removeprefix(f"{LAST}: "))
                raise Unsound(f"{found}. {SIGNED}") from None
            with self._recorder.connections.read() as connection:
                row = connection.execute("SELECT size, root FROM checkpoints ORDER BY size DESC LIMIT 1").fetchone()
            # By its size a row is found, and what is behind it is held to be unsigned.
            if row is not None and row != (earlier[0].size, earlier[0].root) and latest == self._signed_last():
                found = Finding(
                    "checkpoint-signature", LAST, f"it is kept as of {row[0]} entries, its note is of others"
                )
                raise Unsound(f"{found}. {SIGNED}")
        return earlier

    def _signed_last(self) -> str | None:
        """The last checkpoint as it was signed, without the lines of witnesses."""
        with self._recorder.connections.read() as connection:
            return _latest(connection)

    def _keep(
        self,
        note: str,
        size: int,
        root: bytes,
        seal: bytes,
        latest: str | None,
        mark: str | None,
        earlier: Sequence[Checkpoint],
    ) -> bool:
        """Keep the note, unless another process signed meanwhile: then it must be checked against that one."""
        connection = self._recorder.connections.write()
        try:
            # The write lock: of all processes on this ledger, one at a time compares, marks and keeps.
            connection.execute("BEGIN IMMEDIATE")
            if _latest(connection) != latest or self.mark.note() != mark:
                return False
            # Every seal before the last checkpoint has a checkpoint of its own: where one is missing, it was deleted.
            if left_unsigned(connection, earlier, size) is not None:
                return False
            # The mark comes first. A crash after it leaves a mark ahead of the database, with a note nobody has
            # seen: the next one is held against it and passes, as the log it was signed over is still there. The
            # other way round, a crash would leave a checkpoint in the database that the mark does not know of.
            self.mark.move(note)
            # When its seal was made: the entry says that, too, so whoever alters the column is found.
            signed_at = format_time(parse_entry(seal).appended_at)
            connection.execute(
                "INSERT INTO checkpoints (size, root, note, signed_at) VALUES (?, ?, ?, ?)",
                (size, root, note, signed_at),
            )
            connection.execute("COMMIT")
            return True
        except sqlite3.Error as error:
            path = self._recorder.connections.path
            what = f"{path}: the checkpoint could not be kept ({error}); ask again"
            raise unusable(path, error) or StoreError(what) from error
        finally:
            connection.close()


class Kept(NamedTuple):
    """A checkpoint as it is kept: the note, and the columns beside it."""

    size: int
    root: bytes
    note: str
    signed_at: str


def kept(connection: sqlite3.Connection) -> list[Kept]:
    """Every checkpoint kept, the smallest first."""
    sql = "SELECT size, root, note, signed_at FROM checkpoints ORDER BY size"
    return [Kept(*row) for row in connection.execute(sql)]


def _more_lines(note: str) -> str | None:
    """What stands under a note besides one signature. What is no note at all, `open` says."""
    try:
        lines = len(parse_note(note).signatures)
    except ProofError:
        return None
    return None if lines == 1 else f"{lines} signature lines stand under it, where only the log's own one is kept"


def _latest(connection: sqlite3.Connection) -> str | None:
    row = connection.execute("SELECT note FROM checkpoints ORDER BY size DESC LIMIT 1").fetchone()
    return None if row is None else str(row[0])
