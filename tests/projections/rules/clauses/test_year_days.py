"""Ninety paid days a year: what a year is, and when a day falls out of it."""

from datetime import date, timedelta

import pytest

from projections.rules.decision import Finding
from projections.rules.judge import Judge
from projections.rules.rulebook import load_rulebook
from tests.projections.rules.building import Journal

BOOK = load_rulebook("national-29")


def last(first: str, days: int, asked: str, **readings: str) -> Finding:
    """What 25.year says of an act on the day, after so many paid days one after another."""
    journal = Journal()
    begin = date.fromisoformat(first)
    for n in range(days):
        journal.session("psychiatric-occupational-therapy", begin + timedelta(n))
    act = journal.session("psychiatric-occupational-therapy", asked, "10:00")
    decision = Judge(journal.facts, BOOK, readings).decision(act)
    assert decision is not None
    return next(finding for finding in decision.findings if finding.clause == "25.year")


@pytest.mark.parametrize(("days", "holds"), [(89, True), (90, False), (91, False)])
def test_ninety_days_and_no_more(days: int, holds: bool) -> None:
    finding = last("2021-01-01", days, "2021-06-01")
    assert finding.holds is holds
    assert finding.used == min(days, 90)
    assert finding.window == (date(2021, 1, 1), date(2021, 6, 1))


def test_a_day_already_paid_uses_no_new_one() -> None:
    assert last("2021-01-01", 90, "2021-03-31").holds


@pytest.mark.parametrize(
    ("option", "asked", "next_on"),
    [
        ("calendar_year", "2021-12-31", date(2022, 1, 1)),
        ("insurance_year", "2022-06-30", date(2022, 7, 1)),
        ("rolling_365", "2022-06-30", date(2022, 9, 1)),
    ],
)
def test_the_next_day_is_when_the_year_or_its_first_day_falls_out(option: str, asked: str, next_on: date) -> None:
    finding = last("2021-09-01", 90, asked, year=option)
    assert (finding.holds, finding.next_payable_on) == (False, next_on)
    assert last("2021-09-01", 90, next_on.isoformat(), year=option).holds


def test_days_of_another_year_are_forgotten() -> None:
    finding = last("2021-11-01", 90, "2022-06-01")
    assert (finding.holds, finding.used) == (True, 29)
