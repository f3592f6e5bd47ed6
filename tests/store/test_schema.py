"""What makes a file a ledger, and that its rows stay as they were written."""

import sqlite3
from pathlib import Path

import pytest

from ledger.store.refusals import StoreError, Unusable
from ledger.store.schema import Identity, create_ledger, read_identity
from tests.store.stored import StoredLedger

IDENTITY = Identity("example.org/h1", "example.org/h1+00000000+AA==")


def test_created(tmp_path: Path) -> None:
    create_ledger(tmp_path / "l", IDENTITY)
    assert read_identity(tmp_path / "l") == IDENTITY
    assert [path.name for path in tmp_path.iterdir()] == ["l"], "one file, to be renamed into place"


def test_never_made_over_another_file(tmp_path: Path) -> None:
    (tmp_path / "l").write_text("something else")
    with pytest.raises(StoreError, match="a file is here already"):
        create_ledger(tmp_path / "l", IDENTITY)
    assert (tmp_path / "l").read_text() == "something else"


def test_no_ledger(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"there is no ledger here; make one with `init`"):
        read_identity(tmp_path / "l")
    assert not (tmp_path / "l").exists()


def test_not_a_database(tmp_path: Path) -> None:
    (tmp_path / "l").write_bytes(b"x" * 5000)
    with pytest.raises(StoreError, match=r"cannot be read as a ledger .*; restore it from a backup") as caught:
        read_identity(tmp_path / "l")
    assert not isinstance(caught.value, Unusable)


def test_another_programs_database(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "l")
    connection.execute("CREATE TABLE ledger (origin, vkey)")
    connection.close()
    with pytest.raises(StoreError, match="not a treatment ledger"):
        read_identity(tmp_path / "l")


def test_a_ledger_that_does_not_say_which(stored: StoredLedger) -> None:
    stored.damage("DELETE FROM ledger")
    with pytest.raises(StoreError, match="its table `ledger` is empty"):
        read_identity(stored.path)


def test_newer_format(tmp_path: Path) -> None:
    create_ledger(tmp_path / "l", IDENTITY)
    connection = sqlite3.connect(tmp_path / "l")
    connection.execute("PRAGMA user_version = 3")
    connection.close()
    with pytest.raises(StoreError, match=r"made by a newer version \(format 3, this program reads 2\)"):
        read_identity(tmp_path / "l")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entries SET data = x'00' WHERE position = 1",
        "DELETE FROM entries",
        "UPDATE tags SET tag = 'x'",
        "DELETE FROM tags WHERE position = 2",
        "UPDATE checkpoints SET note = ''",
        "DELETE FROM checkpoints",
        "UPDATE ledger SET origin = 'x'",
        "DELETE FROM ledger",
    ],
)
def test_nothing_is_edited_or_deleted(stored: StoredLedger, statement: str) -> None:
    stored.grow(3)
    stored.sign()
    connection = sqlite3.connect(stored.path)
    with pytest.raises(sqlite3.IntegrityError, match="nothing in a ledger is edited or deleted"):
        connection.execute(statement)
    connection.close()


def test_durable_and_in_wal_mode(stored: StoredLedger) -> None:
    connection = stored.recorder.connections.write()
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,), "FULL"
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()
