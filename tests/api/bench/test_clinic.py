"""The log that proofs are measured over is one that the ledger itself finds nothing wrong with."""

import json
from collections.abc import Iterator
from itertools import pairwise

import pytest

from api.bench.clinic import LEAST, SUBJECT, SUBJECT_ENTRIES, Clinic, fill
from api.bench.verifying import of_streams
from api.clock import now
from ledger.application import TreatmentLedger
from ledger.verify import verify


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TreatmentLedger]:
    home = tmp_path_factory.mktemp("clinic") / "ledger"
    TreatmentLedger.init(home, "bench.example/ledger")
    with TreatmentLedger.open(home) as ledger:
        fill(ledger.recorder, LEAST)
        yield ledger


def test_it_has_as_many_entries_as_were_asked_for_and_nothing_wrong_with_them(clinic: TreatmentLedger) -> None:
    assert clinic.size >= LEAST
    clinic.checkpoint(now=now())
    assert clinic.audit() == []


def test_the_patient_has_a_thousand_entries_over_the_whole_of_it(clinic: TreatmentLedger) -> None:
    indexes = [recorded.index for recorded in clinic.history(SUBJECT)]
    assert len(indexes) == SUBJECT_ENTRIES
    assert indexes[-1] > 0.95 * LEAST
    assert max(later - earlier for earlier, later in pairwise(indexes)) < LEAST / 50


def test_the_patients_bundle_is_sound_and_every_session_signed(clinic: TreatmentLedger) -> None:
    bundle = clinic.export(f"patient:{SUBJECT}", now=now())
    verdict = verify(bundle, clinic.vkey)
    assert verdict.sound
    assert len([tag for tag in json.loads(bundle)["streams"] if tag.startswith("registry:practitioner:T")]) == 5
    (attributable,) = (claim.what for claim in verdict.claims if claim.name == "attributable")
    assert "242" in attributable


def test_a_bundle_is_hardly_more_than_its_entries(clinic: TreatmentLedger) -> None:
    """6,000 bytes at most for the patient's stream, 1,000 for each registry's, counted outside the list `entries`."""
    clinic.checkpoint(now=now())
    patient, *registries = json.loads(clinic.export(f"patient:{SUBJECT}", now=now()))["streams"]
    alone = besides_entries(of_streams(clinic, [patient]))
    assert 0 < alone <= 6_000
    assert len(registries) == 8
    for registry in registries:
        added = besides_entries(of_streams(clinic, [patient, registry])) - alone
        assert 0 < added <= 1_000, registry


def besides_entries(bundle: bytes) -> int:
    """Bytes of the file without the lines of its entries; each entry is a line."""
    lines = bundle.splitlines(keepends=True)
    began = lines.index(b'"entries": [\n') + 1
    return len(bundle) - sum(map(len, lines[began : began + len(json.loads(bundle)["entries"])]))


def test_more_of_it_is_new_and_not_the_patients(clinic: TreatmentLedger) -> None:
    clinic.recorder.append(Clinic(LEAST).more(clinic.size, 1_000))
    assert clinic.audit() == []
    assert len(clinic.history(SUBJECT)) == SUBJECT_ENTRIES


def test_a_log_too_short_for_the_patient_is_refused(clinic: TreatmentLedger) -> None:
    with pytest.raises(ValueError, match="no room for a patient"):
        fill(clinic.recorder, LEAST - 1)


def test_also_what_is_added_to_ten_million_is_not_dated_ahead() -> None:
    """Else nobody would sign it."""
    appended = [json.loads(event.data)["appended_at"] for event in Clinic(10_000_000).more(10_000_000, 100)]
    assert "2021-12" < min(appended) <= max(appended) < "2026-01"
