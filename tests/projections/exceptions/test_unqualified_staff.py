"""Treated or assessed without qualification."""

from datetime import date

import pytest

from ledger.treatment.facts import PractitionerQualified
from tests.projections.exceptions.asking import Written, ask, only, the
from tests.projections.rules.building import LONG_AGO

NAME = "unqualified-staff"


def lapsing(day: str) -> Written:
    journal = Written()
    journal.practitioner("T9")
    journal.add(
        PractitionerQualified(
            at=LONG_AGO, practitioner="T9", scope="rehabilitation",
            valid_from=date(2021, 3, 2), valid_until=date(2021, 3, 4),
        )
    )  # fmt: skip
    journal.treat(day, therapist="T9")
    return journal


@pytest.mark.parametrize(("day", "found"), [(1, 1), (2, 0), (3, 0), (4, 0), (5, 1)])
def test_both_days_are_inside(day: int, found: int) -> None:
    assert len(ask(lapsing(f"2021-03-0{day}"))) == found


def test_told_once_for_a_person_with_sessions_and_assessments() -> None:
    journal = Written()
    journal.practitioner("N1", "nurse")
    journal.treat("2021-03-01", therapist="N1")
    journal.assessment(13, "2021-03-02", assessors=["T1", "N1"], scales=["x"])
    found = the(journal, NAME)
    assert (found.practitioners, len(found.acts), found.evidence["profession"]) == (("N1",), 2, "nurse")


def test_innocent_an_auditory_verbal_teacher_and_item_25() -> None:
    journal = Written()
    journal.practitioner("AV", "other", "auditory_verbal")
    journal.treat("2021-03-01", item=25, therapist="AV")
    assert ask(journal) == []
    journal.treat("2021-03-02", item=14, therapist="AV")
    assert len(only(journal, NAME)) == 1
