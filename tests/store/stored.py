"""A ledger as the store sees it: a log of entries, its checkpoints, its key; and ways to damage it."""

import base64
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from eventsourcing.dcb.api import DCBEvent

from ledger.files import write_durably
from ledger.proof import format_checkpoint, root
from ledger.store.audit import audit
from ledger.store.checkpoints import Checkpoints
from ledger.store.continuity import WHOLE_ENTRIES
from ledger.store.entry import SHANGHAI, format_entry, format_time
from ledger.store.findings import Finding
from ledger.store.judging import EntryRules, Reader
from ledger.store.key import create_key, read_key
from ledger.store.schema import Identity, create_ledger, read_identity
from ledger.store.sqlite import SQLiteDCBRecorder, Stored

NOW = datetime(2021, 3, 1, 7, 31, 2, 123456, tzinfo=UTC)


def event(n: int) -> DCBEvent:
    """The n-th invented entry."""
    tags = [f"patient:P{n % 3}", f"session:S{n}"]
    data = format_entry("session-voided.v1", "2021-03-01T15:31:02.123456+08:00", tags, b'{"n":%d}' % n)
    return DCBEvent("session-voided.v1", data, tags)


def spell_seal(now: datetime, size: int, tags: int, root: bytes) -> bytes:
    """A seal's fact, as FORMAT.md has it."""
    return b'{"type":"IndexSealed","at":"%b","size":%d,"tags":%d,"root":"%b"}' % (
        now.astimezone(SHANGHAI).isoformat().encode(),
        size,
        tags,
        base64.b64encode(root),
    )


def no_problem(type: str, fact: bytes) -> None:
    """Of any fact."""


def no_tag_problems(rows: Sequence[Stored], reader: Reader, upto: int) -> Iterator[tuple[int, str]]:
    """Of any tags."""
    return iter(())


ANYTHING = EntryRules(no_problem, no_tag_problems)


class StoredLedger:
    """A ledger in a directory, open. `whole_entries`: up to so many entries all is derived again at each signing."""

    rules = ANYTHING
    """What entries have to be; the invented facts are taken as they are."""

    def __init__(self, directory: Path, whole_entries: int = WHOLE_ENTRIES) -> None:
        directory.mkdir()
        self._lies_in(directory, whole_entries)
        vkey = create_key(self.key_file, "example.org/h1").vkey
        create_ledger(self.path, Identity("example.org/h1", vkey))
        self.open()

    @classmethod
    def again(cls, directory: Path) -> "StoredLedger":
        """One that is there, as another process opens it."""
        stored = cls.__new__(cls)
        stored._lies_in(directory, WHOLE_ENTRIES)
        stored.open()
        return stored

    def _lies_in(self, directory: Path, whole_entries: int) -> None:
        self.whole_entries = whole_entries
        self.path = directory / "ledger.sqlite3"
        self.key_file = directory / "keys" / "signing.key"
        self.mark_file = directory / "keys" / "last-signed"
        self.damaged = False

    def open(self) -> None:
        """Open it (again)."""
        self.recorder = SQLiteDCBRecorder(self.path)
        identity = read_identity(self.path)
        self.checkpoints = Checkpoints(
            self.recorder, *identity, self.key_file, spell_seal, self.rules, self.whole_entries
        )

    def close(self) -> None:
        """Close it."""
        self.recorder.close()

    def grow(self, count: int) -> None:
        """Append invented entries."""
        size = self.recorder.size()
        self.recorder.append([event(n) for n in range(size, size + count)])

    def sign(self) -> str:
        """A checkpoint."""
        return self.checkpoints.sign(now=NOW)

    def sign_whatever(self) -> None:
        """Sign the log as it stands, and keep that, as whoever has the key can do with a program of their own."""
        size = self.recorder.size()
        root_ = root(list(self.recorder.leaves(0, size)))
        note = read_key(self.key_file).sign(format_checkpoint("example.org/h1", size, root_))
        connection = self.recorder.connections.write()
        connection.execute("INSERT INTO checkpoints VALUES (?, ?, ?, ?)", (size, root_, note, format_time(NOW)))
        connection.close()
        write_durably(self.mark_file, note)

    def backup(self) -> Path:
        """Copy the database, closed, beside itself."""
        self.close()
        shutil.copy(self.path, copy := self.path.with_suffix(".backup"))
        self.open()
        return copy

    def restore(self, copy: Path) -> None:
        """Put a copy back in the database's place; the keys stay."""
        self.close()
        shutil.copy(copy, self.path)
        self.open()

    def damage(self, *statements: str) -> None:
        """Do what no program of ours can: change rows, as someone who can write the file does."""
        self.damaged = True
        connection = sqlite3.connect(self.path, isolation_level=None)
        triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("PRAGMA ignore_check_constraints = ON")
        for statement in statements:
            connection.execute(statement)
        for _, made in triggers:
            connection.execute(made)
        connection.close()

    def audit(self) -> list[Finding]:
        """All findings; the invented facts are taken as they are."""
        return list(audit(self.recorder, self.checkpoints, lambda type, fact: None))
