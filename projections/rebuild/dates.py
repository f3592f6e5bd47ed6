"""Calendar arithmetic on day numbers, as `projections.rules.calendar` does it on dates.

A day is the number of days since 1970-01-01 in the proleptic Gregorian calendar; results beyond the years 1 and 9999
stay at its ends. Conversion after H. Hinnant, "chrono-compatible low-level date algorithms" (public domain).
"""

from projections.rebuild.native import native

FIRST_DAY = -719162  # 0001-01-01
LAST_DAY = 2932896  # 9999-12-31


@native
def year_of(day: int) -> int:
    """The year of a day."""
    return month_index(day) // 12


@native
def month_index(day: int) -> int:
    """12 * year + month - 1."""
    z = day + 719468
    era = z // 146097
    doe = z - era * 146097
    yoe = (doe - doe // 1460 + doe // 36524 - doe // 146096) // 365
    doy = doe - (365 * yoe + yoe // 4 - yoe // 100)
    mp = (5 * doy + 2) // 153
    month = mp + 3 if mp < 10 else mp - 9
    year = yoe + era * 400 + (1 if month <= 2 else 0)
    return year * 12 + month - 1


@native
def first_of_month(index: int) -> int:
    """The first day of a month by its index; the last day there is, beyond the end."""
    if index >= 120000:
        return LAST_DAY
    year, month = index // 12, index % 12 + 1
    y = year - 1 if month <= 2 else year
    era = y // 400
    yoe = y - era * 400
    mp = month - 3 if month > 2 else month + 9
    doy = (153 * mp + 2) // 5
    doe = yoe * 365 + yoe // 4 - yoe // 100 + doy
    return era * 146097 + doe - 719468


@native
def add_days(day: int, days: int) -> int:
    """A day moved by so many."""
    return min(max(day + days, FIRST_DAY), LAST_DAY)


@native
def add_years(day: int, years: int) -> int:
    """The same date years later; 29 February falls on 1 March in years that lack it."""
    index = month_index(day)
    target = index + 12 * years
    if target >= 120000:
        return LAST_DAY
    # A day that the month lacks (29 February) runs over into the next, which is 1 March.
    return first_of_month(target) + day - first_of_month(index)


@native
def has_turned(day: int, born: int, years: int) -> bool:
    """Whether a birthday is on the day or before. The calendar is asked only where the number of days does not tell."""
    lived = day - born
    if 365 * years <= lived <= 366 * years or day == LAST_DAY:
        return day >= add_years(born, years)
    return lived > 366 * years


@native
def add_months(day: int, months: int) -> int:
    """The same day months later; a day that its month lacks is the month's last."""
    index = month_index(day)
    target = index + months
    if target >= 120000:
        return LAST_DAY
    begin = first_of_month(target)
    last = LAST_DAY if target == 119999 else first_of_month(target + 1) - 1
    return min(begin + day - first_of_month(index), last)


YEAR, MONTH, DAY = 0, 1, 2
"""Units of a period."""


@native
def first_day_past(anchor: int, length: int, unit: int) -> int:
    """The first day after a period that begins with `anchor`."""
    if unit == YEAR:
        return add_years(anchor, length)
    if unit == DAY:
        return add_days(anchor, length)
    same = add_months(anchor, length)
    index = month_index(anchor)
    if same - first_of_month(month_index(same)) == anchor - first_of_month(index):
        return same
    return add_days(same, 1)


CALENDAR_YEAR, ROLLING_365, INSURANCE_YEAR = 0, 1, 2
"""Options of the reading `year`."""


@native
def first_of_year(day: int, option: int) -> int:
    """The first day of the year that a day lies in."""
    if option == ROLLING_365:
        return add_days(day, -364)
    index = month_index(day)
    if option == CALENDAR_YEAR:
        return first_of_month(index - index % 12)
    begin = index - index % 12 + 6
    if index < begin:
        begin -= 12
    return max(first_of_month(begin), FIRST_DAY) if begin >= 12 else FIRST_DAY
