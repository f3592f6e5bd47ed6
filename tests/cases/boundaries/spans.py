"""1个疾病过程支付不超过1年 / 180天: the day before the last, the last and the first past it.

Of every item that has a span; what follows when an assessment says so; and the items that have none."""

from collections.abc import Iterator
from datetime import date

from tests.cases.boundaries.making import FIRST, case, days_on, line, needs, visited, visits, whatever
from tests.cases.case import PAYS, Case
from tests.cases.notice import EXTENDED, PER_EPISODE, SLUG, SPAN

HOME = "spans"
IN_CONTAINER = {23, 24}
EXTENSION = ("extension_from", "extension_valid", "improvement", "extension_source")
CHILDREN = {3, 20, 25}


def cases() -> Iterator[Case]:
    for number in sorted(SPAN):
        yield from _elapsed(number)
        yield from _paid_days(number)
        yield _continued(number)
    for number in IN_CONTAINER:
        yield from _each_calendar_year(number)
    for number in sorted(set(SLUG) - set(SPAN) - set(PER_EPISODE) - CHILDREN):
        days = [FIRST, date(2021, 9, 1), date(2023, 9, 1), date(2028, 9, 1)]
        given = "".join(line(day, f"S{n}", number) for n, day in enumerate(days))
        yield case(HOME, f"{SLUG[number]}: has no span", number, given, {"S0..S3": PAYS})


def _stretch(number: int) -> tuple[date, date]:
    """A first day, and the first day past the span that begins with it; 1 January lies between them."""
    if SPAN[number] == "1 year":
        return FIRST, date(2022, 3, 1)
    return date(2021, 9, 1), days_on(date(2021, 9, 1), 180)[0]


def _episode(number: int, onset: date) -> str:
    return f"{onset} 06:00 EpisodeOpened E1 {needs(number)}\n"


def _readings(number: int) -> tuple[str, ...]:
    return ("episode", *(EXTENSION if number in EXTENDED else ()))


def _elapsed(number: int) -> Iterator[Case]:
    """The first act is on the day on which the episode opens, so that every anchor is the same."""
    first, past = _stretch(number)
    before, last = days_on(past, -2, -1)
    given = _episode(number, first) + visits(first, past)
    given += "".join(line(day, f"S{n}", number) for n, day in enumerate((first, before, last, past)))
    expect = visited(first, past) | {"S0..S2": PAYS, "S3": f"{number}.span"}
    one = case(HOME, f"{SLUG[number]}: {SPAN[number]} from the first", number, given, expect)
    yield from whatever(one, *_readings(number), "span_anchor")
    # Items that name a 疾病过程 have no other container.
    yield from whatever(one, "container", but=["calendar_year"] if number in IN_CONTAINER else [])


def _paid_days(number: int) -> Iterator[Case]:
    """365 or 180 distinct paid days; another act on the last of them uses no new one. The clock says nothing."""
    limit = 365 if SPAN[number] == "1 year" else 180
    first, last, past, later = days_on(FIRST, 0, limit - 1, limit, limit + 200)
    given = _episode(number, date(2019, 3, 1)) + line(first, f"W1..W{limit}", number)
    given += line(last, "S1", number, at="15:00") + line(past, "S2", number) + line(later, "S3", number)
    expect = {f"W1..W{limit}": PAYS, "S1": PAYS, "S2": f"{number}.span"}
    within = expect | {"S3": f"{number}.span"}
    paid = {"span_measure": "paid_days"}
    one = case(HOME, f"{SLUG[number]}: {limit} paid days", number, given, within, readings=paid)
    yield from whatever(one, *_readings(number), "span_anchor", but=["gap_90"])
    anew = expect | {"S3": PAYS}
    readings = paid | {"episode": "gap_90"}
    yield case(HOME, f"{SLUG[number]}: {limit} paid days, 200 idle ones", number, given, anew, readings=readings)
    if number in IN_CONTAINER:
        yield from whatever(one, "container", but=["calendar_year"])


def _continued(number: int) -> Case:
    assessed = "2022-03-10 08:00 A comprehensive-rehabilitation-assessment outcome=improved documented_dysfunction\n"
    given = line(FIRST, "S0", number) + assessed + line(date(2022, 3, 10), "S1", number)
    expect = {"S0": PAYS, "A": PAYS, "S1": PAYS if number in EXTENDED else f"{number}.span"}
    return case(HOME, f"{SLUG[number]}: after the span, when an assessment says so", number, given, expect)


def _each_calendar_year(number: int) -> Iterator[Case]:
    """支付不超过1年, no 疾病过程 named: everything starts anew each year, but for an onset, which is the episode's."""
    days = [date(2021, 3, 1), date(2021, 12, 31), date(2022, 1, 1), date(2022, 12, 31), date(2023, 1, 1)]
    given = "".join(line(day, f"S{n}", number) for n, day in enumerate(days))
    year = {"container": "calendar_year"}
    yield case(HOME, f"{SLUG[number]}: each year anew", number, given, {"S0..S4": PAYS}, readings=year)
    onset = year | {"span_anchor": "episode_onset"}
    before, last, past = days_on(date(2022, 3, 1), -2, -1, 0)
    given = _episode(number, FIRST)
    given += "".join(line(day, f"S{n}", number) for n, day in enumerate((FIRST, before, last, past)))
    expect = {"S0..S2": PAYS, "S3": f"{number}.span"}
    yield case(HOME, f"{SLUG[number]}: each year anew, not the onset", number, given, expect, readings=onset)
    # 2024 has 366 days: one too many.
    given = line(date(2024, 1, 1), "W1..W367", number)
    expect = {"W1..W365": PAYS, "W366": f"{number}.span", "W367": PAYS}
    days_of_the_year = year | {"span_measure": "paid_days"}
    yield case(HOME, f"{SLUG[number]}: each year 365 paid days", number, given, expect, readings=days_of_the_year)
