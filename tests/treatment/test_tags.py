"""The tags of an entry: everything its fact touches."""

import pytest


@pytest.fixture
def filled(ledger, world):
    ledger.offer(world)
    return ledger


@pytest.mark.parametrize(
    ("type", "fields", "tags"),
    [
        ("SessionStopped", {"session": "S1", "effect": ""},
         ["institution:H1", "patient:P1", "practitioner:PT1", "session:S1"]),
        ("SessionSigned", {"session": "S1", "practitioner": "DR1", "id": "L9"},
         ["id:L9", "institution:H1", "patient:P1", "practitioner:DR1", "practitioner:PT1", "session:S1"]),
        ("AssessmentSigned", {"assessment": "X1", "practitioner": "DR1"},
         ["assessment:X1", "institution:H1", "patient:P1", "practitioner:DR1", "practitioner:PT1"]),
        ("FeeConfirmed", {"act": "X1", "amount_fen": 1},
         ["assessment:X1", "institution:H1", "patient:P1", "practitioner:PT1"]),
        ("ViolationFound", {"inspection": "I1", "act": "S1", "clause": "1.day", "amount_fen": 1},
         ["inspection:I1", "institution:H1", "patient:P1", "practitioner:PT1", "session:S1"]),
        ("RefundOrdered", {"inspection": "I1", "amount_fen": 1}, ["inspection:I1", "institution:H1"]),
        ("PatientDischarged", {"patient": "P1", "stay": "A1"}, ["institution:H1", "patient:P1", "stay:A1"]),
        ("EpisodeClosed", {"episode": "E1"}, ["episode:E1", "institution:H1", "patient:P1"]),
        ("FindingsRecorded", {"patient": "P1", "episode": "E1", "findings": {}}, ["episode:E1", "patient:P1"]),
        ("PrescriptionStopped", {"prescription": "R1"},
         ["institution:H1", "patient:P1", "practitioner:DR1", "prescription:R1"]),
        ("SigningKeyRevoked", {"key_id": "K1", "reason": "lost"},
         ["key:K1", "practitioner:PT1", "registry:practitioner:PT1"]),
        ("PractitionerDeparted", {"practitioner": "PT1", "institution": "H1"},
         ["institution:H1", "practitioner:PT1", "registry:practitioner:PT1"]),
        ("RulebookAdopted", {"rulebook": "r", "digest": "d", "effective_from": "2021-01-01"}, ["registry:rulebook"]),
    ],
)  # fmt: skip
def test_later_lines_bear_what_their_subject_is_about(filled, fact, type, fields, tags):
    (verdict,) = filled.offer([fact(type, "09:00", **fields)])
    assert verdict.tags == tags


def test_lines_that_introduce_bear_what_they_name(filled, world):
    tags = {type(line).__name__: filled.tags(line) for line in reversed(world)}
    assert tags["InstitutionRegistered"] == ["id:L-H1", "institution:H1", "registry:institution:H1"]
    assert tags["PatientAdmitted"] == ["id:L-A1", "institution:H1", "patient:P1", "stay:A1"]
    assert tags["SessionStarted"] == [
        "id:L-S1", "institution:H1", "patient:P1", "practitioner:PT1", "prescription:R1", "session:S1"
    ]  # fmt: skip
    assert tags["AssessmentRecorded"] == [
        "assessment:X1", "episode:E1", "id:L-X1", "institution:H1", "patient:P1", "practitioner:PT1"
    ]  # fmt: skip


def test_a_correction_bears_the_tags_of_its_line_before_and_after(filled, correction):
    (verdict,) = filled.offer([correction("09:00", "S1", "patient", "P1", "P2", id="C1")])
    assert verdict.tags == [
        "id:C1", "id:L-S1", "institution:H1", "patient:P1", "patient:P2", "practitioner:DR1", "practitioner:PT1",
        "prescription:R1", "session:S1",
    ]  # fmt: skip


def test_lines_after_a_correction_bear_the_new_patient(filled, fact, correction):
    filled.offer([correction("09:00", "S1", "patient", "P1", "P2")])
    (verdict,) = filled.offer([fact("SessionStopped", "08:30", session="S1", effect="")])
    assert "patient:P2" in verdict.tags


def test_a_fee_moved_to_another_act_bears_both(filled, fact, correction):
    filled.offer([fact("FeeConfirmed", "09:00", act="S1", amount_fen=1, id="L-fee")])
    (verdict,) = filled.offer([correction("10:00", "L-fee", "act", "S1", "X1")])
    assert {"session:S1", "assessment:X1", "id:L-fee"} <= set(verdict.tags)
