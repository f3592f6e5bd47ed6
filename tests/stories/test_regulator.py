"""The regulator: one patient's bundle, a key, no network, no database, and no trust in the hospital."""

import shutil
from datetime import datetime

import msgspec
import pytest

from ledger.application import LedgerError, TreatmentLedger
from ledger.journal import parse_fact
from ledger.verify import verify
from projections.history import effective
from projections.rules.judge import judge
from projections.rules.rulebook import load_rulebook

PATIENT = "P0002"
NOW = datetime.fromisoformat("2022-01-05T09:00:00+08:00")
RULEBOOK = load_rulebook("shanghai-2017")


def decisions(facts):
    """As a file of decisions has them."""
    ordered = sorted(facts, key=lambda fact: fact.at)
    return [msgspec.json.encode(made) for made in judge(effective(ordered), RULEBOOK, patient=PATIENT)]


@pytest.fixture
def bundle(hospital, tmp_path):
    """What the hospital hands over; then the ledger is out of reach."""
    with TreatmentLedger.open(hospital.directory) as ledger:
        exported = ledger.export(f"patient:{PATIENT}", now=NOW)
        told = decisions(entry.fact for entry in ledger.facts())
    away = hospital.directory.rename(tmp_path / "away")
    yield exported, told
    away.rename(hospital.directory)


def test_the_facts_are_proven_and_judged_again(hospital, bundle):
    exported, told = bundle
    verdict = verify(exported, hospital.vkey)
    assert verdict.sound
    assert verdict.subject == f"patient:{PATIENT}"
    assert verdict.claims
    assert "complete" in {claim.name for claim in verdict.claims}

    class Entry(msgspec.Struct):
        fact: msgspec.Raw

    proven = [parse_fact(bytes(msgspec.json.decode(entry, type=Entry).fact)) for _, entry in verdict.facts]
    assert decisions(proven) == told != []


def test_one_altered_word_is_named(hospital, bundle):
    exported, _ = bundle
    honest, forged = "可在提示下完成".encode(), "可独立完成全部".encode()
    assert honest in exported
    verdict = verify(exported.replace(honest, forged, 1), hospital.vkey)
    assert not verdict.sound
    assert verdict.facts == ()
    assert {finding.name for finding in verdict.findings} == {"entry-altered"}


def test_a_ledger_restored_from_an_old_backup_signs_nothing(hospital, tmp_path):
    """What it would sign is not consistent with what its key has signed."""
    backup = tmp_path / "backup.sqlite3"
    shutil.copy(hospital.directory / "ledger.sqlite3", backup)
    newer = b'{"type":"StageSummaryWritten","at":"2022-01-04T17:00:00+08:00","patient":"P0002","episode":"P0002-E1",'
    newer += '"practitioner":"DR11","text":"阶段小结：好转。"}'.encode()
    with TreatmentLedger.open(hospital.directory) as ledger:
        before = ledger.checkpoint(now=NOW)
        ledger.record([parse_fact(newer)], now=NOW)
        after = ledger.checkpoint(now=NOW)
        assert after != before
        assert verify(ledger.export(f"patient:{PATIENT}", now=NOW, since=before), hospital.vkey, before).sound
        kept = tmp_path / "kept"
        shutil.copytree(hospital.directory, kept)
    shutil.copy(backup, kept / "ledger.sqlite3")
    (kept / "ledger.sqlite3-wal").unlink(missing_ok=True)
    (kept / "ledger.sqlite3-shm").unlink(missing_ok=True)
    with TreatmentLedger.open(kept) as restored, pytest.raises(LedgerError):
        restored.checkpoint(now=NOW)
