"""The stories of the readings once more, of every other item whose clause asks for the same reading.

A story of one item tells the options of a reading apart for that item's clause; told of each of its neighbours, it does
so for theirs. The stories are those of the TOML files, with the item, its clause and its findings exchanged.
"""

from collections.abc import Iterator
from datetime import date

from msgspec.structs import replace

from tests.cases.boundaries.making import CHILDREN, PAYS, case, days_on, line, needs
from tests.cases.case import SHANGHAI, Case, written
from tests.cases.notice import EXTENDED, GAP, SLUG, SPAN

HOME = "retold"
BALANCE, GAIT, HEMIPLEGIA = 14, 31, 2
CHILD = "born=2016-01-01"


def cases() -> Iterator[Case]:
    stories = [one for one in written() if one.reading and one.rulebook == SHANGHAI]
    for one in stories:
        verdicts = " ".join(one.expect.values())
        if one.home == "readings-extension" and "14.span" in verdicts:
            yield from (_told(one, BALANCE, number) for number in sorted(EXTENDED - {BALANCE}))
        if one.reading in ("gap_from", "gap_scope"):
            yield from (_told(one, GAIT, number) for number in sorted(GAP - {GAIT}))
        if one.home == "readings-exclusion" and SLUG[HEMIPLEGIA] in one.given:
            for number in (2, 3, 4):
                if number != HEMIPLEGIA:
                    yield _told(one, HEMIPLEGIA, number)
                yield _turned(one, number)
    for number in sorted(SPAN):
        yield from _episodes(number)
        yield from _anchors(number)


def _told(one: Case, number: int, other: int) -> Case:
    """The same story of another item."""
    given = one.given.replace(SLUG[number], SLUG[other])
    findings = one.findings
    for word in needs(number).split():
        given, findings = given.replace(f" {word}", f" {needs(other)}"), findings.replace(word, needs(other))
    if needs(other) and needs(other) not in findings:
        findings += f" {needs(other)}"
    expect = {act: verdict.replace(f"{number}.", f"{other}.") for act, verdict in one.expect.items()}
    patient = CHILD if other in CHILDREN else one.patient
    return replace(
        one, home=HOME, name=f"{one.name}, of {SLUG[other]}", given=given, findings=findings, expect=expect,
        patient=patient,
    )  # fmt: skip


def _turned(one: Case, other: int) -> Case:
    """A story of items 1 and 2 with the sides exchanged: the other item first, item 1 second."""
    given = one.given.replace("exercise-therapy/strength", SLUG[1]).replace(SLUG[1], "*")
    given = given.replace(SLUG[HEMIPLEGIA], SLUG[1]).replace("*", SLUG[other])
    clauses = {"1.excl": f"{other}.excl", f"{HEMIPLEGIA}.excl": "1.excl"}
    expect = {
        act: " ".join(clauses.get(clause, clause) for clause in verdict.split()) for act, verdict in one.expect.items()
    }
    patient = CHILD if other in CHILDREN else one.patient
    name = f"{one.name}, {SLUG[other]} first"
    return replace(one, home=HOME, name=name, given=given, expect=expect, patient=patient)


def _past(number: int, anchor: date) -> date:
    """The first day past a span that begins with the anchor, which is no 29 February."""
    return anchor.replace(year=anchor.year + 1) if SPAN[number] == "1 year" else days_on(anchor, 180)[0]


def _episodes(number: int) -> Iterator[Case]:
    """`episode`: the declared one has one clock; idle stretches make new ones; a stay has its own."""
    first = date(2021, 3, 1)
    past = _past(number, first)
    begin = days_on(past, 1)[0]
    end = _past(number, begin)
    days = (first, past, begin, days_on(end, -1)[0], end)
    given = f"{begin} 08:00 PatientAdmitted ST1\n"
    given += "".join(line(day, f"S{n}", number) for n, day in enumerate(days))
    denied = f"{number}.span"
    for option, expect in {
        "declared": {"S0": PAYS, "S1..S4": denied},
        "gap_90": {"S0..S4": PAYS},
        "admission": {"S0": PAYS, "S1": denied, "S2..S3": PAYS, "S4": denied},
    }.items():
        readings = {} if option == "declared" else {"episode": option}
        yield case(HOME, f"{SLUG[number]}: the clock of an episode", number, given, expect, readings=readings)


def _anchors(number: int) -> Iterator[Case]:
    """`span_anchor`: onset, first performed, first paid; the last day and the one past it of each."""
    onset, performed, paid = date(2021, 1, 10), date(2021, 2, 15), date(2021, 3, 1)
    given = f"2021-01-20 08:00 EpisodeOpened E1 onset={onset} {needs(number)}\n"
    given += line(performed, "V1", number, "sign=none") + line(paid, "S1", number)
    ends = [_past(number, anchor) for anchor in (onset, performed, paid)]
    days = [day for end in ends for day in days_on(end, -1, 0)]
    given += "".join(line(day, f"T{n}", number) for n, day in enumerate(days))
    for place, option in enumerate(("episode_onset", "first_performed", "first_paid")):
        expect = {"V1": "record.signed", "S1": PAYS} | {
            f"T{n}": PAYS if day < ends[place] else f"{number}.span" for n, day in enumerate(days)
        }
        readings = {} if option == "first_paid" else {"span_anchor": option}
        yield case(HOME, f"{SLUG[number]}: the anchor", number, given, expect, readings=readings)
