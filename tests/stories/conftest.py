"""What every story begins with: a ledger on disk with a small invented year in it; and how every story ends."""

from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import pytest

from api.demo import Planted, write_journal, year_with_mistakes
from ledger.application import TreatmentLedger
from projections.rules.rulebook import load_rulebook

SEED, PATIENTS = 11, 8
TAKEN_IN = datetime.fromisoformat("2022-01-03T08:00:00+08:00")
"""When the year came in: the ledger has the same entries, and their marks, in every run."""


class Hospital(NamedTuple):
    """The journal a hospital handed in, the ledger that took it, its verifier key, and what was planted in it."""

    journal: Path
    directory: Path
    vkey: str
    planted: list[Planted]


@pytest.fixture
def hospital(tmp_path):
    """A ledger with the year of eight patients. At the end of the story it is sound."""
    journal, directory = tmp_path / "year.ndjson", tmp_path / "ledger"
    digest = load_rulebook("shanghai-2017").digest
    lines = write_journal(journal, seed=SEED, patients=PATIENTS, rulebook_digest=digest)
    vkey = TreatmentLedger.init(directory, "invented.example/stories")
    with TreatmentLedger.open(directory) as ledger:
        imported = ledger.import_journal([journal], now=lambda: TAKEN_IN)
    assert imported == (lines, 0, 0, lines)
    yield Hospital(journal, directory, vkey, year_with_mistakes(SEED, PATIENTS)[1])
    with TreatmentLedger.open(directory) as ledger:
        assert ledger.audit() == []
