"""The days of the invented year: which are worked, and instants on them. Days are natural days at +08:00.

Everything lies in 2021; courses that pass the one-year spans of the rules began in 2020.
"""

from datetime import date, datetime, timedelta, timezone
from functools import cache

ZONE = timezone(timedelta(hours=8))
FIRST_DAY = date(2021, 1, 4)
LAST_DAY = date(2021, 12, 31)

# Statutory holidays (放假安排); the working weekends that make up for them are left out.
_HOLIDAYS = (
    (date(2020, 4, 4), date(2020, 4, 6)),
    (date(2020, 5, 1), date(2020, 5, 5)),
    (date(2020, 6, 25), date(2020, 6, 27)),
    (date(2020, 10, 1), date(2020, 10, 8)),
    (date(2021, 1, 1), date(2021, 1, 3)),
    (date(2021, 2, 11), date(2021, 2, 17)),
    (date(2021, 4, 3), date(2021, 4, 5)),
    (date(2021, 5, 1), date(2021, 5, 5)),
    (date(2021, 6, 12), date(2021, 6, 14)),
    (date(2021, 9, 19), date(2021, 9, 21)),
    (date(2021, 10, 1), date(2021, 10, 7)),
)
HOLIDAYS = frozenset(n for first, last in _HOLIDAYS for n in range(first.toordinal(), last.toordinal() + 1))


@cache
def is_workday(day: date, saturdays: bool = False) -> bool:
    """Whether treatment is given: Monday to Friday, in wards (`saturdays`) to Saturday, never on a holiday."""
    return day.weekday() < (6 if saturdays else 5) and day.toordinal() not in HOLIDAYS


def workdays(first: date, last: date, saturdays: bool = False) -> list[date]:
    """The working days from first to last, both included, none after the year's end."""
    span = range(first.toordinal(), min(last, LAST_DAY).toordinal() + 1)
    return [day for day in map(date.fromordinal, span) if is_workday(day, saturdays)]


def next_workday(day: date, saturdays: bool = False) -> date:
    """That day, or the first working day after it."""
    while not is_workday(day, saturdays):
        day += timedelta(days=1)
    return day


def instant(day: date, minute: int, second: int = 0) -> datetime:
    """The instant `minute` minutes and `second` seconds after midnight of that day."""
    return datetime(day.year, day.month, day.day, minute // 60, minute % 60, second, 0, ZONE)


def anniversary(day: date) -> date:
    """The same date a year later: the first day past a span of one year that began on `day`."""
    return date(day.year + 1, 3, 1) if (day.month, day.day) == (2, 29) else day.replace(year=day.year + 1)
