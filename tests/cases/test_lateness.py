"""What is known later changes decisions only from then on; what is said later changes only what it is about.

On journals by chance that people voided, corrected, signed and wrote down late, under readings by chance.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, time, timedelta
from functools import cache
from itertools import pairwise
from random import Random

import msgspec
import pytest

from ledger.treatment import facts as f
from ledger.treatment.batch import Refused, decide_batch
from ledger.treatment.facts import EntryCorrected, Fact
from ledger.treatment.values import HOME
from projections.history import effective
from projections.rules.judge import judge
from projections.rules.rulebook import load_rulebook
from tests.cases.chance_themes import limbs, world
from tests.cases.late import belated, instants
from tests.cases.oracle import verdicts
from tests.cases.readings import LENIENT, READINGS, STRICT

BOOK = load_rulebook("shanghai-2017")
JOURNALS = 25
Decisions = dict[str, list[str]]


@cache
def late(seed: int) -> tuple[Fact, ...]:
    return tuple(belated(seed))


def chosen(chance: Random) -> dict[str, str]:
    some = {name: chance.choice(reading.options) for name, reading in READINGS.items()}
    return chance.choice(({}, STRICT, LENIENT, some, some))


def decided(lines: Sequence[Fact], readings: Mapping[str, str], **cut: datetime) -> Decisions:
    return {d.act: list(d.denied_by) for d in judge(effective(lines, **cut), BOOK, readings)}


def written_down(line: Fact) -> datetime:
    return line.recorded_at or line.at


# --- what names what, by the names of fields alone

KIND = {
    "institution": "institution", "practitioner": "person", "therapist": "person", "physician": "person",
    "assessors": "person", "patient": "patient", "stay": "stay", "episode": "episode", "prescription": "sheet",
    "session": "act", "assessment": "act", "act": "act",
}  # fmt: skip
INTRODUCES = {
    f.InstitutionRegistered: "institution", f.PractitionerRegistered: "practitioner", f.PatientFileOpened: "patient",
    f.PatientAdmitted: "stay", f.EpisodeOpened: "episode", f.PrescriptionIssued: "prescription",
    f.SessionStarted: "session", f.AssessmentRecorded: "assessment",
}  # fmt: skip
Name = tuple[str, str]


def introduced(lines: Iterable[Fact]) -> set[Name]:
    """What the lines bring into the world."""
    fields = ((line, INTRODUCES[type(line)]) for line in lines if type(line) in INTRODUCES)
    return {(KIND[field], getattr(line, field)) for line, field in fields}


def named(line: Fact) -> set[Name]:
    """What the line refers to, other than what it introduces itself."""
    found = set()
    for field, kind in KIND.items():
        value = getattr(line, field, None)
        if value is not None and INTRODUCES.get(type(line)) != field:
            found |= {(kind, one) for one in (value if isinstance(value, list) else [value])}
    return found


def known(lines: Sequence[Fact], at: datetime) -> list[Fact]:
    """What stood at that time, by hand: only what was written down by then, and nothing that names what was not."""
    there, everything = [line for line in lines if written_down(line) <= at], introduced(lines)
    while True:
        now = effective(there)
        gone = everything - introduced(now)
        corrections = [line for line in there if isinstance(line, EntryCorrected)]
        first_said = [line for line in there if not isinstance(line, EntryCorrected)]
        out = [line for line in corrections if named(line) & gone]  # whoever corrected is not known yet
        out = out or [line for line, reads in zip(first_said, now, strict=True) if named(reads) & gone]
        if not out:
            return now
        there = [line for line in there if line not in out]


# --- known later


@pytest.mark.parametrize("seed", range(JOURNALS))
def test_corrected_facts_are_judged_as_if_they_had_been_said_so(seed: int) -> None:
    readings = chosen(Random(seed))
    assert decided(late(seed), readings) == verdicts(effective(late(seed)), readings)


@pytest.mark.parametrize("seed", range(JOURNALS))
def test_as_known_then_is_what_was_written_down_by_then(seed: int) -> None:
    lines, chance = late(seed), Random(seed)
    for at in instants(lines, chance, 12):
        readings, then = chosen(chance), known(lines, at)
        assert effective(lines, as_known_at=at) == then
        assert decided(lines, readings, as_known_at=at) == decided(then, readings)


LEAVES: dict[str, tuple[type[Fact], ...]] = {
    "voiding": (f.SessionVoided, f.AssessmentVoided),
    "correction": (EntryCorrected,),
    "signature": (f.SessionSigned,),
    "stop": (f.SessionStopped,),
    "finding": (f.FindingsRecorded,),
    "fee": (f.FeeConfirmed,),
    "stopped prescription": (f.PrescriptionStopped,),
    "assessment": (f.AssessmentRecorded,),
}


@pytest.mark.parametrize("what", LEAVES)
def test_a_late_line_changes_decisions_only_from_the_time_it_is_known(what: str) -> None:
    """Before: as if it had never been said. From then on: as if it had been said at once. And it does change some."""
    changed = 0
    for seed in range(15):
        chance = Random(f"{what} {seed}")
        lines = belated(seed, {"fee": limbs, "finding": world, "stopped prescription": world}.get(what))
        those = [place for place, line in enumerate(lines) if isinstance(line, LEAVES[what])]
        for place in chance.sample(those, min(10 if what == "fee" else 3, len(those))):
            line = lines[place]
            since = line.at + timedelta(days=chance.choice((0, 2, 100)), seconds=1)
            late_line = msgspec.structs.replace(line, recorded_at=since)
            at_once = msgspec.structs.replace(line, recorded_at=None)
            without = [*lines[:place], *lines[place + 1 :]]
            told = [*lines[:place], late_line, *lines[place + 1 :]]
            if any(isinstance(verdict, Refused) for verdict in decide_batch(without)):
                continue  # something else stands on this line
            readings = {"winner": "dearest", "together": "same_episode"} if what == "fee" else chosen(chance)
            moment = timedelta(microseconds=1)
            before = decided(told, readings, as_known_at=since - moment)
            assert before == decided(without, readings, as_known_at=since - moment)
            prompt = [*lines[:place], at_once, *lines[place + 1 :]]
            for at in (since, since + timedelta(days=40)):
                assert decided(told, readings, as_known_at=at) == decided(prompt, readings, as_known_at=at)
            changed += decided(told, readings, as_known_at=since) != before
    assert changed > 0


# --- said in another order


@pytest.mark.parametrize("seed", range(JOURNALS))
def test_the_order_of_lines_does_not_matter_where_the_instants_differ(seed: int) -> None:
    lines, chance = late(seed), Random(seed)
    readings = chosen(chance)
    place = {line.at: chance.random() for line in lines}
    turned = sorted(lines, key=lambda line: place[line.at])
    assert decided(turned, readings) == decided(lines, readings)
    for at in instants(lines, chance, 3):
        assert decided(turned, readings, as_known_at=at) == decided(lines, readings, as_known_at=at)
        assert decided(turned, readings, as_of=at) == decided(lines, readings, as_of=at)


# --- the beginning, then the rest

ABOUT_THE_ACT = (f.SessionStopped, f.SessionSigned, f.SessionVoided, f.AssessmentVoided, f.FeeConfirmed)


def says_something_about(past: datetime, *, fees: bool) -> Callable[[Fact, Sequence[Fact]], bool]:
    """Whether a line after that instant is about what was before: about an act of then (its fee only with `fees`); a
    qualification or suspension that reaches back; or the very thing that a line of then names, so that only now that
    line can be understood."""

    def answer(line: Fact, earlier: Sequence[Fact]) -> bool:
        if isinstance(line, f.FeeConfirmed) and not fees:
            return False
        if isinstance(line, ABOUT_THE_ACT):
            return bool(named(line) & introduced(earlier))
        if isinstance(line, f.InstitutionQualified | f.PractitionerQualified):
            return line.valid_from <= past.date()
        if isinstance(line, f.InstitutionSuspended):
            return line.from_ <= past.date()
        return any(introduced([line]) & named(one) for one in earlier)

    return answer


@pytest.mark.parametrize("seed", range(JOURNALS))
def test_a_correction_counts_as_of_every_day(seed: int) -> None:
    """`as_of` asks what had happened, as it is known now: corrections first, then the cut."""
    lines = late(seed)
    for at in instants(lines, Random(seed), 6):
        assert effective(lines, as_of=at) == effective(effective(lines), as_of=at)


def test_a_decision_changes_only_when_something_is_said_about_the_past() -> None:
    """Judging the days up to one, then the rest: what was decided stays, but for what later lines say of those days.

    Only `winner=dearest` with `together=same_episode` looks ahead beyond a day, and is left out.
    """
    steady = 0
    for seed in range(JOURNALS):
        readings = chosen(Random(seed))
        if readings.get("together") == "same_episode":
            readings["winner"] = "first"
        lines = effective(late(seed))
        ends = [
            datetime.combine(day, time.max, HOME)
            for day in sorted({line.at.date() for line in lines if line.at.year > 2015})
        ]
        then = decided(lines, readings, as_of=ends[0])
        for end, following in pairwise(ends):
            now = decided(lines, readings, as_of=following)
            about = says_something_about(end, fees=readings.get("winner") == "dearest")
            earlier = [line for line in lines if line.at <= end]
            if not any(about(line, earlier) for line in lines if end < line.at <= following):
                assert {act: now[act] for act in then} == then, (seed, following)
                steady += 1
            then = now
    assert steady > 100
