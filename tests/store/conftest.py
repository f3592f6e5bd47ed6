"""A bare log and a whole ledger on disk; each is held against the invariants when its test is over."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.store.factory import SQLiteDCBFactory
from ledger.store.sqlite import SQLiteDCBRecorder
from tests.invariants import check_log
from tests.store.stored import StoredLedger


@pytest.fixture
def recorder(tmp_path: Path) -> Iterator[SQLiteDCBRecorder]:
    """A log of any bytes."""
    factory = SQLiteDCBFactory({"SQLITE_DBNAME": str(tmp_path / "log.sqlite3")})
    yield factory.dcb_recorder()
    factory.close()
    check_log(tmp_path / "log.sqlite3", entries=False)


@pytest.fixture
def stored(tmp_path: Path) -> Iterator[StoredLedger]:
    """A ledger, empty; a test that damages it says so, and is not held against the invariants."""
    stored = StoredLedger(tmp_path / "ledger")
    yield stored
    stored.close()
    if not stored.damaged:
        check_log(stored.path)
