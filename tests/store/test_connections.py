"""Connections that read cannot write, are used again, and never make a file."""

import sqlite3
from pathlib import Path

import pytest

from ledger.store.connections import Connections
from ledger.store.refusals import StoreError
from ledger.store.sqlite import SQLiteDCBRecorder


def test_a_reader_cannot_write(recorder: SQLiteDCBRecorder) -> None:
    with pytest.raises(StoreError, match="attempt to write a readonly database"), recorder.connections.read() as reader:
        reader.execute("INSERT INTO tags VALUES ('t', 1, 'x')")


def test_a_reader_is_lent_again_to_one_at_a_time(recorder: SQLiteDCBRecorder) -> None:
    with recorder.connections.read() as first, recorder.connections.read() as second:
        assert first is not second
    with recorder.connections.read() as third:
        assert third in (first, second)


def test_a_reader_that_failed_is_not_lent_again(recorder: SQLiteDCBRecorder) -> None:
    with pytest.raises(KeyError), recorder.connections.read() as failed:
        raise KeyError
    with recorder.connections.read() as next_one:
        assert next_one is not failed
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        failed.execute("SELECT 1")


def test_a_reader_lent_while_closing_closes_when_it_comes_back(recorder: SQLiteDCBRecorder) -> None:
    connections = Connections(recorder.connections.path)
    with connections.read() as reader:
        connections.close()
        assert reader.execute("SELECT 1").fetchone() == (1,)
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        reader.execute("SELECT 1")


def test_no_file_is_made(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError, match="unable to open"):
        Connections(tmp_path / "missing").write()
    assert not list(tmp_path.iterdir())
