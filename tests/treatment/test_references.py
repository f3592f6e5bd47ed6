"""What facts name besides their own subject."""

import msgspec

from ledger.treatment.facts import FACTS
from ledger.treatment.references import NAMES, references_of
from ledger.treatment.values import Id


def test_a_session_names_patient_sheet_therapist_and_institution_but_no_stay(world):
    start = next(line for line in world if type(line).__name__ == "SessionStarted")
    assert references_of(start) == [
        "patient:P1", "prescription:R1", "registry:practitioner:PT1", "registry:institution:H1"
    ]  # fmt: skip


def test_an_assessment_names_each_assessor(fact):
    recorded = fact("AssessmentRecorded", "08:00", assessment="X", patient="P", episode="E", institution="H",
                    assessors=["A", "B"], results=[])  # fmt: skip
    assert references_of(recorded)[-2:] == ["registry:practitioner:A", "registry:practitioner:B"]


def test_a_fee_names_its_act_and_a_stop_only_itself(fact):
    assert references_of(fact("FeeConfirmed", "08:00", act="S1", amount_fen=1)) == ["act:S1"]
    assert references_of(fact("SessionStopped", "08:00", session="S1", effect="")) == []


def test_every_id_in_a_fact_names_something_that_is_known_or_is_said_why_not():
    ids = {field.name for fact in FACTS for field in msgspec.structs.fields(fact) if field.type in (Id, Id | None)}
    free = {"id", "actor", "rulebook", "item", "serves", "target"}  # the line's own, any system's, catalogue and rules
    assert ids | {"assessors"} == set(NAMES) | free
