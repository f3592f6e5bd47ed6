"""Is what a person signed what is recorded? Field by field, against the lines that stood in the log before.

A line that the bundle does not hold (a session's bundle has no prescription sheet) is not held against the statement;
how often that was so is told. FORMAT.md, "People's signatures", step 5.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ledger.verify.record import Line, Record
from ledger.verify.statements import LEFT_OUT, Statement
from ledger.verify.strict_json import same

_STARTED = ("patient", "prescription", "order", "therapist", "institution")
_ON_SHEET = ("item", "site", "method")


class Agreement(NamedTuple):
    """The first field in which statement and record differ, if any, and whether all could be compared."""

    differs: str | None
    whole: bool = True


def agreement(statement: Statement, signed: Line, record: Record) -> Agreement:
    """How the statement agrees with what was recorded at lower indexes than the entry that it is signed in."""
    says, fact = statement.says, signed.fact
    match statement.kind:
        case "session":
            if not same(says["session"], fact.get("session")):
                return Agreement("session")
            return _of_session(says, signed.index, record)
        case "assessment":
            if not same(says.get("assessment"), fact.get("assessment")):
                return Agreement("assessment")
            assessment = says.get("assessment")
            lines = record.lines("AssessmentRecorded", assessment, signed.index)
            fields = _fields(says, lines, LEFT_OUT["assessment"])
            differs = _first_differing(says, fields, lines, record, assessment, signed.index)
            return Agreement(differs, whole=bool(lines))
        case "prescription":
            fields = _fields(says, [signed], LEFT_OUT["prescription"])
        case _:
            fields = list(says)
    return Agreement(next((field for field in fields if not same(says.get(field), fact.get(field))), None))


def _of_session(says: dict[str, object], below: int, record: Record) -> Agreement:
    session = says["session"]
    started = record.lines("SessionStarted", session, below)
    stopped = record.lines("SessionStopped", session, below)
    sheets = record.lines("PrescriptionIssued", says["prescription"], below)
    whole = bool(started and sheets)
    if differs := _first_differing(says, _STARTED, started, record, session, below):
        return Agreement(differs, whole)
    if started and not _is_among(says["started"], _values("at", started, record, session, below)):
        return Agreement("started", whole)
    for field, recorded in (("stopped", "at"), ("effect", "effect")):
        values = _values(recorded, stopped, record, session, below) if stopped else iter([None])
        if (stopped or started) and not _is_among(says[field], values):
            return Agreement(field, whole)
    if not sheets:
        return Agreement(None, whole)
    orders = [
        element
        for written in _values("orders", sheets, record, says["prescription"], below)
        if isinstance(written, list)
        for element in written
        if isinstance(element, dict) and same(element.get("order"), says["order"])
    ]
    for field in _ON_SHEET:
        if not _is_among(says[field], (element.get(field) for element in orders)):
            return Agreement(field if orders else "order", whole)
    return Agreement(None, whole)


def _first_differing(
    says: dict[str, object], fields: Iterable[str], lines: list[Line], record: Record, thing: object, below: int
) -> str | None:
    """The first field of which no line, and no correction, has the value said; None where there is no line."""
    if not lines:
        return None
    return next(
        (field for field in fields if not _is_among(says.get(field), _values(field, lines, record, thing, below))), None
    )


def _values(field: str, lines: list[Line], record: Record, thing: object, below: int) -> Iterator[object]:
    """What the field was: as each line was written, and as corrections of the thing or of a line's id gave it."""
    for line in lines:
        yield line.fact.get(field)
    ids = [line.fact["id"] for line in lines if isinstance(line.fact.get("id"), str)]
    yield from record.given(field, [thing, *ids], below)


def _fields(says: dict[str, object], lines: list[Line], left_out: frozenset[str]) -> list[str]:
    recorded = [field for line in lines for field in line.fact if field not in left_out]
    return list(dict.fromkeys([*says, *recorded]))


def _is_among(value: object, values: Iterable[object]) -> bool:
    return any(same(value, other) for other in values)
