"""Signed checkpoints: what this ledger has said, in public, about how long it is and what is in it.

Here they are kept, shown and opened; how one comes about is `ledger.store.signing`. Under what was signed stand the
lines of witnesses who cosigned it (`ledger.store.cosignatures`), as far as they came.
"""

import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from ledger.proof import Checkpoint
from ledger.store.continuity import WHOLE_ENTRIES, Continuity
from ledger.store.contradictions import Contradictions
from ledger.store.cosignatures import cosignatures, cosigned_at, keep, last_date, last_size, lines_under, require_line
from ledger.store.cosigned_dates import CosignedDates
from ledger.store.judging import EntryRules, Terms
from ledger.store.kept_checkpoints import LAST, kept, last_kept
from ledger.store.mark import Mark
from ledger.store.notes import Notes, more_lines
from ledger.store.progress import Progress
from ledger.store.refusals import StoreError
from ledger.store.sealing import Sealing
from ledger.store.seals import SpellSeal
from ledger.store.signing import SignAsked, Signing
from ledger.store.soundness import unsound
from ledger.store.sqlite import SQLiteDCBRecorder

__all__ = ["LAST", "Checkpoints"]


class Checkpoints:
    """The checkpoints of the log in `recorder`, signed with the key in `key_file`."""

    def __init__(
        self,
        recorder: SQLiteDCBRecorder,
        origin: str,
        vkey: str,
        key_file: Path,
        spell_seal: SpellSeal,
        rules: EntryRules,
        whole_entries: int = WHOLE_ENTRIES,
    ) -> None:
        self.contradictions = Contradictions(key_file.parent)
        self._dates = CosignedDates(key_file.parent)
        self._notes = Notes(origin, vkey)
        self._recorder = recorder
        self._key_file = key_file
        self.rules = rules
        self.mark = Mark(key_file, self._notes.open_alone)
        sealing, continuity = Sealing(recorder, spell_seal), Continuity(recorder, whole_entries)
        self.signing = Signing(recorder, self._notes, key_file, self.mark, sealing, continuity)

    @property
    def sealing(self) -> Sealing:
        """What seals the log."""
        return self.signing.sealing

    @sealing.setter
    def sealing(self, sealing: Sealing) -> None:
        self.signing.sealing = sealing

    @property
    def vkey(self) -> str:
        """The public key that opens these checkpoints."""
        return self._notes.vkey

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
            row = last_kept(connection)
            lines = "" if row is None else lines_under(connection, row.size)
        if row is not None and (what := more_lines(row.note)) is not None:
            raise unsound("checkpoint-signature", LAST, what)
        return None if row is None else f"{row.note}{lines}"

    def refuse_old_backup(self) -> None:
        """Unsound when the key has signed over more entries than there are: an old backup was restored."""
        self.mark.refuse_old_backup(self._recorder.size())

    def refuse_lost_mark(self) -> None:
        """StoreError, as `sign` has it, where something was signed and the mark does not say how much. What is taken
        in then might be a second history, which nobody could sign.
        """
        self.mark.signed(self._signed_last())

    def open(self, note: str, what: str) -> Checkpoint:
        """As `Notes.open`."""
        return self._notes.open(note, what)

    def open_alone(self, note: str, what: str) -> Checkpoint:
        """As `Notes.open_alone`."""
        return self._notes.open_alone(note, what)

    def open_kept(self, note: str, where: str) -> Checkpoint:
        """As `Notes.open_kept`."""
        return self._notes.open_kept(note, where)

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

    def sign(
        self,
        *,
        now: datetime,
        progress: Progress = lambda done, total: None,
        anew: bool = False,
    ) -> str:
        """The checkpoint of the log as it stands, sealed, signed, kept, and the key's mark moved; durable on return.

        A log that has not grown since the last one gets the last one, and the index in the tables is that of its
        seal. StoreError, and nothing is signed, when stored entries do not fit their leaves, or the log does not
        continue what was signed before, or an entry that is new is none that may be signed, or is dated later than
        `now`, or the last entry would be no seal of those before it, or a witness contradicts it, or the key's mark
        cannot be moved. `progress` is called where the index of a long log is built. `anew`: build it from the log,
        whatever was kept and sealed, and seal again where the last seal is of another one.
        """
        self.contradictions.refuse()
        return self.signing.sign(SignAsked(Terms(self.rules, now), progress, anew))

    def _signed_last(self) -> str | None:
        """The last checkpoint as it was signed, without the lines of witnesses."""
        with self._recorder.connections.read() as connection:
            row = last_kept(connection)
        return None if row is None else row.note
