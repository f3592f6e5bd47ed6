"""Written down days after it is claimed to have happened."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from ledger.treatment.facts import SessionStarted, SessionStopped
from projections.exceptions import Entry, find
from tests.projections.exceptions.asking import Written, ask, the
from tests.projections.rules.building import moment

NAME = "back-dated"


@pytest.mark.parametrize(("day", "days"), [("2021-03-01", []), ("2021-03-02", []), ("2021-03-03", [2])])
def test_later_than_the_next_day(day: str, days: list[int]) -> None:
    journal = Written()
    journal.treat("2021-03-01", recorded_at=moment(day, "23:59"))
    assert [(one.name, one.evidence["days"]) for one in ask(journal)] == [(NAME, late) for late in days]


def test_what_was_made_up_at_one_sitting_stands_together() -> None:
    journal = Written()
    sitting = moment("2021-03-09", "17:00")
    for n in range(4):
        at = sitting - timedelta(minutes=10 * n)
        journal.treat(f"2021-03-0{n + 1}", clock="10:00", patient=f"P{n + 1}", recorded_at=at)
    found = the(journal, NAME)
    assert (found.practitioners, found.institutions, len(found.acts)) == (("T1",), ("H1",), 4)
    assert (found.evidence["days"], found.evidence["written_on"]) == (8, "2021-03-09")
    assert found.end == sitting


def test_other_therapists_and_other_days_stand_apart() -> None:
    journal = Written()
    journal.treat("2021-03-01", recorded_at=moment("2021-03-09"))
    journal.treat("2021-03-01", patient="P2", therapist="T2", recorded_at=moment("2021-03-09"))
    journal.treat("2021-03-01", patient="P3", therapist="T3", recorded_at=moment("2021-03-08"))
    assert [len(one.acts) for one in ask(journal)] == [1, 1, 1]


def test_innocent_a_line_whose_time_was_corrected() -> None:
    journal = Written()
    journal.treat("2021-03-01", recorded_at=moment("2021-03-09"))
    assert find(journal.facts, entries=[Entry(moved=True)] * len(journal.facts)) == []


def test_an_act_is_as_late_as_its_latest_line() -> None:
    journal = Written()
    journal.treat("2021-03-01", recorded_at=moment("2021-03-09"))
    for place, fact in enumerate(journal.facts):
        if isinstance(fact, SessionStarted):
            journal.facts[place] = replace(fact, recorded_at=moment("2021-03-05"))
        elif isinstance(fact, SessionStopped):
            journal.facts[place] = replace(fact, recorded_at=moment("2021-03-12"))
    found = the(journal, NAME)
    assert (found.evidence["days"], found.evidence["lines"]) == (11, ("SessionStopped",))
