"""What counts together, and from when, of every clause that asks: episode, container, span_anchor, span_measure.

One story tells the options of a reading apart. It is told of every item whose clause asks for that reading, in each
rulebook, because each clause looks the reading up for itself.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import NamedTuple

from msgspec.structs import replace

from ledger.treatment.items import ITEMS
from tests.cases.boundaries.making import days_on, needs
from tests.cases.boundaries.national import ALL_29, NINE
from tests.cases.case import PAYS, SHANGHAI, Case
from tests.cases.notice import SLUG, SPAN
from tests.cases.readings import READINGS
from tests.cases.story import ids

Ends = Callable[[date], date]
"""Of a first day, the first day past the span."""


class Item(NamedTuple):
    """An item of a rulebook: its number and slug, what its patient has, and how its lines go on."""

    rulebook: str
    number: int
    slug: str
    findings: str = ""
    more: str = ""

    def line(self, day: date, act: str, more: str = "", *, at: str = "09:00") -> str:
        """One line of a story; a sheet that `more` names is one of the episode's own."""
        sheet = f"sheet=P1/{'E2' if 'E2' in more else 'E1'}/{self.more}" if self.more else ""
        return f"{day} {at} {act} {self.slug} {more} {sheet}\n"

    @property
    def other_episode(self) -> str:
        return f"2015-01-01 08:00 EpisodeOpened E2 {self.findings}\n"

    def told(self, name: str, given: str, reading: str, by_option: Mapping[str, Mapping[str, str]]) -> Iterator[Case]:
        """The story under every option of the reading."""
        for options, expect in by_option.items():
            for option in options.split():
                yield Case(
                    home="scopes",
                    name=f"{self.slug}: {name}",
                    rulebook=self.rulebook,
                    given=given,
                    findings=self.findings,
                    expect={act: verdict for acts, verdict in expect.items() for act in ids(acts)},
                    readings={} if option == READINGS[reading].options[0] else {reading: option},
                )


def cases() -> Iterator[Case]:
    for item, ends in _spans():
        yield from _episodes(item, ends)
        yield from _anchors(item, ends)
    for number in (14, 17, 18, 19, 12):
        yield from _anew_each_year(Item(ALL_29, number, SLUG[number]))
    for item, limit, clause in _paid_days():
        yield from _days(item, limit, clause)
    for number in (27, 28):
        yield from _balance(number, 55 - number)


def _spans() -> Iterator[tuple[Item, Ends]]:
    for number in sorted(SPAN):
        item = Item(SHANGHAI, number, SLUG[number], needs(number))
        yield item, _a_year if SPAN[number] == "1 year" else lambda day: days_on(day, 180)[0]
    for rulebook in (NINE, ALL_29):
        for number in (1, 2, 4, 5, 6, 7, 8):
            findings = {7: "severity_language=moderate", 8: "severity_swallowing=severe"}.get(number, "")
            yield Item(rulebook, number, SLUG[number], findings), _three_months
    for number in (12, 14, 17, 18, 19):
        yield Item(ALL_29, number, SLUG[number]), lambda day: days_on(day, 90)[0]


def _a_year(day: date) -> date:
    return day.replace(year=day.year + 1)


def _three_months(day: date) -> date:
    """The days that stories begin with have their like three months later."""
    return day.replace(month=day.month + 3)


def _episodes(item: Item, ends: Ends) -> Iterator[Case]:
    """An act past the span, one in another declared episode, one in a stay; idle stretches of 90 days and more."""
    first = date(2021, 3, 1)
    past = ends(first)
    other, admitted = days_on(past, 14, 28)
    given = item.other_episode + f"{admitted} 08:00 PatientAdmitted ST1\n" + item.line(first, "S1")
    given += item.line(past, "S2") + item.line(other, "S3", "episode=E2") + item.line(admitted, "S4")
    denied = f"{item.number}.span"
    by_option = {
        "declared": {"S1 S3": PAYS, "S2 S4": denied},
        "gap_90": {"S1..S4": PAYS},
        "admission": {"S1 S4": PAYS, "S2..S3": denied},
    }
    yield from item.told("the clock of an episode", given, "episode", by_option)


def _anchors(item: Item, ends: Ends) -> Iterator[Case]:
    """Onset, first performed, first paid: the last day and the one past it of each; in paid days they say nothing."""
    onset, performed, paid = date(2021, 1, 10), date(2021, 2, 15), date(2021, 3, 1)
    assessed = item.slug in ITEMS and ITEMS[item.slug].kind == "assessment"
    given = f"2021-01-20 08:00 EpisodeOpened E1 onset={onset} {item.findings}\n"
    given += item.line(performed, "V1", "assessors=" if assessed else "sign=none") + item.line(paid, "S1")
    anchors = {"episode_onset": onset, "first_performed": performed, "first_paid": paid}
    past = {option: ends(anchor) for option, anchor in anchors.items()}
    # Assessments are fourteen days apart: the days past the spans alone.
    days = sorted({day for end in past.values() for day in days_on(end, *([0] if assessed else [-1, 0]))})
    given += "".join(item.line(day, f"T{n}") for n, day in enumerate(days))
    common = {"V1": "record.signed", "S1": PAYS}
    by_option = {
        option: common | {f"T{n}": PAYS if day < end else f"{item.number}.span" for n, day in enumerate(days)}
        for option, end in past.items()
    }
    yield from item.told("the anchor", given, "span_anchor", by_option)
    paid_days = {"paid_days": common | {f"T{n}": PAYS for n in range(len(days))}}
    yield from item.told("the anchor", given, "span_measure", paid_days)


