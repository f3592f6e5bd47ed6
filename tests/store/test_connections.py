"""Connections that read cannot write, are used again, and never make a file."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from ledger.store.connections import Connections
from ledger.store.refusals import StoreError, Unsound, Unusable
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
    with pytest.raises(Unusable, match="unable to open"):
        Connections(tmp_path / "missing").write()
    with pytest.raises(Unusable, match="unable to open"), Connections(tmp_path / "missing").read():
        pass
    assert not list(tmp_path.iterdir())


@pytest.fixture
def unshared(tmp_path: Path) -> Path:
    """A database beside which SQLite cannot make the file that processes share; `shm` stands in its way."""
    path = tmp_path / "log"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE t (n)")
        connection.execute("INSERT INTO t VALUES (1)")
        connection.commit()
    shm(path).symlink_to("missing/shm")
    return path


def shm(path: Path) -> Path:
    return path.with_name(f"{path.name}-shm")


def add(path: Path, n: int) -> None:
    """What another program writes, which can."""
    shm(path).unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("INSERT INTO t VALUES (?)", (n,))
        connection.commit()
    shm(path).symlink_to("missing/shm")


class TestAsItLies:
    """Where SQLite can make no files beside a database, it is read without them, as long as it stays as it is."""

    def test_it_is_read_and_not_written(self, unshared: Path) -> None:
        with closing(Connections(unshared)) as connections:
            with connections.read() as reader:
                assert reader.execute("SELECT n FROM t").fetchall() == [(1,)]
            with pytest.raises(StoreError, match="readonly database"), connections.read() as reader:
                reader.execute("INSERT INTO t VALUES (2)")
            with pytest.raises(Unusable, match="unable to open"):
                connections.write()

    def test_what_was_read_while_it_was_written_to_counts_for_nothing(self, unshared: Path) -> None:
        def read_while(n: int) -> None:
            with closing(Connections(unshared)) as connections, connections.read():
                add(unshared, n)
                if n == 3:
                    raise Unsound("as half of one moment and half of another may look")

        for n in (2, 3):
            with pytest.raises(Unusable, match="it was written to while it was read; ask again"):
                read_while(n)

    def test_nor_while_what_was_written_waits_beside_it(self, unshared: Path) -> None:
        """Commits leave the file as it was, as long as whoever made them keeps it open."""

        def read() -> list[tuple[int]]:
            with connections.read() as reader:
                return reader.execute("SELECT n FROM t").fetchall()

        with closing(Connections(unshared)) as connections:
            assert read() == [(1,)]
            shm(unshared).unlink()
            with closing(sqlite3.connect(unshared)) as writer:
                writer.execute("INSERT INTO t VALUES (2)")
                writer.commit()
                with closing(Connections(unshared)) as another, another.read() as reader:
                    assert reader.execute("SELECT n FROM t").fetchall() == [(1,), (2,)]
                assert read() == [(1,), (2,)]

    def test_the_next_one_to_ask_reads_what_was_written(self, unshared: Path) -> None:
        with closing(Connections(unshared)) as connections:
            for n in (2, 3):
                with connections.read() as reader:
                    assert reader.execute("SELECT max(n) FROM t").fetchone() == (n - 1,)
                add(unshared, n)
            with connections.read() as reader, connections.read() as another:
                assert reader.execute("SELECT n FROM t").fetchall() == [(1,), (2,), (3,)]
                assert another.execute("SELECT n FROM t").fetchall() == [(1,), (2,), (3,)]

    def test_not_while_commits_wait_beside_it(self, unshared: Path, tmp_path: Path) -> None:
        shm(unshared).unlink()
        copy = tmp_path / "copy"
        with closing(sqlite3.connect(unshared)) as connection:
            connection.execute("INSERT INTO t VALUES (2)")
            connection.commit()
            for end in ("", "-wal"):
                shutil.copy(f"{unshared}{end}", f"{copy}{end}")
        shm(copy).symlink_to("missing/shm")
        with pytest.raises(Unusable, match="unable to open"), Connections(copy).read():
            pass

    def test_a_file_that_is_damaged_is_still_damaged(self, unshared: Path) -> None:
        unshared.write_bytes(b"x" * 5000)
        damaged = r"file is not a database\); run `audit`, or restore a backup"
        with pytest.raises(StoreError, match=damaged) as caught, Connections(unshared).read():
            pass
        assert not isinstance(caught.value, Unusable)
