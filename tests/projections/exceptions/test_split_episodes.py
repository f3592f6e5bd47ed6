"""One course of disease declared twice."""

import pytest

from tests.projections.exceptions.asking import Written, ask, the
from tests.projections.rules.building import moment

NAME = "split-episodes"


def declared_twice(day: str, code: str = "I63", patient: str = "P1") -> Written:
    """Treated on 1 March in the first, then declared again."""
    journal = Written()
    journal.declared("E8", "2021-01-01")
    journal.treat("2021-01-04", episode="E8")
    journal.treat("2021-03-01", episode="E8")
    journal.declared("E9", day, code, patient)
    return journal


@pytest.mark.parametrize(
    ("day", "days"), [("2021-05-29", [89]), ("2021-05-30", []), ("2021-05-31", []), ("2021-03-01", [0])]
)
def test_within_ninety_days_of_the_last_treatment(day: str, days: list[int]) -> None:
    assert [(one.name, one.evidence["days"]) for one in ask(declared_twice(day))] == [(NAME, many) for many in days]


def test_while_treatment_goes_on() -> None:
    found = the(declared_twice("2021-02-01"), NAME)
    assert (found.evidence["episodes"], found.evidence["days"]) == (("E8", "E9"), -28)
    assert "goes on" in found.what.en


def test_the_acts_of_the_later_one() -> None:
    journal = declared_twice("2021-03-10")
    later = journal.treat("2021-03-11", episode="E9")
    found = the(journal, NAME)
    assert (found.acts, found.patients, found.evidence["diagnosis"]) == ((later,), ("P1",), "I63")
    assert (found.begin, found.end) == (moment("2021-01-01", "08:00"), moment("2021-03-11", "09:30"))


def test_never_treated_in_the_first() -> None:
    journal = Written()
    journal.declared("E8", "2021-01-01")
    journal.declared("E9", "2021-03-31")
    assert [one.evidence["days"] for one in ask(journal)] == [89]
    journal = Written()
    journal.declared("E8", "2021-01-01")
    journal.declared("E9", "2021-04-01")
    assert ask(journal) == []


def test_innocent_another_disease_or_another_patient() -> None:
    assert ask(declared_twice("2021-03-10", code="I64")) == []
    assert ask(declared_twice("2021-03-10", patient="P2")) == []
