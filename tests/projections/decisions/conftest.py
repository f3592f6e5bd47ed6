"""An empty ledger whose decisions are kept."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.application import TreatmentLedger
from projections.mirror import following
from tests.projections.decisions.deciding import Deciding


@pytest.fixture
def deciding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Deciding]:
    monkeypatch.setattr(following, "ENTRIES_A_PATIENT", 0)  # else so short a log would be replayed each time
    TreatmentLedger.init(tmp_path / "ledger", "decided.example/ledger")
    with TreatmentLedger.open(tmp_path / "ledger") as ledger:
        yield Deciding(tmp_path, ledger)
