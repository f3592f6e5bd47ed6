"""Whether what was signed is what is recorded: every field that a statement says against the lines it is about.

A field agrees with the line as it was written, or with what a correction made of it, whichever of them the signer saw:
only lines that lie before the signature in the log are asked. Values agree as they are spelled, a corrected one as its
correction spells it. FORMAT.md, "People's signatures", has the rule, and the verifier has it a second time, of its own.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec

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
from ledger.treatment.refusal import Refusal
from ledger.treatment.state import State, fold
from ledger.treatment.statements import NOT_SAID, Statement, says_assessment, says_session, says_sheet, spoken

_OF_START: Final = ("patient", "prescription", "order", "therapist", "institution")
_OF_ORDER: Final = ("item", "site", "method")
_spell = msgspec.json.Encoder(order="sorted").encode  # two values are one when they are spelled alike


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


def disagreement(statement: Statement, fact: Fact, before: Sequence[Sequence[Fact]]) -> str | None:
    """The first field of `says` that is not what is recorded; `None` when all of it is.

    `fact` bears the signature; `before`: for each of `subjects_said` its lines that lie before the fact in the log.
    """
    says = statement.says
    if isinstance(fact, PrescriptionIssued):
        said = says_sheet(fact)
        fields = dict.fromkeys((*said, *says))
        return next((field for field in fields if not _is_among(says.get(field), [said.get(field)])), None)
    if isinstance(fact, SessionSigned):
        return _of_session(says, fact.session, fold("act", before[0]), fold("prescription", before[1]))
    if isinstance(fact, AssessmentSigned):
        return _of_assessment(says, fact.assessment, fold("act", before[0]))
    return "kind"


def _of_session(says: Mapping[str, Any], session: str, act: State, sheet: State) -> str | None:
    if says["session"] != session:
        return "session"
    for field in _OF_START:
        if not _is_among(says[field], _values(act, SessionStarted, field)):
            return field
    orders = [
        order
        for orders in _values(sheet, PrescriptionIssued, "orders")
        for order in orders
        if order["order"] == says["order"]
    ]
    for field in _OF_ORDER:
        if not _is_among(says[field], [order[field] for order in orders]):
            return field
    for field, line, of_line in (
        ("started", SessionStarted, "at"), ("stopped", SessionStopped, "at"), ("effect", SessionStopped, "effect")
    ):  # fmt: skip
        if not _is_among(says[field], _values(act, line, of_line)):
            return field
    return None


def _of_assessment(says: Mapping[str, Any], assessment: str, act: State) -> str | None:
    recorded = act.written[0] if act.written else None
    if says["assessment"] != assessment or not isinstance(recorded, AssessmentRecorded):
        return "assessment"
    for field in dict.fromkeys((*spoken(recorded, *NOT_SAID), *says)):
        if not _is_among(says.get(field), _values(act, AssessmentRecorded, field)):
            return field
    return None


def _is_among(value: Any, values: Sequence[Any]) -> bool:
    spelled = _spell(value)
    return any(_spell(other) == spelled for other in values)


def _as_it_stands(state: State, line: type[Fact]) -> dict[str, Any] | None:
    """The fields of the subject's first line of this type: as written, each as its last correction spells it."""
    for index, written in enumerate(state.written):
        if type(written) is line:
            given = {field: new for field, new in _corrected(state, index) if field not in NOT_SAID}
            return {**spoken(written), **given}
    return None


def _values(state: State, line: type[Fact], field: str) -> list[Any]:
    """What the field of that line was: as it was written (null: left out), and as each correction spelled it."""
    for index, written in enumerate(state.written):
        if type(written) is line:
            return [spoken(written).get(field), *(new for name, new in _corrected(state, index) if name == field)]
    return []


def _corrected(state: State, index: int) -> Iterator[tuple[str, Any]]:
    for correction in state.corrections:
        try:
            if aim(state.written, correction) == index:
                yield correction.field, correction.new
        except Refusal:  # it names two lines; no such correction was taken
            continue
