"""Whether what was signed is what is recorded: every field that a statement says against the lines it is about.

A field agrees with the line as it was written, or with what a correction made of it, whichever of them the signer saw:
only lines that lie before the signature in the log are asked. Values agree as they are spelled, a corrected one as its
correction spells it. FORMAT.md, "People's signatures", has the rule, and the verifier has it a second time, of its own.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from ledger.treatment.corrections import aim
from ledger.treatment.facts import (
    AssessmentRecorded,
    AssessmentSigned,
    Fact,
    PrescriptionIssued,
    SessionSigned,
    SessionStarted,
    SessionStopped,
)
from ledger.treatment.lines import ON_SHEET, Before, key_of, order_key
from ledger.treatment.refusal import Refusal
from ledger.treatment.state import State
from ledger.treatment.statements import NOT_SAID, Statement, says_assessment, says_session, says_sheet, spoken

_OF_START: Final = ("patient", "prescription", "order", "therapist", "institution")
_OF_ASSESSMENT: Final = ("type", *(field for field in AssessmentRecorded.__struct_encode_fields__
                                   if field not in NOT_SAID))  # fmt: skip


def session_said(act: State, sheet: State) -> dict[str, Any] | None:
    """What a statement about a stopped session says, as its lines stand; `None` where one, or the order, is missing."""
    started, stopped = _as_it_stands(act, SessionStarted), _as_it_stands(act, SessionStopped)
    issued = _as_it_stands(sheet, PrescriptionIssued)
    if started is None or stopped is None or issued is None:
        return None
    order = next((order for order in issued["orders"] if order["order"] == started["order"]), None)
    return None if order is None else says_session(started, stopped, order)


def assessment_said(act: State) -> dict[str, Any] | None:
    """What a statement about an assessment says, as its line stands; `None` where there is none."""
    recorded = _as_it_stands(act, AssessmentRecorded)
    return None if recorded is None else says_assessment(recorded)


def subjects_said(statement: Statement, fact: Fact) -> list[str]:
    """The subjects whose lines `disagreement` asks for: of the act signed, and of the sheet that a session names."""
    if isinstance(fact, SessionSigned):
        return [f"act:{fact.session}", f"prescription:{statement.says['prescription']}"]
    return [f"act:{fact.assessment}"] if isinstance(fact, AssessmentSigned) else []


def disagreement(statement: Statement, fact: Fact, before: Sequence[Before]) -> str | None:
    """The first field of `says` that is not what is recorded; `None` when all of it is.

    `fact` bears the signature; `before`: for each of `subjects_said` its lines that lie before the fact in the log.
    What is signed and has no line there is not recorded.
    """
    says = statement.says
    if isinstance(fact, PrescriptionIssued):
        said = says_sheet(fact)
        fields = dict.fromkeys((*said, *says))
        return next((field for field in fields if key_of(says.get(field)) != key_of(said.get(field))), None)
    if isinstance(fact, SessionSigned):
        return _of_session(says, fact.session, *before)
    if isinstance(fact, AssessmentSigned):
        return _of_assessment(says, fact.assessment, *before)
    return "kind"


def _of_session(says: dict[str, Any], session: str, act: Before, sheet: Before) -> str | None:
    if says["session"] != session:
        return "session"
    for field in _OF_START:
        if not act.had(SessionStarted, field, key_of(says[field]), session):
            return field
    order, named = says["order"], says["prescription"]
    if not sheet.had(PrescriptionIssued, "orders", order_key(order), named):
        return "order"
    for field in ON_SHEET:
        if not sheet.had(PrescriptionIssued, "orders", order_key(order, field, says[field]), named):
            return field
    if not act.had(SessionStarted, "at", key_of(says["started"]), session):
        return "started"
    for field, of_stop in (("stopped", "at"), ("effect", "effect")):
        if not act.holds(SessionStopped):
            if says[field] is not None:
                return field
        elif not act.had(SessionStopped, of_stop, key_of(says[field]), session):
            return field
    return None


def _of_assessment(says: dict[str, Any], assessment: str, act: Before) -> str | None:
    if says["assessment"] != assessment:
        return "assessment"
    for field in dict.fromkeys(("assessment", *_OF_ASSESSMENT, *says)):
        if not act.had(AssessmentRecorded, field, key_of(says.get(field)), assessment):
            return field
    return None


def _as_it_stands(state: State, line: type[Fact]) -> dict[str, Any] | None:
    """The fields of the subject's first line of this type: as written, each as its last correction spells it."""
    for index, written in enumerate(state.written):
        if type(written) is line:
            given = {field: new for field, new in _corrected(state, index) if field not in NOT_SAID}
            return {**spoken(written), **given}
    return None


def _corrected(state: State, index: int) -> Iterator[tuple[str, Any]]:
    for correction in state.corrections:
        try:
            if aim(state.written, correction) == index:
                yield correction.field, correction.new
        except Refusal:  # it names two lines; no such correction was taken
            continue
