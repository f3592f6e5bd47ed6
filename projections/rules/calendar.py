"""Natural days, birthdays and periods, as the rules count them.

Days are natural days at +08:00 (`ledger.treatment.values.at_home`). Everything here is plain dates in, dates out;
results beyond the calendar's ends stay at its ends, because a journal may name any date.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta

ROLLING_YEAR = 365
"""Reading `year`, option rolling_365: the days that make a year."""

_PERIOD = re.compile(r"P([1-9][0-9]{0,4})([YMD])")
_DAYS = {"Y": 365, "M": 30, "D": 1}


def add_days(day: date, days: int) -> date:
    """`day` moved by `days`, held within the calendar."""
    try:
        return day + timedelta(days)
    except OverflowError:
        return date.max if days > 0 else date.min


def add_years(day: date, years: int) -> date:
    """The same date `years` later; 29 February falls on 1 March in years that lack it.

    As a birthday: the day on which the age is reached. As a period: the first day after it, so that a year ends the
    day before the same date of the next year, and one that begins on 29 February ends on 28 February.
    """
    year = day.year + years
    if year > date.max.year:
        return date.max
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


def add_months(day: date, months: int) -> date:
    """The same day `months` later; a day that its month lacks is the month's last (statutory retirement)."""
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    if year > date.max.year:
        return date.max
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def parse_period(text: str) -> tuple[int, str] | None:
    """`P1Y` → (1, "Y"), `P3M` → (3, "M"), `P180D` → (180, "D"); None when it is none of these."""
    match = _PERIOD.fullmatch(text)
    return (int(match[1]), match[2]) if match else None


def period_of(text: str) -> tuple[int, str]:
    """The period that a checked rulebook spells; raises ValueError for any other text."""
    period = parse_period(text)
    if period is None:
        raise ValueError(f"{text!r} is no period; write P1Y, P3M or P180D")
    return period


def first_day_past(anchor: date, period: tuple[int, str]) -> date:
    """The first day after a period that begins with `anchor` itself as its first day.

    Months end as years do: the day before the same day of a later month, and where that month lacks it, its last.
    """
    length, unit = period
    if unit == "Y":
        return add_years(anchor, length)
    if unit == "D":
        return add_days(anchor, length)
    same = add_months(anchor, length)
    return same if same.day == anchor.day else add_days(same, 1)


def days_of(period: tuple[int, str]) -> int:
    """How many paid days make up a period, where days are what is counted: 365 a year, 30 a month."""
    return period[0] * _DAYS[period[1]]


def first_of_month(day: date) -> date:
    """The first day of the month of `day`."""
    return day.replace(day=1)


def first_of_next_month(day: date) -> date:
    """The first day of the month after."""
    return add_months(day.replace(day=1), 1)


def first_of_year(day: date) -> date:
    """1 January of the year of `day`."""
    return date(day.year, 1, 1)


def first_of_insurance_year(day: date) -> date:
    """1 July of the insurance year (1 July to 30 June) that `day` lies in."""
    year = day.year if day.month >= 7 else day.year - 1
    return date(year, 7, 1) if year >= date.min.year else date.min


def first_of_rolling_year(day: date) -> date:
    """The first of the 365 days that end with `day`."""
    return add_days(day, 1 - ROLLING_YEAR)


YEARS: Mapping[str, Callable[[date], date]] = {
    "calendar_year": first_of_year,
    "rolling_365": first_of_rolling_year,
    "insurance_year": first_of_insurance_year,
}
"""每年, by option of the reading `year`: the first day of the year that a day lies in."""


def years_after(day: date, used: Iterable[date], option: str) -> list[date]:
    """The days after `day` on which a count over the year may change if nothing is added to it: the next year begins,
    or one of the days `used` falls out of the 365 that end with it. Ascending.
    """
    if option == "rolling_365":
        turns = {add_days(one, ROLLING_YEAR) for one in used}
    else:
        month = 1 if option == "calendar_year" else 7
        turns = {date(year, month, 1) for year in (day.year, min(day.year + 1, date.max.year))}
    return sorted(turn for turn in turns if turn > day)
