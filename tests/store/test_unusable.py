"""Each error of SQLite, made as it comes about: what is told, and that a backup is spoken of where it would help."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ledger.store.connections import Connections
from ledger.store.refusals import Unusable
from ledger.store.unusable import has_room, lacks_files_beside, unusable, waiting_log
from tests.store.stored import StoredLedger


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(tmp_path / "f", isolation_level=None, timeout=0)) as connection:
        connection.execute("CREATE TABLE t (x)")
        yield connection


def failing(connection: sqlite3.Connection, statement: str) -> sqlite3.Error:
    with pytest.raises(sqlite3.Error) as caught:
        connection.execute(statement)
    return caught.value


def test_a_full_disk(connection: sqlite3.Connection, tmp_path: Path) -> None:
    connection.execute("PRAGMA max_page_count = 2")
    error = failing(connection, "INSERT INTO t VALUES (randomblob(9000))")
    told = str(unusable(tmp_path / "f", error))
    assert told.startswith(f"{tmp_path / 'f'}: no room is left on the disk (database or disk is full). ")
    assert told.endswith("; make room, then ask again")
    assert "backup" not in told


def test_another_process_has_it(connection: sqlite3.Connection, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "f", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        error = failing(connection, "BEGIN IMMEDIATE")
    assert "another process keeps it locked (database is locked); ask again" in str(unusable(tmp_path / "f", error))


def test_a_disk_that_cannot_be_read() -> None:
    """Address 0 of a process is what nobody can read: the operating system answers EIO, as of a bad sector."""
    memory = Path("/proc/self/mem")
    with pytest.raises(sqlite3.Error) as caught:
        sqlite3.connect(f"{memory.as_uri()}?mode=ro&immutable=1", uri=True)
    assert "the disk cannot be read there (disk I/O error); look at the disk" in str(unusable(memory, caught.value))


def test_something_else_is_in_the_way(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.Error) as caught:
        sqlite3.connect(tmp_path)
    assert "it cannot be used now (unable to open database file); ask again" in str(unusable(tmp_path, caught.value))


def test_what_lies_in_the_file_is_no_matter_of_its_place(connection: sqlite3.Connection, tmp_path: Path) -> None:
    (tmp_path / "rubbish").write_bytes(b"x" * 5000)
    with closing(sqlite3.connect(tmp_path / "rubbish")) as rubbish:
        errors = [failing(rubbish, "SELECT 1 FROM t"), failing(connection, "SELECT 1 FROM missing")]
    content = (tmp_path / "f").read_bytes()
    (tmp_path / "torn").write_bytes(content[:4096] + b"\xff" * 4096)
    with closing(sqlite3.connect(tmp_path / "torn")) as torn:
        errors.append(failing(torn, "SELECT 1 FROM t"))
    assert [str(error) for error in errors] == [
        "file is not a database",
        "no such table: missing",
        "database disk image is malformed",
    ]
    for error in [*errors, sqlite3.ProgrammingError("raised by Python, without a code")]:
        assert not lacks_files_beside(error)
        assert unusable(tmp_path / "f", error) is None


def test_room(tmp_path: Path) -> None:
    assert has_room(tmp_path)
    assert has_room(tmp_path / "missing")
    assert not has_room(Path("/proc")), "a file system of no size"


@pytest.mark.parametrize("beside", ["-wal", "-journal"])
def test_a_log_that_waits(tmp_path: Path, beside: str) -> None:
    assert not waiting_log(tmp_path / "f")
    (tmp_path / f"f{beside}").touch()
    assert not waiting_log(tmp_path / "f")
    (tmp_path / f"f{beside}").write_bytes(b"x")
    assert waiting_log(tmp_path / "f")


class TestLedger:
    """Whoever asks a ledger is told the same."""

    def test_an_audit_reads_as_it_lies_and_finds_what_it_finds_anywhere(self, stored: StoredLedger) -> None:
        stored.grow(3)
        stored.sign()
        stored.damage("DELETE FROM checkpoints")
        anywhere = stored.audit()
        stored.close()
        beside = stored.path.with_name(f"{stored.path.name}-shm")
        beside.symlink_to("missing/shm")
        stored.open()
        assert stored.audit() == anywhere
        assert [finding.name for finding in anywhere] == ["checkpoint-rollback"]
        with pytest.raises(Unusable, match="unable to open"):
            stored.sign()
        stored.close()
        beside.unlink()
        stored.open()

    def test_it_is_locked(self, stored: StoredLedger) -> None:
        stored.close()
        with closing(sqlite3.connect(stored.path, isolation_level=None)) as other:
            other.execute("PRAGMA locking_mode = EXCLUSIVE")
            other.execute("BEGIN EXCLUSIVE")
            with (
                closing(Connections(stored.path, busy_seconds=0)) as connections,
                pytest.raises(Unusable, match="another process keeps it locked"),
                connections.read(),
            ):
                pass
        stored.open()
