"""Is what a person signed what is recorded? Field by field, against the lines that stood in the log before.

A line that the bundle does not hold (a session's bundle has no prescription sheet) is not held against the statement;
how often that was so is told. A line that came only after the signature is: nobody can have seen it. FORMAT.md,
"People's signatures", step 5; and "Not covered", for what a right signature does not cover.
"""

from collections.abc import Iterator
from typing import NamedTuple

from ledger.verify.record import ON_SHEET, Line, Record, order_key
from ledger.verify.statements import LEFT_OUT, Statement
from ledger.verify.strict_json import canonical

_ABOUT = {
    "session": {"SessionStarted": "session", "SessionStopped": "session", "PrescriptionIssued": "prescription"},
    "assessment": {"AssessmentRecorded": "assessment"},
    "prescription": {"PrescriptionIssued": "prescription"},
}
"""By kind of statement the lines that it is about, and the field of `says` by which they are found."""
_VOIDED = {"session": "SessionVoided", "assessment": "AssessmentVoided"}
_STARTED = ("patient", "prescription", "order", "therapist", "institution")
_ASSESSED = ("type", "at", "assessment", "patient", "episode", "item", "institution", "stay", "assessors", "results",
             "outcome", "findings", "serves")  # fmt: skip


class Agreement(NamedTuple):
    """The first field in which statement and record differ, if any, and whether all could be compared."""

    differs: str | None
    whole: bool = True


class _Compared(NamedTuple):
    """A field of `says` with the key of its value, and the field of the line that it is held against."""

    said: str
    key: str
    line: Line
    about: object
    field: str


def agreement(statement: Statement, signed: Line, record: Record, subject: str = "") -> Agreement:
    """How the statement agrees with what was recorded at lower indexes than the entry that it is signed in.

    `subject`: the bundle's. The stream of a practitioner lacks the stop of a session that was taken from them.
    """
    if statement.kind in ("prescription", "erasure"):
        found = Agreement(_differs_here(statement, signed.fact))
    else:
        found = _with_lines(statement, signed, record, subject)
    if found.differs is None:
        for kind, index in _seconds(statement, record):
            if index <= signed.index:  # a sheet is signed in the line itself
                return Agreement(f"there are two {kind}")
    return found


def _with_lines(statement: Statement, signed: Line, record: Record, subject: str) -> Agreement:
    """How a session's statement, or an assessment's, agrees with the first line of each kind."""
    says, below = statement.says, signed.index
    if canonical(says.get(statement.kind)) != canonical(signed.fact.get(statement.kind)):
        return Agreement(statement.kind)
    lines = _lines(statement, record)
    needed = {kind: line for kind, line in lines.items() if kind != "SessionStopped"}
    for kind, line in needed.items():
        if line is not None and line.index > below:
            return Agreement(f"{kind} stands in the log only after it")
    differs = next(
        (each.said for each in _compared(statement, lines, below)
         if not record.had(each.line, each.about, each.field, each.key, below)), None,
    )  # fmt: skip
    whole = all(needed.values())
    if differs is None and statement.kind == "session":
        started, stopped = lines["SessionStarted"], lines["SessionStopped"]
        if (
            stopped is None
            and started is not None
            and subject.startswith("practitioner:")
            and (record.corrected(started, says["session"], "therapist", below))
        ):
            return Agreement(None, whole=False)
        if stopped.index > below if stopped is not None else started is not None:
            differs = next((said for said in ("stopped", "effect") if says[said] is not None), None)
    return Agreement(differs, whole)


