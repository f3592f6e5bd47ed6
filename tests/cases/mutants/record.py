"""Mutants of record.*: each clause, each condition in it, and each of its ends a day or a minute off.

These conditions stand in code and not in a rulebook, so each is neutralised by a patch that makes just this one hold,
whatever the record says; the words are those of the project's table of record clauses.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta
from typing import Any

from msgspec.structs import replace

from projections.rules import evidence, joining
from projections.rules.acts import Act, Person, Stay
from projections.rules.calendar import add_days
from projections.rules.record import RECORD as CLAUSES
from projections.rules.record import Record
from tests.cases.mutants import standing_in as other
from tests.cases.mutants.mutant import RECORD, SHIFTED, Mutant, Patch
from tests.cases.mutants.standing_in import changed, institution_like, physician_changed, staff_changed

MINUTE = timedelta(minutes=1)
Situation = Callable[[Act], AbstractContextManager[None]]


def of_record(rulebook: str) -> Iterator[Mutant]:
    """Every mutant of the clauses of the record."""
    for clause in CLAUSES:
        yield _dropped(rulebook, clause, f"{clause} dropped", lambda act: True)
    for name, clause, when in _EXCUSED:
        yield _dropped(rulebook, clause, f"{clause}: {name}", when)
    for name, clause, situation in _SITUATIONS:
        kind = SHIFTED if "one later" in name or "one earlier" in name else RECORD
        yield Mutant(kind, f"{clause}: {name}", rulebook, frozenset({clause}), patches=(_judged_in(situation),))
    for name, clause, patch in _JOINED:
        kind = SHIFTED if "one later" in name or "one earlier" in name else RECORD
        yield Mutant(kind, f"{clause}: {name}", rulebook, frozenset({clause}), patches=(patch,))
    both = {"physician_scope": "both"}
    for name, change in (("qualification", other.without("training")), ("training", other.trained)):
        if name == "qualification":
            change = _qualified
        patch = _judged_in(lambda act, change=change: physician_changed(act, change))  # type: ignore[misc]
        about = frozenset({"record.physician"})
        yield Mutant(RECORD, f"record.physician: {name} not asked, both", rulebook, about, both, patches=(patch,))


def _qualified(person: Any) -> Any:
    whoever = other.whoever(person)
    whoever.scopes = [("rehabilitation", whoever.scopes[0][1], None), *person.scopes]
    return whoever


def _dropped(rulebook: str, clause: str, name: str, when: Callable[[Act], bool]) -> Mutant:
    """The clause holds where it would fail, if the act is such a one."""

    def judging(old: Any) -> Any:
        def judge(self: Record, act: Act, staffed: bool) -> list[Any]:
            findings = old(self, act, staffed)
            return [replace(f, holds=True) if f.clause == clause and when(act) else f for f in findings]

        return judge

    return Mutant(RECORD, name, rulebook, frozenset({clause}), patches=(Patch(Record, "judge", judging),))


def _judged_in(situation: Situation) -> Patch:
    """The record is judged as if the situation were so; what was settled of a sheet before is asked again."""

    def judging(old: Any) -> Any:
        def judge(self: Record, act: Act, staffed: bool) -> Any:
            self._physicians.clear()
            with situation(act):
                return old(self, act, staffed)

        return judge

    return Patch(Record, "judge", judging)


_EXCUSED: list[tuple[str, str, Callable[[Act], bool]]] = [
    ("no stop asked", "record.stopped", lambda act: act.stop is None),
    ("a stop at the start serves", "record.stopped", lambda act: act.stop == act.at),
    ("no signature asked", "record.signed", lambda act: act.signature_problem == "not recorded"),
    ("anybody may sign", "record.signed", lambda act: act.signature_problem == "not by the session's own therapist"),
    ("signed before the stop", "record.signed", lambda act: act.signature_problem == "before the stop"),
    ("no assessor asked", "record.signed", lambda act: act.kind == "assessment"),
    ("any order serves, or none", "record.prescription", lambda act: act.order is None),
    ("an unknown stay serves", "record.stay", lambda act: act.stay_problem == "unknown stay"),
    ("another's stay serves", "record.stay", lambda act: act.stay_problem == "a stay of another patient"),
    ("named, started outside it", "record.stay", lambda act: act.stay_problem == "started outside the stay"),
    ("inpatient without one", "record.stay", lambda a: a.stay_problem == "not recorded" and a.setting == "inpatient"),
    ("home bed without one", "record.stay", lambda a: a.stay_problem == "not recorded" and a.setting == "home_bed"),
]


def _sheet(**values: Callable[[Act], Any]) -> Situation:
    """The act's prescription sheet were otherwise."""
    return lambda act: (
        nullcontext()
        if act.order is None
        else changed(act.order.sheet, **{name: value(act) for name, value in values.items()})
    )


def _order(**values: Callable[[Act], Any]) -> Situation:
    return lambda act: (
        nullcontext()
        if act.order is None
        else changed(act.order, **{name: value(act) for name, value in values.items()})
    )


