"""Birthdays and retirement, by the shortest way. For `oracle.py`."""

from calendar import monthrange
from datetime import date, timedelta


def birthday(born: date, age: int) -> date:
    """The day on which that age is reached; of 29 February, 1 March where the year has none."""
    try:
        return born.replace(year=born.year + age)
    except ValueError:
        return date(born.year + age, 3, 1)


def a_year_after(day: date) -> date:
    """The first day past a year that begins on `day`: it ends the day before the same date of the next year."""
    return birthday(day, 1)


def days_after(day: date, days: int) -> date:
    return day + timedelta(days=days)


def retires(sex: str, category: str | None, born: date, *, fixed: bool) -> date:
    """The statutory retirement day, or (`fixed`) the day on which the age before the reform is reached."""
    if sex == "male":
        years, since, each, most = 60, 1965, 4, 36
    elif category == "cadre":
        years, since, each, most = 55, 1970, 4, 36
    else:
        years, since, each, most = 50, 1975, 2, 60
    months = (born.year - since) * 12 + born.month - 1
    later = min(months // each + 1, most) if months >= 0 and not fixed else 0
    year, month = divmod((born.year + years) * 12 + born.month - 1 + later, 12)
    return date(year, month + 1, min(born.day, monthrange(year, month + 1)[1]))
