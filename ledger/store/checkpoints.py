"""Signed checkpoints: what this ledger has said, in public, about how long it is and what is in it.

A checkpoint that disagrees with an earlier one is proof, for ever, that the log was rewritten. So before one is
signed, the root is derived again from the stored bytes, and held against the last one signed and against the key's
high-water mark: the last note this key signed, kept in a file beside the key and not in the database, so that a
database restored from an old backup is noticed. The last entry under every checkpoint is a seal of all before it.
"""

import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from ledger.proof import Checkpoint, ProofError, format_checkpoint, open_checkpoint
from ledger.store.continuity import WHOLE_ENTRIES, Continuity, refuse_rollback
from ledger.store.entry import format_time
from ledger.store.index_building import Progress
from ledger.store.key import read_key, write_durably
from ledger.store.refusals import StoreError
from ledger.store.sealing import Sealing, SpellSeal
from ledger.store.sqlite import SQLiteDCBRecorder


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
        self._continuity = Continuity(recorder, whole_entries)
        self._recorder = recorder
        self._origin = origin
        self._vkey = vkey
        self._key_file = key_file
        self._mark_file = key_file.with_name("last-signed")

    def notes(self) -> Iterator[str]:
        """Every checkpoint kept, the smallest first."""
        with self._recorder.connections.read() as connection:
            rows = kept(connection)
        yield from (row.note for row in rows)

    def latest(self) -> str | None:
        """The last checkpoint kept, as handed out; None before the first."""
        with self._recorder.connections.read() as connection:
            return _latest(connection)

    def mark(self) -> str | None:
        """The key's high-water mark: the last note signed with it, or None before the first.

        Byte for byte: what is no UTF-8 comes as lone surrogates, which no note holds. StoreError if it is unreadable.
        """
        try:
            return self._mark_file.read_bytes().decode(errors="surrogateescape")
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StoreError(f"{self._mark_file}: cannot be read ({error.strerror}); restore it to sign") from None

    def refuse_old_backup(self) -> None:
        """Unsound when the key has signed over more entries than there are: an old backup was restored.

        A mark that is missing, or is no note of this key, is for `sign` and `audit` to speak of.
        """
        try:
            mark = self.mark()
            signed = [] if mark is None else [self.open(mark, f"{self._mark_file}")]
        except StoreError:
            return
        refuse_rollback(self._recorder.head(), signed)

    def open(self, note: str, what: str) -> Checkpoint:
        """The tree head of one of our own notes. StoreError, naming `what`, when it is not."""
        try:
            checkpoint = open_checkpoint(note, self._vkey)
        except ProofError as error:
            raise StoreError(f"{what}: {error}") from None
        if checkpoint.origin != self._origin:
            raise StoreError(f"{what}: it is of {checkpoint.origin!r}, this ledger is {self._origin!r}")
        return checkpoint

    def sign(self, *, now: datetime, progress: Progress = lambda done, total: None) -> str:
        """The checkpoint of the log as it stands, sealed, signed, kept, and the key's mark moved; durable on return.

        A log that has not grown since the last one gets the last one, and the index in the tables is that of its
        seal. StoreError, and nothing is signed, when stored entries do not fit their leaves, or the log does not
        continue what was signed before. `progress` is called where the index of a long log is built.
        """
        key = read_key(self._key_file)
        if key.vkey != self._vkey:
            raise StoreError(f"{self._key_file}: another ledger's key ({key.vkey}); this ledger's is {self._vkey}")
        while True:
            latest, mark = self.latest(), self.mark()
            if latest is not None and mark is None:
                raise StoreError(
                    f"{self._mark_file}: missing, and with it what this key last signed; nothing is signed. Restore "
                    "the file; or, if the newest checkpoint that anyone holds is the ledger's last, write it there"
                )
            earlier = [self.open(note, what) for note, what in self._signed(latest, mark)]
            # Looked at before it is sealed: a log that must not be signed is not written to either.
            frontier, fits = self._continuity.check(self._recorder.head(), earlier)
            if not fits:
                self.sealing.forget_tree()
            size = self.sealing.seal(now, progress)
            if latest is not None and earlier[0].size == size:
                return latest
            frontier, fits = self._continuity.extend(frontier, size)
            if not fits:
                self.sealing.forget_tree()
            root = frontier.root()
            note = key.sign(format_checkpoint(self._origin, size, root))
            self.open(note, "the checkpoint just signed")  # a note nobody can open is never handed out
            if self._keep(note, size, root, latest, mark, now):
                return note

    def _signed(self, latest: str | None, mark: str | None) -> Iterator[tuple[str, str]]:
        if latest is not None:
            yield latest, "the ledger's last checkpoint"
        if mark is not None:
            yield mark, f"{self._mark_file}"

    def _keep(self, note: str, size: int, root: bytes, latest: str | None, mark: str | None, now: datetime) -> bool:
        """Keep the note, unless another process signed meanwhile: then it must be checked against that one."""
        connection = self._recorder.connections.write()
        try:
            # The write lock: of all processes on this ledger, one at a time compares, marks and keeps.
            connection.execute("BEGIN IMMEDIATE")
            if _latest(connection) != latest or self.mark() != mark:
                return False
            # The mark comes first. A crash after it leaves a mark ahead of the database, with a note nobody has
            # seen: the next one is held against it and passes, as the log it was signed over is still there. The
            # other way round, a crash would leave a checkpoint in the database that the mark does not know of.
            write_durably(self._mark_file, note)
            connection.execute(
                "INSERT INTO checkpoints (size, root, note, signed_at) VALUES (?, ?, ?, ?)",
                (size, root, note, format_time(now)),
            )
            connection.execute("COMMIT")
            return True
        finally:
            connection.close()


class Kept(NamedTuple):
    """A checkpoint as it is kept: the note, and the columns beside it by which it is found."""

    size: int
    root: bytes
    note: str


def kept(connection: sqlite3.Connection) -> list[Kept]:
    """Every checkpoint kept, the smallest first."""
    return [Kept(*row) for row in connection.execute("SELECT size, root, note FROM checkpoints ORDER BY size")]


def _latest(connection: sqlite3.Connection) -> str | None:
    row = connection.execute("SELECT note FROM checkpoints ORDER BY size DESC LIMIT 1").fetchone()
    return None if row is None else str(row[0])
