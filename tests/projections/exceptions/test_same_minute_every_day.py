"""Start and stop at the same minute every day."""

from datetime import date, timedelta

import pytest

from tests.projections.exceptions.asking import Written, ask, the

NAME = "same-minute-every-day"
FIRST = date(2021, 3, 1)


def daily(days: int, *clocks: str) -> Written:
    journal = Written()
    for n in range(days):
        for clock in clocks:
            journal.treat(FIRST + timedelta(n), clock)
    return journal


@pytest.mark.parametrize(("days", "found"), [(9, []), (10, [10]), (11, [11])])
def test_so_many_days(days: int, found: list[int]) -> None:
    seen = ask(daily(days, "09:00"))
    assert [(one.name, one.evidence["days"]) for one in seen] == [(NAME, many) for many in found]


def test_what_is_observed() -> None:
    found = the(daily(10, "09:00"), NAME)
    assert (found.patients, found.evidence["time"]) == (("P1",), "09:00–09:30")


def test_twice_a_day() -> None:
    assert [one.evidence["time"] for one in ask(daily(10, "09:00", "15:00"))] == ["09:00–09:30", "15:00–15:30"]


def test_innocent_one_day_at_another_minute_or_with_another_stop() -> None:
    for clock, minutes in (("09:01", 30), ("09:00", 31)):
        journal = daily(9, "09:00")
        journal.treat(FIRST + timedelta(9), clock, minutes=minutes)
        for n in range(10, 19):
            journal.treat(FIRST + timedelta(n), "09:00")
        assert ask(journal) == []
