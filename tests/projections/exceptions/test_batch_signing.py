"""Many signatures at one go."""

from datetime import timedelta

import pytest

from ledger.treatment.facts import AssessmentSigned
from tests.projections.exceptions.asking import Written, ask, the
from tests.projections.rules.building import moment

NAME = "batch-signing"
EVENING = moment("2021-03-01", "18:00")


def signed(*seconds: int, **fields: str) -> Written:
    """Sessions of the morning, signed in the evening so many seconds after six."""
    journal = Written()
    for n, second in enumerate(seconds):
        clock, at = f"{8 + n}:00".zfill(5), EVENING + timedelta(seconds=second)
        journal.treat(clock=clock, patient=f"P{n + 1}", signed_at=at, **fields)
    return journal


def test_five_within_two_minutes() -> None:
    found = the(signed(0, 20, 40, 60, 80), NAME)
    assert (found.practitioners, found.begin) == (("T1",), EVENING)
    assert (found.evidence["signatures"], found.evidence["seconds"], found.evidence["at_one_instant"]) == (5, 80, 1)


@pytest.mark.parametrize(("count", "found"), [(4, 0), (5, 1), (6, 1)])
def test_how_many(count: int, found: int) -> None:
    assert len(ask(signed(*range(0, 10 * count, 10)))) == found


@pytest.mark.parametrize(("last", "found"), [(119, 1), (120, 1), (121, 0)])
def test_within_how_long(last: int, found: int) -> None:
    assert len(ask(signed(0, 20, 40, 60, last))) == found


@pytest.mark.parametrize(("count", "found"), [(2, 0), (3, 1), (4, 1)])
def test_at_the_same_instant(count: int, found: int) -> None:
    assert [one.evidence["at_one_instant"] for one in ask(signed(*[0] * count))] == [count] * found


def test_windows_that_touch_are_one_batch() -> None:
    assert len(the(signed(*range(0, 300, 30)), NAME).acts) == 10


def test_the_time_of_writing_decides_and_not_the_claimed_one() -> None:
    journal = Written()
    for n in range(5):
        journal.treat(clock=f"{10 + n}:00", patient=f"P{n + 1}", recorded_at=EVENING + timedelta(seconds=n))
    assert the(journal, NAME).begin == EVENING


def test_innocent_a_group_and_the_assessments_of_one_patient_are_signed_together() -> None:
    journal = Written()
    for n in range(6):
        journal.treat(clock="09:00", patient=f"P{n + 1}", mode="group", signed_at=EVENING)
    for item in (13, 29, 30, 31, 32, 33):
        act = journal.assessment(item, "2021-03-01", assessors=["T2"], scales=[str(item)])
        journal.add(AssessmentSigned(at=EVENING, assessment=act, practitioner="T2"))
    assert ask(journal) == []


def test_assessments_of_several_patients_are_not() -> None:
    journal = Written()
    for n in range(5):
        journal.treat("2020-01-01", f"{10 + n}:00", patient=f"P{n + 1}")
        episode = f"E-P{n + 1}" if n else "E1"
        act = journal.assessment(13, "2021-03-01", patient=f"P{n + 1}", episode=episode, scales=[str(n)])
        journal.add(AssessmentSigned(at=EVENING + timedelta(seconds=n), assessment=act, practitioner="T2"))
    assert len(the(journal, NAME).acts) == 5


def test_innocent_many_persons() -> None:
    journal = Written()
    for n in range(5):
        journal.treat(patient=f"P{n + 1}", therapist=f"T{n + 1}", signed_at=EVENING)
    assert ask(journal) == []