def _until(days: int) -> Callable[[Act], Any]:
    return lambda act: act.order and act.order.sheet.valid_until and add_days(act.order.sheet.valid_until, days)


def _issued(by: timedelta) -> Callable[[Act], Any]:
    return lambda act: act.order and act.order.sheet.issued + by


def _stopped(by: timedelta) -> Callable[[Act], Any]:
    return lambda act: act.order and act.order.stopped and act.order.stopped + by


def _times(by: int) -> Callable[[Act], Any]:
    return lambda act: act.order and act.order.times and act.order.times + by


def _issued_day(by: int) -> Callable[[Act], Any]:
    return lambda act: act.order and add_days(act.order.sheet.issued_day, by)


def _people(change: other.Change) -> Situation:
    return lambda act: staff_changed(act, change)


def _doctor(change: other.Change) -> Situation:
    return lambda act: physician_changed(act, change)


def _place(**lists: Callable[[Any], Any]) -> Situation:
    return lambda act: changed(
        act, institution=institution_like(act.institution, **{n: made(act.institution) for n, made in lists.items()})
    )


def _ends(name: str, begin: int, end: int) -> Callable[[Any], Any]:
    """Stretches of the register that begin, or end, so many days later."""
    return lambda place: [(w, add_days(b, begin), e and add_days(e, end)) for w, b, e in getattr(place, name)]


_SITUATIONS: list[tuple[str, str, Situation]] = [
    ("another patient's sheet serves", "record.prescription", _sheet(patient=lambda act: act.patient)),
    ("issued afterwards", "record.prescription", _sheet(issued=lambda act: act.at)),
    ("issued one later", "record.prescription", _sheet(issued=_issued(MINUTE))),
    ("issued one earlier", "record.prescription", _sheet(issued=_issued(-MINUTE))),
    ("stopped or not", "record.prescription", _order(stopped=lambda act: None)),
    ("stopped one later", "record.prescription", _order(stopped=_stopped(MINUTE))),
    ("stopped one earlier", "record.prescription", _order(stopped=_stopped(-MINUTE))),
    ("past valid_until", "record.prescription", _sheet(valid_until=lambda act: None)),
    ("valid_until one later", "record.prescription", _sheet(valid_until=_until(1))),
    ("valid_until one earlier", "record.prescription", _sheet(valid_until=_until(-1))),
    ("times one later", "record.times", _order(times=_times(1))),
    ("times one earlier", "record.times", _order(times=_times(-1))),
    ("any profession", "record.physician", _doctor(other.without_profession)),
    ("neither qualification nor training", "record.physician", _doctor(other.whoever)),
    ("any scope", "record.physician", _doctor(other.any_scope)),
    ("rehabilitation does not count", "record.physician", _doctor(other.without("rehabilitation"))),
    ("tcm does not count", "record.physician", _doctor(other.without("tcm"))),
    ("training does not count", "record.physician", _doctor(other.without("training"))),
    ("at any time", "record.physician", _doctor(other.at_any_time)),
    ("on the day of the session", "record.physician", _sheet(issued_day=lambda act: act.day)),
    ("valid_from one later", "record.physician", _doctor(other.from_day(1))),
    ("valid_from one earlier", "record.physician", _doctor(other.from_day(-1))),
    ("valid_until one later", "record.physician", _doctor(other.until_day(1))),
    ("valid_until one earlier", "record.physician", _doctor(other.until_day(-1))),
    ("any scope", "record.therapist", _people(other.any_scope)),
    ("rehabilitation does not count", "record.therapist", _people(other.without("rehabilitation"))),
    ("tcm does not count", "record.therapist", _people(other.without("tcm"))),
    ("at any time", "record.therapist", _people(other.at_any_time)),
    ("the first assessor alone", "record.therapist", lambda act: changed(act, staff=act.staff[:1])),
    ("the last assessor alone", "record.therapist", lambda act: changed(act, staff=act.staff[-1:])),
    ("valid_from one later", "record.therapist", _people(other.from_day(1))),
    ("valid_from one earlier", "record.therapist", _people(other.from_day(-1))),
    ("valid_until one later", "record.therapist", _people(other.until_day(1))),
    ("valid_until one earlier", "record.therapist", _people(other.until_day(-1))),
    ("qualified or not", "record.institution", _place(qualified=lambda place: [("tcm", _ANY_DAY, None)])),
    ("at any time", "record.institution", _place(qualified=lambda p: [(s, _ANY_DAY, None) for s, _, _ in p.qualified])),
    ("tcm does not count", "record.institution", _place(qualified=lambda p: [q for q in p.qualified if q[0] != "tcm"])),
    ("rehabilitation does not count", "record.institution",
     _place(qualified=lambda p: [q for q in p.qualified if q[0] == "tcm"])),
    ("valid_from one later", "record.institution", _place(qualified=_ends("qualified", 1, 0))),
    ("valid_from one earlier", "record.institution", _place(qualified=_ends("qualified", -1, 0))),
    ("valid_until one later", "record.institution", _place(qualified=_ends("qualified", 0, 1))),
    ("valid_until one earlier", "record.institution", _place(qualified=_ends("qualified", 0, -1))),
    ("suspended or not", "record.institution", _place(suspended=lambda place: [])),
    ("suspended from, one later", "record.institution", _place(suspended=_ends("suspended", 1, 0))),
    ("suspended from, one earlier", "record.institution", _place(suspended=_ends("suspended", -1, 0))),
    ("suspended until, one later", "record.institution", _place(suspended=_ends("suspended", 0, 1))),
    ("suspended until, one earlier", "record.institution", _place(suspended=_ends("suspended", 0, -1))),
    ("suspended without end", "record.institution",
     _place(suspended=lambda p: [(w, b, None) for w, b, _ in p.suspended])),
    ("a reinstatement lifts nothing", "record.institution", _place(reinstated=lambda place: [])),
    ("a reinstatement lifts at once", "record.institution",
     _place(suspended=lambda p: [(w, b, e) for w, b, e in p.suspended if not any(w < r for r in p.reinstated)])),
    ("a reinstatement lifts later suspensions", "record.institution",
     _place(reinstated=lambda p: [(at, place + 10**9) for at, place in p.reinstated],
            suspended=lambda p: [((_long_ago(w), w[1]), b, e) for w, b, e in p.suspended])),
    ("reinstated one later", "record.institution",
     _place(reinstated=lambda p: [(at + MINUTE, place) for at, place in p.reinstated])),
    ("reinstated one earlier", "record.institution",
     _place(reinstated=lambda p: [(at - MINUTE, place) for at, place in p.reinstated])),
]  # fmt: skip
_ANY_DAY = other.date.min


