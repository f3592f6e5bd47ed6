"""The national items at their edges, under every option: what is the same as in shanghai-2017 is taken from there, item
by item, and what differs is written here from the project's rules. national-29 has the nine items of national-2010."""

from collections.abc import Iterator
from datetime import date

from msgspec.structs import replace

from tests.cases.boundaries import counts, days, others
from tests.cases.boundaries.making import FIRST, case, days_on, line, visited, visits, whatever
from tests.cases.case import PAYS, Case
from tests.cases.notice import SLUG

HOME = "national"
NINE, ALL_29 = "national-2010", "national-29"
FINDINGS = {7: "severity_language=moderate", 8: "severity_swallowing=severe"}
CHILD = "born=2019-06-01"
"""Not yet two years old on FIRST."""
BEGINNING = date(2021, 1, 1)


def cases() -> Iterator[Case]:
    for one in _nine():
        yield replace(one, home=NINE, rulebook=NINE)
        yield replace(one, home=ALL_29, rulebook=ALL_29)
    for one in (*_as_in_shanghai(), *_twenty()):
        yield replace(one, home=ALL_29, rulebook=ALL_29)


def _nine() -> Iterator[Case]:
    for number in (1, 2, 4, 5, 6, 7, 8):
        yield from _three_months(number)
    for number, limit in ((1, 2), (5, 1), (7, 1)):
        given = "".join(line(FIRST, f"S{n}", number, at=f"{9 + n}:00" if n else "09:00") for n in range(limit + 1))
        expect = {f"S0..S{limit - 1}": PAYS, f"S{limit}": f"{number}.day"}
        yield from whatever(_of(number, f"{limit} a day", given, expect), *(["combined"] if number == 1 else []))
    given = line(FIRST, "A1..A5", 9)
    yield from whatever(_of(9, "4 an episode", given, {"A1..A4": PAYS, "A5": "9.episode"}), "episode")
    for number in (2, 3, 4):
        for one, other in ((1, number), (number, 1)):
            given = line(FIRST, "S1", one) + line(FIRST, "S2", other)
            made = _of(one, f"then {SLUG[other]}", given, {"S1": PAYS, "S2": f"{other}.excl"}, patient=CHILD)
            yield from whatever(made, "together", "winner", "episode")
    yield from _cerebral_palsy()


def _of(
    number: int,
    name: str,
    given: str,
    expect: dict[str, str],
    patient: str = "",
    readings: dict[str, str] | None = None,
) -> Case:
    name = f"{SLUG[number]}: {name}"
    findings = FINDINGS.get(number, "")
    return case(HOME, name, number, given, expect, findings=findings, patient=patient, readings=readings)


def _three_months(number: int) -> Iterator[Case]:
    """1个疾病过程支付不超过3个月: to the day before the same date; in paid days, ninety."""
    episode = f"{FIRST} 06:00 EpisodeOpened E1 {FINDINGS.get(number, '')}\n"
    past = date(2021, 6, 1)
    given = episode + visits(FIRST, past)
    given += "".join(line(day, f"S{n}", number) for n, day in enumerate((FIRST, *days_on(past, -2, -1, 0))))
    expect = visited(FIRST, past) | {"S0..S2": PAYS, "S3": f"{number}.span"}
    yield from whatever(_of(number, "three months", given, expect), "episode", "span_anchor")
    last, after = days_on(FIRST, 89, 90)
    given = episode + line(FIRST, "W1..W90", number) + line(last, "S1", number, at="09:05") + line(after, "S2", number)
    expect = {"W1..W90": PAYS, "S1": PAYS, "S2": f"{number}.span"}
    if number in (5, 7):  # one a day
        expect["S1"] = f"{number}.day"
    paid = {"span_measure": "paid_days"}
    yield from whatever(_of(number, "ninety paid days", given, expect, readings=paid), "episode", "span_anchor")


