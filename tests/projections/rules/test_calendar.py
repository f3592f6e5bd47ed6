"""Days and periods as the rules count them, at their edges."""

from datetime import date, timedelta

import pytest

from projections.rules import calendar

LEAP = date(2020, 2, 29)


def test_a_birthday_of_29_february_falls_on_1_march_in_other_years() -> None:
    assert calendar.add_years(LEAP, 6) == date(2026, 3, 1)
    assert calendar.add_years(LEAP, 4) == date(2024, 2, 29)


@pytest.mark.parametrize(
    ("anchor", "last_payable"),
    [
        ("2021-03-01", "2022-02-28"),
        ("2020-02-29", "2021-02-28"),
        ("2019-03-01", "2020-02-29"),
        ("2023-02-28", "2024-02-27"),
    ],
)
def test_a_year_ends_the_day_before_the_same_date(anchor: str, last_payable: str) -> None:
    past = calendar.first_day_past(date.fromisoformat(anchor), (1, "Y"))
    assert past - timedelta(1) == date.fromisoformat(last_payable)


def test_180_days_have_the_anchor_as_their_first() -> None:
    assert calendar.first_day_past(date(2021, 1, 1), (180, "D")) == date(2021, 6, 30)


def test_a_day_that_its_month_lacks_is_the_months_last() -> None:
    assert calendar.add_months(date(1972, 2, 29), 50 * 12) == date(2022, 2, 28)
    assert calendar.add_months(date(1975, 12, 31), 6) == date(1976, 6, 30)
    assert calendar.add_months(date(1975, 1, 31), 12) == date(1976, 1, 31)


def test_insurance_years_turn_on_1_july() -> None:
    assert calendar.first_of_insurance_year(date(2021, 6, 30)) == date(2020, 7, 1)
    assert calendar.first_of_insurance_year(date(2021, 7, 1)) == date(2021, 7, 1)


def test_months() -> None:
    assert calendar.first_of_month(date(2021, 12, 31)) == date(2021, 12, 1)
    assert calendar.first_of_next_month(date(2021, 12, 31)) == date(2022, 1, 1)


def test_nothing_falls_off_the_calendar() -> None:
    assert calendar.add_days(date.max, 1) == date.max
    assert calendar.add_days(date.min, -1) == date.min
    assert calendar.add_years(date.max, 1) == date.max
    assert calendar.add_months(date.max, 1) == date.max
    assert calendar.first_of_insurance_year(date.min) == date.min


@pytest.mark.parametrize(
    ("text", "period"), [("P1Y", (1, "Y")), ("P180D", (180, "D")), ("P3M", (3, "M")), ("P1W", None), ("1Y", None)]
)
def test_periods(text: str, period: tuple[int, str] | None) -> None:
    assert calendar.parse_period(text) == period


def test_a_period_that_is_none_is_an_error() -> None:
    with pytest.raises(ValueError, match="is no period"):
        calendar.period_of("P1W")


@pytest.mark.parametrize(
    ("anchor", "past"),
    [
        ("2021-01-15", "2021-04-15"),
        ("2020-11-30", "2021-03-01"),
        ("2023-11-30", "2024-03-01"),
        ("2021-10-31", "2022-01-31"),
    ],
)
def test_three_months_end_the_day_before_the_same_day(anchor: str, past: str) -> None:
    assert calendar.first_day_past(date.fromisoformat(anchor), (3, "M")) == date.fromisoformat(past)


def test_paid_days_of_a_period() -> None:
    assert [calendar.days_of(calendar.period_of(text)) for text in ("P1Y", "P3M", "P180D")] == [365, 90, 180]


@pytest.mark.parametrize(
    ("option", "day", "turns"),
    [
        ("calendar_year", "2021-03-01", ["2022-01-01"]),
        ("calendar_year", "2021-12-31", ["2022-01-01"]),
        ("insurance_year", "2021-06-30", ["2021-07-01", "2022-07-01"]),
        ("insurance_year", "2021-07-01", ["2022-07-01"]),
        ("rolling_365", "2021-03-01", ["2021-03-02", "2022-02-01"]),
    ],
)
def test_the_days_on_which_a_count_over_the_year_changes(option: str, day: str, turns: list[str]) -> None:
    used = [date(2020, 2, 29), date(2020, 3, 1), date(2020, 3, 2), date(2021, 2, 1)]
    found = calendar.years_after(date.fromisoformat(day), used, option)
    assert [turn.isoformat() for turn in found] == turns


def test_a_year_of_each_kind() -> None:
    begins = {option: begin(date(2021, 3, 1)).isoformat() for option, begin in calendar.YEARS.items()}
    assert begins == {"calendar_year": "2021-01-01", "rolling_365": "2020-03-02", "insurance_year": "2020-07-01"}
    assert calendar.years_after(date.max, [date.max], "calendar_year") == []
