"""Corrections applied: what the facts say once every `EntryCorrected` that is known has had its word.

Nothing is edited or deleted: the log keeps the line and its corrections, and this module puts the two together for
whoever asks what is true now. Putting together and cutting off are two questions; this is the first. That a
correction is possible at all (the target is known, `old` is what earlier corrections left) was decided at the door,
in `ledger.treatment`, and so is what a field may hold.

Source: spec/journal.md, "Corrections".
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import msgspec

from ledger.treatment.corrections import PATIENT_FIELDS
from ledger.treatment.corrections import corrected as line_corrected
from ledger.treatment.facts import EntryCorrected, Fact, PatientFileOpened
from ledger.treatment.subjects import ATTRIBUTES, LINE_FIELDS, OPENED_BY, TARGETS, subject_field


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One field of one line, from what to what, since when it is known, by whom and why."""

    field: str
    old: Any
    new: Any
    at: datetime
    recorded_at: datetime
    practitioner: str
    reason: str


def recorded(fact: Fact) -> datetime:
    """When the source system wrote the line down: `recorded_at`, or `at` where it says nothing else."""
    return fact.recorded_at or fact.at


def corrected(
    facts: Sequence[Fact], corrections: Sequence[EntryCorrected]
) -> tuple[list[Fact], dict[int, list[Change]]]:
    """The facts with the given corrections applied, and what was changed, by place in `facts`.

    Corrections apply in order of `at` (ties as given). A correction whose target is not among `facts` changes
    nothing. A fact whose `at` is corrected keeps the instant at which it was written down: a correction moves what
    happened, never what was known when.
    """
    result = list(facts)
    changes: dict[int, list[Change]] = {}
    targets = _Targets(facts, {correction.target for correction in corrections})
    for correction in sorted(corrections, key=lambda c: c.at):
        for place in targets.places(correction, result):
            result[place] = _with(result[place], correction.field, correction.new)
            changes.setdefault(place, []).append(
                Change(
                    field=correction.field,
                    old=correction.old,
                    new=correction.new,
                    at=correction.at,
                    recorded_at=recorded(correction),
                    practitioner=correction.practitioner,
                    reason=correction.reason,
                )
            )
    return result, changes


def _with(fact: Fact, field: str, new: Any) -> Fact:
    now = line_corrected(fact, field, new)
    if field not in ("at", "recorded_at"):
        return now
    # As the door spells it: `recorded_at` stands only where it says something else than `at`.
    written = now.recorded_at if field == "recorded_at" else recorded(fact)
    return msgspec.structs.replace(now, recorded_at=None if written == now.at else written)


class _Targets:
    """Where the lines stand that a correction may mean. Built for the targets that are named, and no others."""

    def __init__(self, facts: Sequence[Fact], wanted: set[str]) -> None:
        self.by_line_id: dict[str, int] = {}
        by_subject: dict[str, list[tuple[bool, datetime, int]]] = {}
        for place, fact in enumerate(facts):
            if fact.id is not None and fact.id in wanted:
                self.by_line_id.setdefault(fact.id, place)
            field = _NAMED_BY.get(type(fact))
            if field is not None and (subject := getattr(fact, field)) in wanted:
                by_subject.setdefault(subject, []).append((type(fact) in OPENED_BY, fact.at, place))
        # First the line that introduces the subject, then what happened to it, in order of time.
        self.by_subject = {subject: [place for *_, place in sorted(lines)] for subject, lines in by_subject.items()}

    def places(self, correction: EntryCorrected, facts: Sequence[Fact]) -> Iterator[int]:
        """The line that the correction changes, and for what is the patient's own every other file of the patient."""
        first = self._first(correction.target, correction.field, facts)
        if first is None:
            return
        yield first
        file = facts[first]
        if isinstance(file, PatientFileOpened) and correction.field in PATIENT_FIELDS:
            for place, other in enumerate(facts):
                if place != first and isinstance(other, PatientFileOpened) and other.patient == file.patient:
                    yield place

    def _first(self, target: str, field: str, facts: Sequence[Fact]) -> int | None:
        line = self.by_line_id.get(target)
        if line is not None and field in ATTRIBUTES[type(facts[line])]:
            return line
        if field in LINE_FIELDS:
            return None
        return next((p for p in self.by_subject.get(target, ()) if field in ATTRIBUTES[type(facts[p])]), None)


_NAMED_BY = {line: subject_field(line) for lines in TARGETS.values() for line in lines}
