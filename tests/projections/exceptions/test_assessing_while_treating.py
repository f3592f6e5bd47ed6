"""Assessing one patient while treating another."""

import pytest

from tests.projections.exceptions.asking import Written, ask, the

NAME = "assessing-while-treating"


def assessed(clock: str, *, item: int | None = 13, treated: str = "P2", **fields: object) -> Written:
    """P1 is assessed by T1 and T2 while T1 treats somebody from nine to half past."""
    journal = Written()
    journal.treat("2021-03-01", "09:00", patient=treated)
    journal.assessment(item, "2021-03-01", clock, assessors=["T2", "T1"], scales=["x"], **fields)
    return journal


@pytest.mark.parametrize(
    ("clock", "found"),
    [("09:05", 0), ("09:06", 1), ("09:15", 1), ("09:24", 1), ("09:25", 0), ("09:30", 0), ("08:50", 0)],
)
def test_by_more_than_five_minutes_from_either_end(clock: str, found: int) -> None:
    assert [one.name for one in ask(assessed(clock))] == [NAME] * found


@pytest.mark.parametrize("item", [13, None])
def test_who_and_which_acts(item: int | None) -> None:
    found = the(assessed("09:15", item=item), NAME)
    assert (found.practitioners, found.patients, found.acts) == (("T1",), ("P2", "P1"), ("S1", "A2"))
    assert found.evidence["assessment_at"] == "2021-03-01T09:15:00+08:00"


def test_a_session_that_began_earlier_and_goes_on() -> None:
    journal = Written()
    journal.treat("2021-03-01", "08:00", minutes=90, patient="P2", therapist="T4")
    journal.treat("2021-03-01", "09:00", minutes=10, patient="P3", therapist="T4")
    journal.assessment(13, "2021-03-01", "09:20", assessors=["T4"], scales=["x"])
    assert [one.acts for one in ask(journal) if one.name == NAME] == [("S1", "A3")]


def test_innocent_the_same_patient_another_assessor_or_voided() -> None:
    assert ask(assessed("09:15", treated="P1")) == []
    assert ask(assessed("09:15", voided=True)) == []
    journal = Written()
    journal.treat("2021-03-01", patient="P2", therapist="T3")
    journal.assessment(13, "2021-03-01", "09:15", assessors=["T1"], scales=["x"])
    assert ask(journal) == []
