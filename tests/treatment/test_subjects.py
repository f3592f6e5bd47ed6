"""Which stream a fact belongs to, and how a log finds it."""

import pytest

from ledger.treatment.facts import EVENTS, FACTS, EntryCorrected, RulebookAdopted
from ledger.treatment.refusal import Refusal
from ledger.treatment.subjects import ATTRIBUTES, INTRODUCED_BY, INTRODUCING, SUBJECTS, introduces, query_of, subject_of


def nobody(target):
    return ()


def test_every_fact_has_a_subject():
    assert set(FACTS) - set(SUBJECTS) == {RulebookAdopted, EntryCorrected}
    for fact, (_, field) in SUBJECTS.items():
        assert field in ATTRIBUTES[fact]


@pytest.mark.parametrize(
    ("type", "fields", "subject"),
    [
        ("SessionStopped", {"session": "S1", "effect": ""}, "act:S1"),
        ("AssessmentVoided", {"assessment": "X1", "reason": "r"}, "act:X1"),
        ("FeeConfirmed", {"act": "S1", "amount_fen": 1}, "about:act:S1"),
        ("InstitutionReinstated", {"institution": "a:b"}, "registry:institution:a:b"),
        ("RulebookAdopted", {"rulebook": "r", "digest": "d", "effective_from": "2021-01-01"}, "registry:rulebook"),
    ],
)
def test_the_subject_of_a_fact(fact, type, fields, subject):
    assert subject_of(fact(type, "08:00", **fields), nobody) == subject


def test_what_introduces_a_subject(fact, world):
    assert [introduces(line) for line in world if type(line).__name__ == "SessionStarted"] == ["act:S1"]
    assert introduces(fact("SessionStopped", "08:00", session="S1", effect="")) is None
    assert not INTRODUCING & set(INTRODUCED_BY)


def test_the_queries_name_types_of_the_log():
    for subject in ("act:S1", "about:act:S1", "about:episode:E", "about:inspection:I", "patient:P", "stay:A",
                    "episode:E", "prescription:R", "key:K", "inspection:I", "registry:institution:H",
                    "registry:practitioner:D", "registry:rulebook", "id:L", "target:X", "signed:T"):  # fmt: skip
        for tag, types in query_of(subject):
            assert tag.rpartition(":")[2] == subject.rpartition(":")[2]
            assert set(types) <= set(EVENTS)
    assert query_of("patient:P") == (("patient:P", ("patient-file-opened.v1", "entry-corrected.v1")),)


def test_a_subject_that_nobody_has_is_an_error():
    with pytest.raises(ValueError, match="colour:blue"):
        query_of("colour:blue")


@pytest.mark.parametrize(
    ("field", "subject"), [("setting", "act:S1"), ("file_no", "patient:P1"), ("at", "patient:P1"), ("id", None)]
)
def test_the_field_tells_a_line_from_a_session_of_the_same_name(fact, world, correction, field, subject):
    named = [
        next(line for line in world if type(line).__name__ == "SessionStarted"),
        fact("PatientFileOpened", "08:00", patient="P1", sex="male", born="1950-01-01", institution="H1", file_no="4",
             id="S1"),
    ]  # fmt: skip
    corrected = correction("09:00", "S1", field, None, "x")
    if subject:
        assert subject_of(corrected, lambda target: named) == subject
    else:
        with pytest.raises(Refusal):
            subject_of(corrected, lambda target: named)
