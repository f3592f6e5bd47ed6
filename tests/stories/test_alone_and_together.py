"""A patient judged from the patient's own case gets the decisions that judging the whole ledger gives.

That is what makes a bundle enough to judge from (proof.md, claim 7), also for the patients in whose records something
of another's stands: a session on somebody else's sheet, a session corrected from one patient to another.
"""

from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from api.demo import NO_DIGEST, write_journal
from api.questions import decisions, eligible, facts, rows, rules
from api.reverifying import reverify
from ledger.application import TreatmentLedger
from ledger.treatment.facts import PatientFileOpened
from ledger.verify import verify
from tests.application.world import JOURNAL, fact
from tests.application.world import facts as parsed

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory):
    home: Path = tmp_path_factory.mktemp("together")
    write_journal(home / "year.ndjson", patients=120, rulebook_digest=NO_DIGEST)
    TreatmentLedger.init(home / "ledger", "together.example/ledger")
    with TreatmentLedger.open(home / "ledger") as ledger:
        ledger.import_journal([home / "year.ndjson"], now=lambda: NOW)
        yield ledger


def test_every_patient_alone_as_in_the_whole(ledger: TreatmentLedger) -> None:
    by = rules()
    together: defaultdict[str, list[bytes]] = defaultdict(list)
    for decision in decisions(facts(ledger.facts()), by):
        together[decision.patient].append(msgspec.json.encode(decision))
    assert len(together) >= 100
    for patient, expected in together.items():
        alone = decisions(facts(ledger.case(patient)), by, patient=patient)
        assert [msgspec.json.encode(decision) for decision in alone] == expected, patient


def test_every_patients_bundle_is_sound_and_decided_again(ledger: TreatmentLedger) -> None:
    """A bundle is a part of the log, and what its facts refer to beyond it makes none of them impossible."""
    by = rules()
    patients = {fact.patient for fact in facts(ledger.facts()) if isinstance(fact, PatientFileOpened)}
    assert len(patients) == 120
    undecided = 0
    for patient in sorted(patients):
        verdict, judged = reverify(verify(ledger.export(f"patient:{patient}", now=NOW), ledger.vkey), by)
        assert verdict.sound, (patient, verdict.findings)
        assert judged is not None
        assert any(claim.name == "possible" for claim in verdict.claims)
        undecided += any(claim.name == "possible" for claim in verdict.not_claimed)
    assert 0 < undecided < len(patients), "some records refer to what their bundles do not hold"


def test_a_bundle_with_another_patients_sheet_in_it_is_sound(ledger: TreatmentLedger) -> None:
    mixed = [
        fact.patient
        for fact in facts(ledger.facts())
        if type(fact).__name__ == "SessionStarted" and fact.patient not in fact.prescription  # type: ignore[attr-defined]
    ]
    assert mixed, "the invented year has a session on another patient's sheet"
    verdict = verify(ledger.export(f"patient:{mixed[0]}", now=NOW), ledger.vkey)
    assert verdict.sound, verdict.findings


def test_a_guest_on_the_sheet_is_no_act_of_its_owner(tmp_path: Path) -> None:
    """The guest's start bears the owner's tag, for it counts on the sheet; whose act it is says the fact."""
    TreatmentLedger.init(tmp_path / "ledger", "guest.example/ledger")
    guest = fact("SessionStarted", 70, session="S9", patient="P2", prescription="R-P1", order="1", therapist="PT1",
                 institution="H1", setting="outpatient")  # fmt: skip
    with TreatmentLedger.open(tmp_path / "ledger") as ledger:
        ledger.record([*parsed(JOURNAL), guest, fact("SessionVoided", 80, session="S9", reason="not given")], now=NOW)
        assert [one.fact.patient for one in ledger.history("P1") if one.fact == guest] == ["P2"]
        shown = [row.fact for _, row in rows(ledger.case("P1"), "P1")]
        assert len(shown) == 10, "every line of P1's own"
        assert guest not in shown, "it is a row of its own patient's"
        assert guest in [row.fact for _, row in rows(ledger.case("P2"), "P2")]
        acts = [decision.act for decision in decisions(facts(ledger.case("P1")), rules(), patient="P1")]
        assert acts == ["S1", "S3"]
        (standing,) = eligible(facts(ledger.case("P1")), "P1", rules(), at=NOW, item="exercise-therapy")
    TreatmentLedger.init(tmp_path / "without", "guest.example/without")
    with TreatmentLedger.open(tmp_path / "without") as ledger:
        ledger.record(parsed(JOURNAL), now=NOW)
        assert eligible(facts(ledger.case("P1")), "P1", rules(), at=NOW, item="exercise-therapy") == [standing]
