"""Treated where it may not be."""

from datetime import date

import pytest

from ledger.treatment.facts import InstitutionReinstated, InstitutionSuspended
from tests.projections.exceptions.asking import Written, ask, the
from tests.projections.rules.building import LONG_AGO, moment

NAME = "unqualified-institution"


def suspended(day: str) -> Written:
    journal = Written()
    first, last = date(2021, 3, 2), date(2021, 3, 4)
    journal.add(InstitutionSuspended(at=LONG_AGO, institution="H1", from_=first, until=last))
    journal.treat(day)
    return journal


@pytest.mark.parametrize(("day", "found"), [(1, 0), (2, 1), (3, 1), (4, 1), (5, 0)])
def test_suspended_on_both_days_and_between(day: int, found: int) -> None:
    seen = ask(suspended(f"2021-03-0{day}"))
    assert [(one.name, one.evidence["problem"]) for one in seen] == [(NAME, "suspended")] * found


def test_never_qualified() -> None:
    journal = Written()
    journal.institution("H2", scope=None)
    journal.treat(institution="H2")
    assert the(journal, NAME).institutions == ("H2",)


def test_innocent_reinstated() -> None:
    journal = suspended("2021-03-03")
    journal.add(InstitutionReinstated(at=moment("2021-03-03", "08:00"), institution="H1"))
    assert ask(journal) == []
