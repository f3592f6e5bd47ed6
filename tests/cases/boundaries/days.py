"""支付不超过…天, for item 21 by severity, and its gate: 每14天训练经功能量表评定后取得明确功能进步才可继续支付."""

from collections.abc import Iterator
from datetime import date

from tests.cases.boundaries.making import FIRST, case, days_on, line, needs, whatever
from tests.cases.case import PAYS, Case
from tests.cases.notice import PER_DAY, SLUG, TRAININGS

HOME = "days"
TIERS = {"mild": 30, "moderate": 60, "severe": 90}


def cases() -> Iterator[Case]:
    yield from paid_days(16, 30, needs(16))
    yield from paid_days(22, 90, needs(22))
    for tier, limit in TIERS.items():
        yield from paid_days(21, limit, f"adl_disorder severity_adl={tier}")
        yield from each_calendar_year(21, limit, f"adl_disorder severity_adl={tier}")
    yield from each_calendar_year(16, 30, needs(16))
    yield from each_calendar_year(22, 90, needs(22))
    yield from gate()
    for number in sorted(TRAININGS - {16, 21, 22} - set(PER_DAY)):
        given = line(FIRST, "S1..S100", number)
        yield case(HOME, f"{SLUG[number]}: counts no days", number, given, {"S1..S100": PAYS})


def _progress(number: int, first: date, days: int) -> str:
    """For item 21, an assessment on each of the days that says progress: the gate is open."""
    return f"{first} 07:00 P1..P{days} - outcome=improved\n" if number == 21 else ""


def paid_days(number: int, limit: int, findings: str) -> Iterator[Case]:
    """Every day trained: the days paid and the days since the first are the same."""
    last, past = days_on(FIRST, limit - 1, limit)
    given = (
        _progress(number, FIRST, limit + 1)
        + line(FIRST, f"W1..W{limit}", number)
        + line(last, "S1", number, at="15:00")
    )
    given += line(past, "S2", number)
    expect = {f"W1..W{limit}": PAYS, "S1": PAYS, "S2": f"{number}.days"}
    name = f"{SLUG[number]}: {limit} days, {findings}"
    one = case(HOME, name, number, given, expect, findings=findings)
    yield from whatever(one, "day_unit", "container", "episode", *(["severity_at"] if number == 21 else []))


def each_calendar_year(number: int, limit: int, findings: str) -> Iterator[Case]:
    """`container`: calendar_year begins anew on 1 January, in the middle of a course."""
    first = days_on(date(2021, 12, 31), 1 - limit)[0]
    new_year = date(2022, 1, 1)
    last, past = days_on(new_year, limit - 1, limit)
    given = (
        _progress(number, first, 2 * limit + 1) + line(first, f"W1..W{2 * limit}", number) + line(past, "S1", number)
    )
    expect = {f"W1..W{2 * limit}": PAYS, "S1": f"{number}.days"}
    assert (last - first).days == 2 * limit - 1
    yield from whatever(
        case(
            HOME, f"{SLUG[number]}: {limit} days each year, {findings}", number, given, expect, findings=findings,
            readings={"container": "calendar_year"},
        ),
        "day_unit",
    )  # fmt: skip


def gate() -> Iterator[Case]:
    """The 14th day needs nothing, the 15th an assessment of the block; that of item 9 serves by either source."""
    for off, verdict in ((12, PAYS), (13, PAYS), (14, "21.gate"), (15, "21.gate")):
        given = line(FIRST, f"W1..W{min(off, 14)}", 21) + line(days_on(FIRST, off)[0], "S1", 21)
        given += f"{days_on(FIRST, off)[0]} 10:00 A1 adl-assessment outcome=improved\n"
        given += line(days_on(FIRST, off)[0], "S2", 21, at="11:00")
        expect = {f"W1..W{min(off, 14)}": PAYS, "S1": verdict, "A1": PAYS, "S2": PAYS}
        one = case(HOME, f"adl-training: the gate, day {off + 1}", 21, given, expect)
        yield from whatever(one, "gate_block", "gate_source", "container", "episode")