def _long_ago(written: Any) -> Any:
    return written[0].replace(year=1990)


def _signed(old: Any, stop: timedelta) -> Any:
    """The stop, as signatures see it, a little off."""
    return lambda therapist, at, signatures: old(therapist, at and at + stop, signatures)


def _recounted(by_sheet: bool) -> Callable[[Any], Any]:
    """What counts towards `times`: the voided too, or all of the sheet."""

    def joining_(old: Any) -> Any:
        def join(*given: Any) -> list[Act]:
            acts: list[Act] = old(*given)
            seen: dict[object, int] = {}
            for act in acts:
                if act.order is not None:
                    key = act.order.sheet if by_sheet else act.order
                    act.earlier = seen.get(key, 0)
                    if not (by_sheet and act.voided):
                        seen[key] = act.earlier + 1
            return acts

        return join

    return joining_


def _covering(begin: timedelta, end: timedelta) -> Patch:
    """Stays begin, and end, a little later."""

    def covers(old: Any) -> Any:
        def covers(stay: Stay, at: Any) -> bool:
            with changed(stay, begin=stay.begin + begin, end=stay.end and stay.end + end):
                return bool(old(stay, at))

        return covers

    return Patch(Stay, "covers", covers)


def _lying(found: Callable[[Person, str, Any], Stay | None]) -> Patch:
    return Patch(Person, "stay_at", lambda old: found)


def _first_begun(person: Person, institution: str, at: Any) -> Stay | None:
    there = [stay for stay in person.stays if stay.institution == institution and stay.covers(at)]
    return min(there, key=lambda stay: stay.begin, default=None)


def _anywhere(person: Person, institution: str, at: Any) -> Stay | None:
    return max((stay for stay in person.stays if stay.covers(at)), key=lambda stay: stay.begin, default=None)


def _patch(name: str, made: Callable[[Any], Any]) -> Patch:
    return Patch(joining, name, made)


_NONE = timedelta()
_JOINED: list[tuple[str, str, Patch]] = [
    ("the stop one later", "record.signed", _patch("_signature_problem", lambda old: _signed(old, MINUTE))),
    ("the stop one earlier", "record.signed", _patch("_signature_problem", lambda old: _signed(old, -MINUTE))),
    ("the first signature alone", "record.signed",
     _patch("_signature_problem", lambda old: lambda who, stop, signed: old(who, stop, list(signed)[:1]))),
    ("the last signature alone", "record.signed",
     _patch("_signature_problem", lambda old: lambda who, stop, signed: old(who, stop, list(signed)[-1:]))),
    ("without a stop nothing is signed", "record.signed",
     _patch("_signature_problem", lambda old: lambda who, stop, signed: old(who, stop, signed) if stop else "before")),
    ("voided ones count", "record.times", Patch(evidence, "join", _recounted(False))),
    ("the sheet counts", "record.times", Patch(evidence, "join", _recounted(True))),
    ("the admission one later", "record.stay", _covering(MINUTE, _NONE)),
    ("the admission one earlier", "record.stay", _covering(-MINUTE, _NONE)),
    ("the discharge one later", "record.stay", _covering(_NONE, MINUTE)),
    ("the discharge one earlier", "record.stay", _covering(_NONE, -MINUTE)),
    ("a stay at another institution serves", "record.stay", _lying(_anywhere)),
    ("no act lies in a stay it does not name", "record.stay", _lying(lambda *given: None)),
    ("of two stays the first begun", "11.stay", _lying(_first_begun)),
]  # fmt: skip