def _cerebral_palsy() -> Iterator[Case]:
    """限儿童; before three years of age 6 months a year, after 3; five years in all."""
    # A child of two, and one of three, all the year; acts in one half year, which is in one year of any kind.
    for months, born in ((6, "2018-12-31"), (3, "2018-01-01")):
        days_ = [date(2021, month, 10) for month in range(1, months + 1)]
        given = "".join(line(day, f"S{n}", 3) for n, day in enumerate(days_)) + line(days_[-1], "S6", 3, at="15:00")
        expect = {f"S0..S{months - 1}": PAYS, "S6": PAYS}
        if months == 3:
            given += line(date(2021, 4, 10), "S7", 3)
            one = _of(3, "three months a year", given, expect | {"S7": "3.year"}, patient=f"born={born}")
            yield from whatever(one, "year", "turning_7")
        else:
            yield from whatever(_of(3, "six months a year", given, expect, f"born={born}"), "year", "turning_7")
        limit = 30 * months
        given = line(BEGINNING, f"W1..W{limit}", 3) + line(days_on(BEGINNING, limit)[0], "S1", 3)
        expect = {f"W1..W{limit}": PAYS, "S1": "3.year"}
        unit = {"month_unit": "30_paid_days"}
        one = _of(3, f"{limit} paid days a year", given, expect, f"born={born}", unit)
        yield from whatever(one, "year", "turning_7")
    for year, month in (("calendar_year", 3), ("rolling_365", 3), ("insurance_year", 9)):
        first = date(2021, month, 10)
        months_ = [first.replace(year=2021 + (m > 12), month=(m - 1) % 12 + 1) for m in range(month, month + 7)]
        given = "".join(line(day, f"S{n}", 3) for n, day in enumerate(months_))
        readings = {} if year == "calendar_year" else {"year": year}
        one = _of(3, f"a seventh month, {year}", given, {"S0..S5": PAYS, "S6": "3.year"}, "born=2019-12-31", readings)
        yield from whatever(one, "turning_7")
    # The insurance year ends with 30 June: three months of it are used, and a fourth on either side of its end.
    given = "".join(line(date(2021, month, 10), f"S{month}", 3) for month in (3, 4, 5))
    given += line(date(2021, 6, 30), "S6", 3) + line(date(2021, 7, 1), "S7", 3)
    expect = {"S3..S5": PAYS, "S6": "3.year", "S7": PAYS}
    yield _of(3, "the end of an insurance year", given, expect, "born=2015-01-01", {"year": "insurance_year"})
    yield from _five_years()
    yield from _birthdays()


def _five_years() -> Iterator[Case]:
    """One act a year; the sixth is too late by either count."""
    days_ = [date(year, 3, 1) for year in range(2016, 2020)]
    given = "".join(line(day, f"S{n}", 3) for n, day in enumerate(days_))
    given += "2020-12-31 09:00 S4 cerebral-palsy-limb-training\n2021-02-28 09:00 S5 cerebral-palsy-limb-training\n"
    given += "2021-03-01 09:00 S6 cerebral-palsy-limb-training\n"
    paid_years = _of(3, "five years", given, {"S0..S4": PAYS, "S5..S6": "3.total"}, "born=2012-01-01")
    yield paid_years
    elapsed = _of(3, "five years", given, {"S0..S5": PAYS, "S6": "3.total"}, "born=2012-01-01")
    yield replace(elapsed, readings={"years_in_all": "elapsed"})


def _birthdays() -> Iterator[Case]:
    """Of 29 February: three, or eighteen, on 1 March."""
    given = "".join(
        line(date.fromisoformat(day), f"S{n}", 3)
        for n, day in enumerate(["2018-11-10", "2018-12-10", "2019-01-10", "2019-02-28", "2019-03-01"])
    )
    rolling = {"year": "rolling_365"}
    yield _of(3, "not yet three", given, {"S0..S3": PAYS, "S4": "3.year"}, "born=2016-02-29", rolling)
    given = line(date(2022, 2, 28), "S1", 3) + line(date(2022, 3, 1), "S2", 3)
    yield _of(3, "not yet eighteen", given, {"S1": PAYS, "S2": "3.child"}, "born=2004-02-29")


def _as_in_shanghai() -> Iterator[Case]:
    """康复综合评定 as item 10 there; 日常生活动作训练, there 21, as 23; and limits that are the same."""
    same = [*counts.apart(10), *counts.apart(13), *counts.in_a_stay(10), *counts.outside_stays(10)]
    same += [*counts.in_an_episode(15), *others.staff(), *others.parts(), *days.paid_days(16, 30, "")]
    same += days.each_calendar_year(16, 30, "")
    yield from same
    for tier, limit in days.TIERS.items():
        findings = f"adl_disorder severity_adl={tier}"
        for one in (*days.paid_days(21, limit, findings), *days.each_calendar_year(21, limit, findings)):
            yield _renumbered(one)
    yield from map(_renumbered, days.gate())


def _renumbered(one: Case) -> Case:
    return replace(one, expect={act: verdict.replace("21.", "23.") for act, verdict in one.expect.items()})


def _twenty() -> Iterator[Case]:
    yield from whatever(
        _of(11, "3 an episode", line(FIRST, "A1..A4", 11), {"A1..A3": PAYS, "A4": "11.episode"}), "episode"
    )
    for number in (14, 17, 18, 19):
        yield from _ninety_days(number)
    yield from _hands()
    yield from _limbs()
    yield from _mind()
    for slug, number in (
        ("pediatric-behavioral-audiometry", 21), ("autism-diagnostic-interview", 22), ("vocational-training", 24),
        ("body-weight-support-training", 26), ("tilt-table-training", 27), ("pediatric-hearing-speech-training", 28),
        ("speech-ability-screening", 29),
    ):  # fmt: skip
        shown = {f"S {number}.open": {"observed": {"text": "limit not found in the sources at hand"}}}
        given = f"{FIRST} 09:00 S {slug}\n"
        yield Case(name=f"{slug}: no limit", given=given, expect={"S": PAYS}, shows=shown)


