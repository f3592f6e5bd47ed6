"""Acts by somebody who had left."""

import pytest

from ledger.treatment.facts import PractitionerDeparted
from tests.projections.exceptions.asking import Written, ask, the
from tests.projections.rules.building import moment

NAME = "departed-staff"


def departed(clock: str, who: str = "T1", institution: str = "H1") -> Written:
    journal = Written()
    journal.institution("H2")
    journal.add(PractitionerDeparted(at=moment("2021-03-01", clock), practitioner=who, institution=institution))
    return journal


@pytest.mark.parametrize(("clock", "found"), [("08:59", 1), ("09:00", 0), ("09:01", 0)])
def test_after_the_departure(clock: str, found: int) -> None:
    journal = departed(clock)
    journal.treat("2021-03-01", "09:00")
    assert [one.name for one in ask(journal)] == [NAME] * found


def test_as_therapist_and_as_assessor() -> None:
    journal = departed("08:00")
    journal.treat("2021-03-02")
    journal.assessment(13, "2021-03-03", assessors=["T2", "T1"], scales=["x"])
    found = the(journal, NAME)
    assert (found.practitioners, found.institutions, len(found.acts)) == (("T1",), ("H1",), 2)
    assert (found.evidence["role"], found.evidence["departed"]) == ("treated", "2021-03-01T08:00:00+08:00")


@pytest.mark.parametrize(("day", "found"), [("2021-02-28", 0), ("2021-03-02", 1)])
def test_as_prescriber(day: str, found: int) -> None:
    journal = departed("08:00", who="D1")
    journal.prescription("R1", 14, day)
    journal.treat("2021-03-03", prescription="R1")
    assert [(one.name, one.evidence["role"]) for one in ask(journal)] == [(NAME, "prescribed")] * found


def test_innocent_left_another_institution() -> None:
    journal = departed("08:00", institution="H2")
    journal.treat("2021-03-02")
    assert ask(journal) == []
