"""A sheet written down days after sessions that it claims to be older than."""

import pytest

from tests.projections.exceptions.asking import Written, ask, the
from tests.projections.rules.building import moment

NAME = "prescription-back-dated"


def written(day: str) -> Written:
    journal = Written()
    journal.prescription("R1", 14, "2021-03-01", recorded_at=moment(day, "08:00"))
    journal.treat("2021-03-01", prescription="R1")
    return journal


@pytest.mark.parametrize(("day", "days"), [("2021-03-01", []), ("2021-03-02", []), ("2021-03-03", [2])])
def test_later_than_the_day_after(day: str, days: list[int]) -> None:
    assert [(one.name, one.evidence["days"]) for one in ask(written(day))] == [(NAME, many) for many in days]


def test_who_prescribed_and_which_sessions() -> None:
    journal = written("2021-03-09")
    journal.treat("2021-03-10", prescription="R1")
    found = the(journal, NAME)
    assert (found.practitioners, len(found.acts), found.evidence["prescription"]) == (("D1", "T1"), 1, "R1")


def test_innocent_recorded_late_and_used_later_still() -> None:
    journal = Written()
    journal.prescription("R1", 14, "2021-03-01", recorded_at=moment("2021-03-09", "08:00"))
    journal.treat("2021-03-09", prescription="R1")
    assert ask(journal) == []
