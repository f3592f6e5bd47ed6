"""How the library's applications come by the recorder."""

from pathlib import Path

import pytest
from eventsourcing.dcb.application import DCBApplication

from ledger.store.factory import SQLiteDCBFactory
from ledger.store.sqlite import SQLiteDCBRecorder


def test_by_the_environment(tmp_path: Path) -> None:
    env = {"PERSISTENCE_MODULE": "ledger.store.factory", "SQLITE_DBNAME": str(tmp_path / "log")}
    with DCBApplication(env) as application:
        assert isinstance(application.recorder, SQLiteDCBRecorder)
    with DCBApplication(env) as again:
        assert list(again.recorder.read()) == []


def test_a_name_is_needed() -> None:
    with pytest.raises(OSError, match="SQLITE_DBNAME is not set"):
        SQLiteDCBFactory({}).dcb_recorder()


def test_not_in_memory() -> None:
    with pytest.raises(OSError, match="a log in memory is not durable"):
        SQLiteDCBFactory({"SQLITE_DBNAME": ":memory:"}).dcb_recorder()


def test_closing_before_anything_was_made() -> None:
    SQLiteDCBFactory({}).close()
