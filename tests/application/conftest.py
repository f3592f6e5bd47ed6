"""A ledger on disk, held against the invariants, and its own audit, when its test is over."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ledger.application import TreatmentLedger
from tests.invariants import check_log

NOW = datetime(2021, 6, 1, tzinfo=UTC)


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A directory with an empty ledger."""
    TreatmentLedger.init(tmp_path / "data", "example.org/h1")
    return tmp_path / "data"


@pytest.fixture
def ledger(directory: Path) -> Iterator[TreatmentLedger]:
    """The ledger, open."""
    with TreatmentLedger.open(directory) as ledger:
        yield ledger
        assert ledger.audit() == []
        ledger.checkpoint(now=NOW)
    check_log(directory / "ledger.sqlite3")


@pytest.fixture
def clock() -> Callable[[], datetime]:
    """A clock that goes on by a second each time it is asked."""
    ticks = iter(range(1_000_000))
    return lambda: NOW + timedelta(seconds=next(ticks))


@pytest.fixture
def journal(tmp_path: Path) -> Callable[..., Path]:
    """Writes lines into a file and gives its path."""

    def write(lines: Sequence[str], name: str = "journal.ndjson") -> Path:
        path = tmp_path / name
        path.write_text("".join(f"{line}\n" for line in lines))
        return path

    return write
