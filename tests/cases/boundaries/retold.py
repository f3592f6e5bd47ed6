"""The stories of the readings once more, of every other item whose clause asks for the same reading.

A story of one item tells the options of a reading apart for that item's clause; told of each of its neighbours, it does
so for theirs. The stories are those of the TOML files, with the item, its clause and its findings exchanged.
"""

from collections.abc import Iterator

from msgspec.structs import replace

from tests.cases.boundaries.making import CHILDREN, needs
from tests.cases.boundaries.national import ALL_29, NINE
from tests.cases.case import SHANGHAI, Case, written
from tests.cases.notice import EXTENDED, GAP, SLUG

HOME = "retold"
BALANCE, GAIT, HEMIPLEGIA, EMG, SCREENING = 14, 31, 2, 15, 26
CHILD = "born=2016-01-01"


def cases() -> Iterator[Case]:
    for one in written():
        if one.rulebook == NINE and one.reading == "episode" and SLUG[9] in one.given:
            yield replace(one, home=HOME, rulebook=ALL_29)
        if not one.reading or one.rulebook != SHANGHAI:
            continue
        if one.home == "readings-extension" and SLUG[BALANCE] in one.given:
            yield from (_told(one, BALANCE, number) for number in sorted(EXTENDED - {BALANCE}))
        if one.reading in ("gap_from", "gap_scope"):
            yield from (_told(one, GAIT, number) for number in sorted(GAP - {GAIT}))
            yield from (replace(_told(one, GAIT, number), rulebook=ALL_29) for number in (10, 12, 13))
        if one.reading == "episode" and SLUG[EMG] in one.given:
            yield _told(one, EMG, SCREENING)
            yield replace(one, home=HOME, rulebook=ALL_29)
        if one.home == "readings-exclusion" and SLUG[HEMIPLEGIA] in one.given:
            for number in (2, 3, 4):
                for told in (_told(one, HEMIPLEGIA, number), _turned(one, number)):
                    yield from (replace(told, rulebook=rulebook) for rulebook in (SHANGHAI, NINE, ALL_29))


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
