"""One patient's history, a row a line: when it happened, when it was written down, what, by whom, what corrected."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from ledger.treatment.facts import AssessmentRecorded, Fact
from ledger.treatment.subjects import introduces
from projections.history.corrections import Change, recorded
from projections.history.standing import references, standing

_BY_WHOM = ("practitioner", "therapist", "physician")


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a patient's history. `place` is where the line stands in the facts asked about, from 0.

    `fact` is the line as corrections left it; `changes` says what they changed, in the order in which they apply.
    """

    place: int
    at: datetime
    recorded_at: datetime
    what: str
    by: tuple[str, ...]
    fact: Fact
    changes: tuple[Change, ...] = ()


def history(
    facts: Sequence[Fact], patient: str, *, as_of: datetime | None = None, as_known_at: datetime | None = None
) -> list[Row]:
    """One patient's rows, in order of when they happened (ties in journal order).

    What concerns a patient is what names them, and what names a session, assessment, prescription, episode or stay
    of theirs. A line that a correction moved to another patient is a row of that other patient's.
    """
    lines = standing(facts, as_of, as_known_at)
    theirs = _ids_of(patient, (line.fact for line in lines))
    rows = [
        Row(
            place=place,
            at=fact.at,
            recorded_at=recorded(fact),
            what=type(fact).__name__,
            by=_by(fact),
            fact=fact,
            changes=changes,
        )
        for place, fact, changes in lines
        if _concerns(fact, patient, theirs)
    ]
    return sorted(rows, key=lambda row: row.at)


def _concerns(fact: Fact, patient: str, theirs: set[str]) -> bool:
    """A line that names a patient is that patient's, whatever else it names (a session on another's sheet, say)."""
    named: str | None = getattr(fact, "patient", None)
    return named == patient if named is not None else any(key in theirs for key in references(fact))


def _ids_of(patient: str, facts: Iterable[Fact]) -> set[str]:
    """Every session, assessment, prescription, episode and stay that is the patient's."""
    return {own for f in facts if getattr(f, "patient", None) == patient and (own := introduces(f)) is not None}


def _by(fact: Fact) -> tuple[str, ...]:
    """Who did it: the persons that the fact itself names, else who made the entry, if the line says."""
    if isinstance(fact, AssessmentRecorded):
        return tuple(fact.assessors)
    named = next((value for field in _BY_WHOM if (value := getattr(fact, field, None)) is not None), fact.actor)
    return () if named is None else (named,)
