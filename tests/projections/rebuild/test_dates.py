"""Day numbers against dates: every function of `rebuild.dates` answers as the one of its name in `rules.calendar`.

As it is written, and as machine code.
"""

from datetime import date
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from projections.rebuild import dates as written
from projections.rebuild.native import NATIVE, machine_code
from projections.rules import calendar

EPOCH = date(1970, 1, 1).toordinal()
ENDS = (date.min, date(1, 1, 31), date(1, 6, 30), date(1, 7, 1), date(9998, 12, 31), date(9999, 12, 1), date.max)
LEAP = (date(2020, 2, 29), date(2000, 2, 29), date(1900, 2, 28), date(2100, 3, 1), date(1904, 2, 29), date(4, 2, 29))
MONTH_ENDS = (date(2021, 1, 31), date(2021, 3, 31), date(2023, 12, 31), date(2024, 1, 31), date(2021, 4, 30))
REMARKABLE = (*ENDS, *LEAP, *MONTH_ENDS)
PERIODS = ("P1Y", "P2Y", "P4Y", "P1M", "P3M", "P14M", "P1D", "P14D", "P90D", "P180D", "P99999D", "P99999M", "P99999Y")
compiled = settings(deadline=None)
"""What is called first is compiled first."""
DAYS = st.one_of(st.dates(), st.dates(date(1899, 1, 1), date(2101, 1, 1)), st.sampled_from(REMARKABLE))


class _BothWays:
    def __getattr__(self, name: str) -> Any:
        function = getattr(written, name)
        if not callable(function):
            return function
        fast = machine_code(function) if NATIVE else function

        def asked(*given: int) -> Any:
            answer = function(*given)
            assert fast(*given) == answer
            return answer

        return asked


dates = _BothWays()


def number(day: date) -> int:
    return day.toordinal() - EPOCH


def test_the_ends_of_the_calendar() -> None:
    assert number(date.min) == dates.FIRST_DAY
    assert number(date.max) == dates.LAST_DAY


@compiled
@given(DAYS)
def test_the_month_and_the_year_of_a_day(day: date) -> None:
    assert dates.month_index(number(day)) == 12 * day.year + day.month - 1
    assert dates.year_of(number(day)) == day.year


@compiled
@given(DAYS)
def test_the_first_of_the_month(day: date) -> None:
    assert dates.first_of_month(dates.month_index(number(day))) == number(calendar.first_of_month(day))
    after = dates.first_of_month(dates.month_index(number(day)) + 1)
    assert after == number(calendar.first_of_next_month(day))


@compiled
@given(DAYS, st.integers(-800_000, 4_000_000))
def test_days_later_and_earlier(day: date, days: int) -> None:
    assert dates.add_days(number(day), days) == number(calendar.add_days(day, days))


@compiled
@given(DAYS, st.integers(0, 12_000))
@example(date(9995, 2, 28), 4)
@example(date(9996, 2, 29), 3)
def test_years_later(day: date, years: int) -> None:
    assert dates.add_years(number(day), years) == number(calendar.add_years(day, years))


@compiled
@given(born=DAYS, years=st.integers(0, 120), off=st.integers(-3, 3), later=st.integers(-50_000, 50_000))
@example(born=date(9980, 1, 1), years=30, off=0, later=7_304)
@example(born=date(9980, 1, 1), years=30, off=0, later=7_303)
@example(born=date(2020, 2, 29), years=1, off=0, later=0)
def test_whether_a_birthday_is_past(born: date, years: int, off: int, later: int) -> None:
    birthday = number(calendar.add_years(born, years))
    for day in (
        birthday + off,
        number(born) + later,
        number(born) + 365 * years + off,
        number(born) + 366 * years + off,
    ):
        day = min(max(day, dates.FIRST_DAY), dates.LAST_DAY)
        assert dates.has_turned(day, number(born), years) is (day >= birthday)


@compiled
@given(DAYS, st.integers(0, 130_000))
@example(date(9999, 11, 30), 1)
@example(date(9999, 12, 31), 0)
def test_months_later(day: date, months: int) -> None:
    assert dates.add_months(number(day), months) == number(calendar.add_months(day, months))


@compiled
@given(DAYS, st.sampled_from(PERIODS))
def test_the_first_day_past_a_period(day: date, text: str) -> None:
    length, unit = calendar.period_of(text)
    found = dates.first_day_past(number(day), length, "YMD".index(unit))
    assert found == number(calendar.first_day_past(day, (length, unit)))


OPTIONS = {
    "calendar_year": dates.CALENDAR_YEAR,
    "rolling_365": dates.ROLLING_365,
    "insurance_year": dates.INSURANCE_YEAR,
}


def test_every_year_of_the_reading_has_a_number() -> None:
    assert OPTIONS.keys() == calendar.YEARS.keys()
    assert len(set(OPTIONS.values())) == len(OPTIONS)


@compiled
@given(DAYS, st.sampled_from(sorted(OPTIONS)))
def test_the_first_day_of_a_year(day: date, option: str) -> None:
    assert dates.first_of_year(number(day), OPTIONS[option]) == number(calendar.YEARS[option](day))


@pytest.mark.parametrize("day", REMARKABLE, ids=str)
def test_a_remarkable_day_by_every_function(day: date) -> None:
    assert dates.month_index(number(day)) == 12 * day.year + day.month - 1
    for amount in (0, 1, 2, 3, 4, 12, 13, 60):
        assert dates.add_years(number(day), amount) == number(calendar.add_years(day, amount))
        assert dates.add_months(number(day), amount) == number(calendar.add_months(day, amount))
        assert dates.add_days(number(day), amount) == number(calendar.add_days(day, amount))
    for text in PERIODS:
        length, unit = calendar.period_of(text)
        found = dates.first_day_past(number(day), length, "YMD".index(unit))
        assert found == number(calendar.first_day_past(day, (length, unit))), text
    for name, option in OPTIONS.items():
        assert dates.first_of_year(number(day), option) == number(calendar.YEARS[name](day)), name


@pytest.mark.parametrize("year", [1, 4, 100, 400, 1899, 1900, 2000, 2020, 2021, 2100, 9996, 9999])
def test_every_day_of_a_year(year: int) -> None:
    for ordinal in range(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1):
        day = date.fromordinal(ordinal)
        index = dates.month_index(number(day))
        assert index == 12 * day.year + day.month - 1
        assert number(day) - dates.first_of_month(index) == day.day - 1
