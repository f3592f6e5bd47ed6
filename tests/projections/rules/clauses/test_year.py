"""3.year: six months before the seventh birthday, three from it on; years, months and days of every reading."""

from datetime import date, timedelta

import pytest

from tests.projections.rules.building import Journal


def months(journal: Journal, year: int, numbers: range | list[int], day: int = 10) -> list[str]:
    """One session in each of these months."""
    return [journal.session(3, date(year, month, day)) for month in numbers]


def child(born: str) -> Journal:
    """A child with a comprehensive assessment that proves improvement for ever (where the reading says so)."""
    journal = Journal(born=born)
    journal.assessment(10, "2015-01-01", outcome="improved")
    return journal


FOREVER = {"extension_valid": "forever"}


@pytest.mark.parametrize(("born", "limit"), [("2018-01-01", 6), ("2010-01-01", 3)])
def test_so_many_months_a_year(born: str, limit: int) -> None:
    journal = child(born)
    acts = months(journal, 2021, range(1, limit + 2))
    again = journal.session(3, date(2021, limit, 11))
    next_year = journal.session(3, "2022-01-01")
    decisions = journal.decisions(**FOREVER)
    assert [decisions[act].denied_by for act in acts] == [()] * limit + [("3.year",)]
    assert decisions[again].payable
    assert decisions[next_year].payable
    finding = journal.finding(acts[-1], "3.year", **FOREVER)
    assert (finding.used, finding.limit, finding.unit) == (limit, limit, "month")
    assert finding.counted == tuple(acts[:limit])
    assert finding.next_payable_on == date(2022, 1, 1)


@pytest.mark.parametrize(("turning_7", "payable"), [("one_counter", [1, 0, 0]), ("fresh_counter", [1, 1, 1])])
def test_the_year_of_the_seventh_birthday(turning_7: str, payable: list[int]) -> None:
    journal = child("2014-05-15")
    months(journal, 2021, range(1, 6))
    acts = [journal.session(3, day) for day in ("2021-05-20", "2021-06-10", "2021-07-10")]
    decisions = journal.decisions(turning_7=turning_7, **FOREVER)
    assert [int(decisions[act].payable) for act in acts] == payable
    fourth = journal.session(3, "2021-08-10")
    assert not journal.decision(fourth, turning_7=turning_7, **FOREVER).payable


@pytest.mark.parametrize(
    ("year", "day", "holds"),
    [
        ("rolling_365", "2022-01-09", False),
        ("rolling_365", "2022-01-10", True),
        ("calendar_year", "2021-12-31", False),
        ("calendar_year", "2022-01-01", True),
    ],
)
def test_years(year: str, day: str, holds: bool) -> None:
    journal = child("2010-01-01")
    months(journal, 2021, [1, 2, 3])
    act = journal.session(3, day)
    assert journal.denied(act, year=year, **FOREVER) == (() if holds else ("3.year",))
    if not holds:
        free = journal.finding(act, "3.year", year=year, **FOREVER).next_payable_on
        assert free == (date(2022, 1, 10) if year == "rolling_365" else date(2022, 1, 1))


@pytest.mark.parametrize(("day", "holds"), [("2022-06-30", False), ("2022-07-01", True)])
def test_the_insurance_year(day: str, holds: bool) -> None:
    journal = child("2010-01-01")
    months(journal, 2021, [8, 9, 10])
    act = journal.session(3, day)
    assert journal.denied(act, year="insurance_year", **FOREVER) == (() if holds else ("3.year",))


def test_a_month_counts_as_long_as_a_day_of_it_lies_in_the_window() -> None:
    journal = child("2010-01-01")
    months(journal, 2021, [1, 2, 3], day=5)
    journal.session(3, "2021-01-25")
    early, late = journal.session(3, "2022-01-24"), journal.session(3, "2022-01-25")
    decisions = journal.decisions(year="rolling_365", **FOREVER)
    assert [decisions[early].payable, decisions[late].payable] == [False, True]


@pytest.mark.parametrize(("born", "limit"), [("2018-01-01", 180), ("2010-01-01", 90)])
def test_30_paid_days_a_month(born: str, limit: int) -> None:
    journal = child(born)
    for n in range(limit - 1):
        journal.session(3, date(2021, 1, 1) + timedelta(n))
    last, again = journal.session(3, "2021-10-01"), journal.session(3, "2021-10-01", "11:00")
    past = journal.session(3, "2021-10-02")
    decisions = journal.decisions(month_unit="30_paid_days", **FOREVER)
    assert [decisions[act].denied_by for act in (last, again, past)] == [(), (), ("3.year",)]
    assert journal.finding(past, "3.year", month_unit="30_paid_days", **FOREVER).unit == "day"


def test_episodes_do_not_matter() -> None:
    journal = child("2018-01-01")
    journal.episode("E2")
    months(journal, 2021, range(1, 7))
    assert journal.denied(journal.session(3, "2021-07-01", episode="E2"), **FOREVER) == ("3.year",)


def test_denied_months_are_not_counted() -> None:
    journal = child("2018-01-01")
    months(journal, 2021, range(1, 6))
    journal.session(3, "2021-06-10", signed=False)
    assert journal.denied(journal.session(3, "2021-07-10"), **FOREVER) == ()
    assert journal.denied(journal.session(3, "2021-08-10"), **FOREVER) == ("3.year",)
