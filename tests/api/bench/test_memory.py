"""That what is measured is the audit's own processes, and nothing that this one holds."""

from pathlib import Path

import pytest

from api.bench.memory import MB, of_audit, of_rows
from api.clock import now
from ledger.application import LedgerError, TreatmentLedger
from ledger.journal import parse_fact
from ledger.store.parallel import cores
from tests.damage import damage

BALLAST = 400 * MB


@pytest.fixture
def home(tmp_path: Path) -> Path:
    TreatmentLedger.init(tmp_path / "ledger", "bench.example/ledger")
    return tmp_path / "ledger"


def test_what_this_process_holds_does_not_count(home: Path) -> None:
    held = b"\x01" * BALLAST
    assert 1 < of_rows(home) < BALLAST / MB / 2
    assert len(held) == BALLAST


def test_every_process_of_the_audit_counts(home: Path) -> None:
    """Each has read at least the program in."""
    alone = of_rows(home)
    assert of_audit(home) > (cores() if cores() > 1 else 0.5) * alone


def test_rows_in_a_list_take_what_they_take(home: Path) -> None:
    before, name = of_rows(home), "x" * 1_000
    line = (
        '{{"type":"InstitutionRegistered","at":"2020-01-01T08:00:00+08:00","institution":"H{}","name":"{}","level":3,'
        '"kind":"general","departments":[]}}'
    )
    with TreatmentLedger.open(home) as ledger:
        ledger.record([parse_fact(line.format(n, name).encode()) for n in range(20_000)], now=now())
    assert of_rows(home) > before + 20_000 * len(name) / MB


def test_an_unsound_log_is_not_measured(home: Path) -> None:
    with TreatmentLedger.open(home) as ledger:
        ledger.checkpoint(now=now())
    damage(home / "ledger.sqlite3", "UPDATE entries SET data = x'00'")
    for measure in (of_audit, of_rows):
        with pytest.raises(AssertionError, match="the log of the benchmark is"):
            measure(home)


def test_there_must_be_a_ledger(tmp_path: Path) -> None:
    with pytest.raises(LedgerError):
        of_audit(tmp_path)
