"""每日, 每月, 一次住院, 1个疾病过程支付不超过…次; 间隔不短于14天: one below, at and one above.

Of every item that has such a limit; and the items that have none."""

from collections.abc import Iterator
from datetime import date

from tests.cases.boundaries.making import FIRST, case, days_on, line, whatever
from tests.cases.case import PAYS, Case
from tests.cases.notice import GAP, PER_DAY, PER_EPISODE, PER_STAY, SLUG, TRAININGS

HOME = "counts"
GAPS = (13, 14, 15)


def cases() -> Iterator[Case]:
    for number in sorted(set(SLUG) - GAP):
        yield from _in_a_day(number)
    for number in sorted(PER_DAY):
        yield _of_the_day(number)
    for number in sorted(set(SLUG) - TRAININGS - {9}):
        yield from in_a_stay(number)
    for number in sorted(PER_STAY):
        yield from outside_stays(number)
    for number in sorted(PER_EPISODE):
        yield from in_an_episode(number)
    for number in sorted(GAP):
        yield from apart(number)
    for number in sorted(set(SLUG) - GAP - TRAININGS - {9}):
        given = line(FIRST, "S1..S2", number)
        yield case(HOME, f"{SLUG[number]}: has no interval", number, given, {"S1..S2": PAYS})
    yield from _in_a_month()


def _in_a_day(number: int) -> Iterator[Case]:
    """Items without a limit of the day: five on one day are paid, if nothing else counts them."""
    limit = {**PER_DAY, **PER_EPISODE, 9: 1}.get(number, 5)
    clause = f"{number}.{'day' if number in PER_DAY else 'month' if number == 9 else 'episode'}"
    given = "".join(line(FIRST, f"S{n}", number, at=f"{9 + n:02}:00") for n in range(5))
    expect = {f"S{n}": PAYS if n < limit else clause for n in range(5)}
    one = case(HOME, f"{SLUG[number]}: {limit} of five on one day", number, given, expect)
    yield from whatever(one, *(["combined"] if number == 1 else ["month"] if number == 9 else []))


def _of_the_day(number: int) -> Case:
    given = "".join(
        line(day, f"S{day.day}{n}", number, at=f"{9 + n:02}:00") for day in days_on(FIRST, 0, 1) for n in (1, 2, 3)
    )
    limit = PER_DAY[number]
    expect = {f"S{d}{n}": PAYS if n <= limit else f"{number}.day" for d in (1, 2) for n in (1, 2, 3)}
    return case(HOME, f"{SLUG[number]}: {limit} a day, the next day again", number, given, expect)


def in_a_stay(number: int) -> Iterator[Case]:
    """Five in one stay, a day more apart than any interval asks for."""
    limit = PER_STAY.get(number, PER_EPISODE.get(number, 5))
    clause = f"{number}.{'stay' if number in PER_STAY else 'episode'}"
    given = f"{FIRST} 08:00 PatientAdmitted ST1\n" + line(FIRST, "S1..S5", number, "every=15")
    expect = {f"S{n}": PAYS if n <= limit else clause for n in range(1, 6)}
    one = case(HOME, f"{SLUG[number]}: {limit} of five in one stay", number, given, expect)
    yield from whatever(one, *(["outpatient_cap", "episode"] if number in PER_STAY else []))


def outside_stays(number: int) -> Iterator[Case]:
    """Outside stays there is no such limit; or (outpatient_cap: episode) it is one of each episode."""
    other = "2015-01-01 08:00 EpisodeOpened E2 documented_dysfunction\n"
    given = other + line(FIRST, "S1..S4", number, "every=15") + line(date(2021, 5, 1), "T1", number, "episode=E2")
    given += line(date(2021, 9, 1), "U1", number)
    each = {"S1..S3": PAYS, "S4": f"{number}.stay", "U1": f"{number}.stay"}
    capped = {"outpatient_cap": "episode"}
    yield case(HOME, f"{SLUG[number]}: no limit outside stays", number, given, {"S1..S4": PAYS, "T1": PAYS, "U1": PAYS})
    yield case(HOME, f"{SLUG[number]}: outside stays", number, given, each | {"T1": PAYS}, readings=capped)
    for option, later in (("gap_90", PAYS), ("admission", f"{number}.stay")):
        yield case(
            HOME, f"{SLUG[number]}: outside stays, whatever the line declares", number, given,
            each | {"T1": f"{number}.stay", "U1": later}, readings=capped | {"episode": option},
        )  # fmt: skip


def in_an_episode(number: int) -> Iterator[Case]:
    given = line(FIRST, "S1..S4", number)
    expect = {"S1..S2": PAYS, "S3..S4": f"{number}.episode"}
    yield from whatever(case(HOME, f"{SLUG[number]}: 2 an episode", number, given, expect), "episode")


def apart(number: int) -> Iterator[Case]:
    """Pairs of acts, far apart from one another: a day less than 14 apart, 14 and a day more; and twice on one day."""
    begins = days_on(FIRST, 0, 100, 200)
    given = "".join(
        line(begin, f"A{days}", number) + line(days_on(begin, days)[0], f"B{days}", number)
        for begin, days in zip(begins, GAPS, strict=True)
    )
    again = days_on(FIRST, 300)[0]
    given += line(again, "A0", number) + line(again, "B0", number, at="10:00")
    expect = {f"A{days}": PAYS for days in (*GAPS, 0)} | {"B15": PAYS, "B13": f"{number}.gap", "B0": f"{number}.gap"}
    one = case(HOME, f"{SLUG[number]}: 14 days apart", number, given, expect | {"B14": PAYS})
    yield from whatever(one, "gap_from", "gap_scope")
    clear = case(
        HOME, f"{SLUG[number]}: 14 clear days", number, given, expect | {"B14": f"{number}.gap"},
        readings={"gap_measure": "clear_days"},
    )  # fmt: skip
    yield from whatever(clear, "gap_from", "gap_scope")


def _in_a_month() -> Iterator[Case]:
    """每月不超过1次: to the end of the calendar month, or 30 days that end with the act's."""
    for month, (last, next_) in {
        "calendar_month": (date(2021, 3, 31), date(2021, 4, 1)),
        "rolling_30_days": (date(2021, 4, 8), date(2021, 4, 9)),
    }.items():
        given = line(date(2021, 3, 10), "A0", 9) + line(last, "A1", 9) + line(next_, "A2", 9)
        given += line(date(2021, 5, 20), "A3", 9) + line(date(2021, 5, 31), "A4", 9)
        expect = {"A0": PAYS, "A1": "9.month", "A2": PAYS, "A3": PAYS, "A4": "9.month"}
        readings = {} if month == "calendar_month" else {"month": month}
        yield case(HOME, f"adl-assessment: 1 a month, {month}", 9, given, expect, readings=readings)
