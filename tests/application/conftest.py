"""A ledger on disk, held against the invariants, and its own audit, when its test is over."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ledger.application import TreatmentLedger
from ledger.application.people import People
from tests.application.persons import DR1, FAR, PT1, PT2, ZHANG, Approve
from tests.application.signers import Signer
from tests.application.world import JOURNAL, facts
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
        ledger.checkpoint(now=max(NOW, *(one.appended_at for one in ledger.facts())) if ledger.size else NOW)
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


@pytest.fixture
def keyed(ledger: TreatmentLedger) -> TreatmentLedger:
    """The small journal, with everybody's keys enrolled and a master key of the person store made."""
    ledger.record([*facts(JOURNAL), *(one.enrolled() for one in (DR1, PT1, PT2))], now=NOW)
    ledger.people().make_key()
    return ledger


@pytest.fixture
def people(keyed: TreatmentLedger) -> People:
    """P1 is put in."""
    keyed.people().add_person("P1", ZHANG, now=NOW)
    return keyed.people()


@pytest.fixture
def approve(people: People) -> Approve:
    """Statements about erasing P1, signed."""

    def approvals(*who: Signer, ground: str | None = None, of: str = "P1", now: datetime = FAR) -> list[str]:
        return [one.sign(people.erasure_statement(of, one.key_id, ground, now=now)) for one in who or (DR1, PT1)]

    return approvals
