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
        ("RulebookAdopted", {"rulebook": "r", "digest": "0" * 64, "effective_from": "2021-01-01"},
         ["registry:rulebook"]),
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


STARTED = {"session": "S9", "order": "A", "therapist": "PT1", "institution": "H1", "setting": "outpatient"}


class TestWhoseSheetOrEpisode:
    """Everything that names a patient's sheet or episode bears the patient's tag, whosever it is."""

    def test_a_session_on_another_s_sheet(self, filled, fact):
        (verdict,) = filled.offer([fact("SessionStarted", "09:00", patient="P1", prescription="R2", **STARTED)])
        assert {"patient:P1", "patient:P2"} <= set(verdict.tags)
        (stopped,) = filled.offer([fact("SessionStopped", "09:30", session="S9", effect="")])
        assert "patient:P2" not in stopped.tags, "what becomes of it is found by the session"

    def test_also_in_one_file_with_the_sheet(self, offer, world, fact):
        guest = fact("SessionStarted", "09:00", patient="P1", prescription="R2", **STARTED)
        assert {"patient:P1", "patient:P2"} <= set(offer([*world, guest])[-1].tags)
        assert {"patient:P1", "patient:P2"} <= set(offer([guest, *world])[0].tags)

    def test_a_session_that_is_moved_to_another_s_sheet_and_away_again(self, filled, fact, correction):
        filled.offer([correction("08:10", "S1", "order", "1", "2")])
        both = [correction("08:20", "S1", "prescription", "R1", "R2"), correction("08:20", "S1", "order", "2", "A")]
        there = filled.offer(both)
        assert all({"patient:P1", "patient:P2"} <= set(verdict.tags) for verdict in there)

    def test_a_sheet_that_was_moved_is_both_patients(self, filled, fact, correction):
        filled.offer([correction("08:10", "R2", "patient", "P2", "P1")])
        (verdict,) = filled.offer([fact("SessionStarted", "09:00", patient="P1", prescription="R2", **STARTED)])
        assert {"patient:P1", "patient:P2"} <= set(verdict.tags)

    @pytest.mark.parametrize(("target", "was", "to"), [("L-X1", "E1", "E2"), ("L-R1", "E1", "E2"), ("L-F", "E2", "E1")])
    def test_what_is_moved_into_another_s_episode(self, filled, fact, correction, target, was, to):
        filled.offer([fact("FindingsRecorded", "08:05", patient="P2", episode="E2", findings={}, id="L-F")])
        (verdict,) = filled.offer([correction("09:00", target, "episode", was, to)])
        assert {"patient:P1", "patient:P2", "episode:E1", "episode:E2"} <= set(verdict.tags)

    def test_what_is_recorded_in_an_episode_that_was_moved(self, filled, fact, correction):
        filled.offer([correction("08:10", "L-E1", "patient", "P1", "P2")])
        (verdict,) = filled.offer([fact("FindingsRecorded", "09:00", patient="P2", episode="E1", findings={})])
        assert verdict.tags == ["episode:E1", "patient:P1", "patient:P2"]

    def test_of_a_sheet_of_ones_own_only_ones_own(self, filled, fact):
        started = STARTED | {"order": "1"}
        (verdict,) = filled.offer([fact("SessionStarted", "09:00", patient="P1", prescription="R1", **started)])
        assert [tag for tag in verdict.tags if tag.startswith("patient:")] == ["patient:P1"]


def test_a_key_is_its_first_practitioner_s_too(filled, fact, correction):
    """What it signs is held against the enrolment as it was written, so there the revocation must be found."""
    (moved,) = filled.offer([correction("08:10", "L-K1", "practitioner", "PT1", "DR1")])
    (revoked,) = filled.offer([fact("SigningKeyRevoked", "09:00", key_id="K1", reason="lost")])
    both = {"practitioner:DR1", "practitioner:PT1", "registry:practitioner:DR1", "registry:practitioner:PT1"}
    assert set(revoked.tags) == {"key:K1"} | both
    assert set(moved.tags) == {"key:K1", "id:L-K1"} | both