def is_current(statement: Statement, signed: Line, record: Record) -> bool:
    """Whether the statement says what stood when it was signed, and nothing of that was corrected afterwards.

    A sheet says itself, as it is written: there a correction counts wherever it stands.
    """
    lines, index = _lines(statement, record), signed.index
    if statement.kind == "prescription":
        return not any(record.corrected_after(target, -1) for target in (statement.says["prescription"],
                                                                         signed.fact.get("id")))  # fmt: skip
    for each in _compared(statement, lines, index):
        if not record.stands(each.line, each.about, each.field, each.key, index):
            return False
    sheet = lines.pop("PrescriptionIssued", None) if statement.kind == "session" else None
    targets = [statement.says.get(statement.kind), *(line.fact.get("id") for line in lines.values() if line)]
    orders = [statement.says["prescription"], sheet and sheet.fact.get("id")] if statement.kind == "session" else []
    return not (
        any(record.corrected_after(target, index) for target in targets)
        or any(record.corrected_after(target, index, "orders") for target in orders)
    )


def is_stopped_after(statement: Statement, signed: Line, record: Record) -> bool:
    """Whether the session was stopped after it was signed: the signature does not cover the stop."""
    stopped = record.line("SessionStopped", statement.says["session"]) if statement.kind == "session" else None
    return stopped is not None and stopped.index > signed.index


def has_second_lines(statement: Statement, record: Record) -> bool:
    """Whether a line that it is about is there twice; of a right signature, the second stands after it."""
    return next(_seconds(statement, record), None) is not None


def is_voided(statement: Statement, record: Record) -> bool:
    """Whether a line says of what was signed that it was not performed."""
    kind = _VOIDED.get(statement.kind)
    return kind is not None and record.line(kind, statement.says[statement.kind]) is not None


def is_by_own(statement: Statement) -> bool:
    """Whether it is signed by whoever did it, as it says: the session's therapist, one of the assessors."""
    says = statement.says
    if statement.kind == "session":
        return says["therapist"] == statement.signer
    assessors = says.get("assessors")
    return statement.kind != "assessment" or (isinstance(assessors, list) and statement.signer in assessors)


def _lines(statement: Statement, record: Record) -> dict[str, Line | None]:
    """The lines that the statement is about, by type."""
    about = _ABOUT.get(statement.kind, {})
    return {kind: record.line(kind, statement.says.get(name)) for kind, name in about.items()}


def _seconds(statement: Statement, record: Record) -> Iterator[tuple[str, int]]:
    """Of the lines that the statement is about, which are there twice: the type, and the index of the second."""
    for kind, name in _ABOUT.get(statement.kind, {}).items():
        index = record.second(kind, statement.says.get(name))
        if index is not None:
            yield kind, index


def _compared(statement: Statement, lines: dict[str, Line | None], below: int) -> Iterator[_Compared]:
    """What is held against lines below the index."""
    says = statement.says

    def of(kind: str, said: str, about: object, field: str, key: str | None = None) -> Iterator[_Compared]:
        line = lines.get(kind)
        if line is not None and line.index < below:
            yield _Compared(said, canonical(says.get(said)) if key is None else key, line, about, field)

    if statement.kind == "assessment":
        for field in dict.fromkeys((*says, *_ASSESSED)):
            yield from of("AssessmentRecorded", field, says.get("assessment"), field)
    elif statement.kind == "session":
        session, sheet, order = says["session"], says["prescription"], says["order"]
        for field in _STARTED:
            yield from of("SessionStarted", field, session, field)
        yield from of("SessionStarted", "started", session, "at")
        yield from of("SessionStopped", "stopped", session, "at")
        yield from of("SessionStopped", "effect", session, "effect")
        yield from of("PrescriptionIssued", "order", sheet, "orders", order_key(order))
        for field in ON_SHEET:
            yield from of("PrescriptionIssued", field, sheet, "orders", order_key(order, field, says[field]))


def _differs_here(statement: Statement, fact: dict[str, object]) -> str | None:
    """The first field of a sheet or an erasure that is otherwise in the very entry that bears the signature."""
    says, left_out = statement.says, LEFT_OUT.get(statement.kind)
    fields = says if left_out is None else dict.fromkeys((*says, *(each for each in fact if each not in left_out)))
    return next((each for each in fields if canonical(says.get(each)) != canonical(fact.get(each))), None)