def _anew_each_year(item: Item) -> Iterator[Case]:
    """Ninety days, no 疾病过程 named: `container`."""
    first = date(2021, 11, 1)
    past, other = days_on(first, 90, 104)
    given = item.other_episode + item.line(first, "S1") + item.line(past, "S2") + item.line(other, "S3", "episode=E2")
    denied = f"{item.number}.span"
    by_option = {
        "episode": {"S1 S3": PAYS, "S2": denied},
        "lifetime": {"S1": PAYS, "S2..S3": denied},
        "calendar_year": {"S1..S3": PAYS},
    }
    yield from item.told("ninety days", given, "container", by_option)


def _paid_days() -> Iterator[tuple[Item, int, str]]:
    """Items with so many paid days; item 21 (23 in national-29) has a gate besides, which fourteen days fill."""
    mild = "adl_disorder severity_adl=mild"
    yield Item(SHANGHAI, 16, SLUG[16], needs(16)), 30, "16.days"
    yield Item(SHANGHAI, 22, SLUG[22], needs(22)), 90, "22.days"
    yield Item(SHANGHAI, 21, SLUG[21], mild), 30, "21.days"
    yield Item(ALL_29, 16, SLUG[16]), 30, "16.days"
    yield Item(ALL_29, 23, SLUG[21], mild), 30, "23.days"
    yield Item(ALL_29, 20, "amputee-limb-training", more="upper site=upper_limb"), 30, "20.days"
    yield Item(SHANGHAI, 21, SLUG[21], mild), 14, "21.gate"
    yield Item(ALL_29, 23, SLUG[21], mild), 14, "23.gate"


def _days(item: Item, limit: int, clause: str) -> Iterator[Case]:
    first = days_on(date(2021, 12, 31), 1 - limit)[0]
    new_year, other, admitted, later = days_on(date(2022, 1, 1), 0, 1, 2, 92)
    full = item.other_episode + item.line(first, f"W1..W{limit}")
    if "severity_adl" in item.findings and "days" in clause:  # the gate is open
        full += f"{first} 07:00 P1..P{limit + 9} - outcome=improved\n"
        full += f"{first} 07:00 Q1..Q{limit + 9} - outcome=improved episode=E2\n"
    given = full + item.line(new_year, "S1") + item.line(other, "S2", "episode=E2")
    paid = {f"W1..W{limit}": PAYS}
    by_option: dict[str, dict[str, str]] = {
        "episode": paid | {"S1": clause, "S2": PAYS},
        "lifetime": paid | {"S1..S2": clause},
        "calendar_year": paid | {"S1..S2": PAYS},
    }
    yield from item.told(f"{clause} in a container", given, "container", by_option)
    given = full + f"{admitted} 08:00 PatientAdmitted ST1\n" + item.line(new_year, "S1", "episode=E2")
    given += item.line(admitted, "S2") + item.line(later, "S3")
    by_option = {
        "declared": paid | {"S1": PAYS, "S2..S3": clause},
        "gap_90": paid | {"S1..S2": clause, "S3": PAYS},
        "admission": paid | {"S1": clause, "S2..S3": PAYS},
    }
    yield from item.told(f"{clause} in an episode", given, "episode", by_option)
    if clause.endswith(".days"):
        last, past = days_on(first, limit - 1, limit)
        given = item.line(first, "S1") + item.line(last, "S2") + item.line(past, "S3")
        by_option = {"paid_days": {"S1..S3": PAYS}, "elapsed": {"S1..S2": PAYS, "S3": clause}}
        yield from item.told(clause, given, "day_unit", by_option)


def _balance(number: int, other: int) -> Iterator[Case]:
    """27 with 28: a minute of an assessment, a day, an episode; the dearest of them."""
    one, two = Item(SHANGHAI, number, SLUG[number]), Item(SHANGHAI, other, SLUG[other])
    days = days_on(date(2021, 3, 1), 0, 20, 40, 41)
    given = one.line(days[0], "A1") + two.line(days[0], "B1", at="09:00:59")
    given += one.line(days[1], "A2") + two.line(days[1], "B2", at="09:01:00")
    given += one.line(days[2], "A3") + two.line(days[3], "B3")
    denied = f"{other}.excl"
    by_option: dict[str, dict[str, str]] = {
        "same_day": {"A1..A3 B3": PAYS, "B1..B2": denied},
        "overlapping": {"A1..A3 B2..B3": PAYS, "B1": denied},
        "same_episode": {"A1..A3": PAYS, "B1..B3": denied},
    }
    yield from one.told(f"then {two.slug}", given, "together", by_option)
    fees = "2021-04-01 08:00 FeeConfirmed A1 amount_fen=5000\n2021-04-01 08:00 FeeConfirmed B1 amount_fen=8000\n"
    given = one.line(days[0], "A1") + two.line(days[0], "B1", at="10:00") + fees
    by_option = {"first": {"A1": PAYS, "B1": denied}, "dearest": {"A1": f"{number}.excl", "B1": PAYS}}
    yield from one.told(f"or {two.slug}, the dearest", given, "winner", by_option)
    first, second, idle, admitted = days_on(date(2021, 3, 1), 0, 1, 91, 111)
    given = one.other_episode + f"{admitted} 08:00 PatientAdmitted ST1\n" + one.line(first, "A1")
    given += two.line(second, "B1", "episode=E2") + two.line(idle, "B2") + two.line(admitted, "B3")
    by_option = {
        "declared": {"A1 B1": PAYS, "B2..B3": denied},
        "gap_90": {"A1 B2..B3": PAYS, "B1": denied},
        "admission": {"A1 B3": PAYS, "B1..B2": denied},
    }
    for made in one.told(f"and {two.slug} in one episode", given, "episode", by_option):
        yield replace(made, readings=made.readings | {"together": "same_episode"})