def _ninety_days(number: int) -> Iterator[Case]:
    """Ninety days, no 疾病过程 named; within one calendar year, whatever the container."""
    episode = f"{FIRST} 06:00 EpisodeOpened E1\n"
    past = days_on(FIRST, 90)[0]
    given = episode + visits(FIRST, past)
    given += "".join(line(day, f"S{n}", number) for n, day in enumerate((FIRST, *days_on(past, -2, -1, 0))))
    expect = visited(FIRST, past) | {"S0..S2": PAYS, "S3": f"{number}.span"}
    yield from whatever(_of(number, "ninety days", given, expect), "episode", "span_anchor", "container")
    given = episode + line(FIRST, "W1..W91", number)
    expect = {"W1..W90": PAYS, "W91": f"{number}.span"}
    paid = {"span_measure": "paid_days"}
    yield from whatever(_of(number, "ninety paid days", given, expect, readings=paid), "episode", "container")


def _hands() -> Iterator[Case]:
    """手功能评定 within ninety days, fourteen apart: the ninetieth day, and the day after, too early again."""
    episode = f"{FIRST} 06:00 EpisodeOpened E1\n"
    last, past = days_on(FIRST, 89, 90)
    given = episode + visits(FIRST, past) + line(FIRST, "A1", 12) + line(last, "A2", 12) + line(past, "A3", 12)
    expect = visited(FIRST, past) | {"A1..A2": PAYS, "A3": "12.span 12.gap"}
    yield from whatever(_of(12, "ninety days", given, expect), "episode", "span_anchor", "container")
    given = episode + line(FIRST, "A1..A91", 12, "every=15")
    expect = {"A1..A90": PAYS, "A91": "12.span"}
    yield _of(12, "ninety paid days", given, expect, readings={"span_measure": "paid_days"})
    begins = days_on(FIRST, 0, 30, 60)
    given = "".join(
        line(begin, f"A{gap}", 12) + line(days_on(begin, gap)[0], f"B{gap}", 12)
        for begin, gap in zip(begins, counts.GAPS, strict=True)
    )
    for measure, verdict in (("date_difference", PAYS), ("clear_days", "12.gap")):
        expect = {f"A{gap}": PAYS for gap in counts.GAPS} | {"B13": "12.gap", "B14": verdict, "B15": PAYS}
        readings = {} if verdict == PAYS else {"gap_measure": measure}
        yield from whatever(_of(12, "14 days apart", given, expect, readings=readings), "gap_from", "gap_scope")


def _limbs() -> Iterator[Case]:
    """截肢肢体综合训练: thirty days for the upper limbs, thirty for the lower."""
    for limb, site in (("upper", "左上肢"), ("lower", "右下肢")):
        more = f"sheet=P1/E1/{limb} site={site}"
        given = "".join(
            f"{day} {at} {act} amputee-limb-training {more}\n"
            for day, at, act in (
                (FIRST, "09:00", "W1..W30"),
                (days_on(FIRST, 29)[0], "15:00", "S1"),
                (days_on(FIRST, 30)[0], "09:00", "S2"),
            )
        )  # fmt: skip
        expect = {**{f"W{n}": PAYS for n in range(1, 31)}, "S1": PAYS, "S2": "20.days"}
        one = Case(name=f"amputee-limb-training: {limb}", given=given, expect=expect)
        yield from whatever(one, "day_unit", "container", "episode")


def _mind() -> Iterator[Case]:
    """精神障碍作业疗法训练: ninety days a year, one a day; from 1 January they lie in one year of any kind."""
    more = "psychiatric-occupational-therapy sheet=P1/E1/mind"
    given = f"{BEGINNING} 09:00 W1..W91 {more}\n{BEGINNING} 10:00 S1 {more}\n"
    expect = {**{f"W{n}": PAYS for n in range(1, 91)}, "W91": "25.year", "S1": "25.day"}
    yield from whatever(Case(name="psychiatric-occupational-therapy: a year", given=given, expect=expect), "year")
    # The insurance year begins on 1 July, and not a day before or after.
    for day, verdict in (("2021-06-30", "25.year"), ("2021-07-01", PAYS)):
        given = f"{date(2021, 4, 1)} 09:00 W1..W90 {more}\n{day} 09:00 S1 {more}\n"
        expect = {**{f"W{n}": PAYS for n in range(1, 91)}, "S1": verdict}
        yield Case(name=f"{more}: 1 July", given=given, expect=expect, readings={"year": "insurance_year"})
