"""Decisions about corrections: nothing is edited, and not everything may be corrected.

A correction names the value it replaces, so that corrections of a field form a chain in order of `at`, and two
people cannot correct each other unknowingly. Anyone registered may correct.
"""

import msgspec

from ledger.treatment.corrections import PATIENT_FIELDS, aim, parse_value
from ledger.treatment.facts import (
    AssessmentRecorded,
    AssessmentSigned,
    AssessmentVoided,
    EntryCorrected,
    Fact,
    PatientFileOpened,
    SessionSigned,
    SessionStarted,
    SessionStopped,
    SessionVoided,
)
from ledger.treatment.prescriptions import check_orders_stay
from ledger.treatment.refusal import Refusal, refuse
from ledger.treatment.sessions import void_of
from ledger.treatment.state import State, evolve
from ledger.treatment.statements import SIGNED, is_statement
from ledger.treatment.subjects import ATTRIBUTES, INTRODUCED_BY, INTRODUCING, subject_field

_ACT_LINES = (
    SessionStarted, SessionStopped, SessionSigned, SessionVoided, AssessmentRecorded, AssessmentSigned, AssessmentVoided
)  # fmt: skip


def amend(state: State, correction: EntryCorrected) -> State:
    """The state with the correction applied, where the correction itself is in order.

    Whether what it leaves can have happened is asked of the state afterwards. Raises `Refusal`.
    """
    index = aim(state.written, correction)
    if index is None:
        refuse("target", f"no line of {correction.target!r} that has {correction.field!r} is known, expected one")
    line = state.now[index]
    _check_field(line, correction.field)
    _check_signer_stays(state.written[index], correction.field)
    _check_signs_nothing(correction)
    _check_not_voided(state, line, correction)
    _check_latest(state, index, correction)
    _check_old(state, index, correction)
    after = evolve(state, correction)
    if correction.field == "orders":
        check_orders_stay(line, after.now[index])
    return after


def check_aims(before: State, after: State) -> None:
    """A line that arrives late leaves every correction its line: none may come before the one that was meant."""
    for correction in before.corrections:
        meant, means = aim(before.written, correction), aim(after.written, correction)
        if meant is None or means is None or after.written[means] != before.written[meant]:
            refuse(
                "at",
                f"a later line of its kind was corrected at {correction.at.isoformat()} as the first, "
                "expected an instant after that line's",
            )


def _check_field(line: Fact, field: str) -> None:
    cls = type(line)
    if field in ("type", "id") or (field == subject_field(cls) and (cls in INTRODUCING or cls in INTRODUCED_BY)):
        refuse("field", f"{field!r} says which record a {cls.__name__} is of, expected a field that can be corrected")


def _check_signs_nothing(correction: EntryCorrected) -> None:
    """What is signed is checked in the line that it is signed in; a correction would put it past that."""
    if correction.field == "signature" and isinstance(correction.new, str) and is_statement(correction.new):
        refuse("new", "a signed statement is recorded by a signature's own line, expected no statement here")


def _check_signer_stays(written: Fact, field: str) -> None:
    """Who signed is proven by the signature, whatever a correction says; one that was mistaken is signed anew."""
    kind, signer = SIGNED.get(type(written), ("", ""))
    if field == signer and is_statement(getattr(written, "signature", None)):
        refuse("field", f"{field!r} says who signed this {kind}'s statement, expected a field that it does not prove")


def _check_not_voided(state: State, line: Fact, correction: EntryCorrected) -> None:
    void = void_of(state) if isinstance(line, _ACT_LINES) else None
    if void is not None and void.at <= correction.at:
        refuse("target", f"the act was voided at {void.at.isoformat()}, expected one that stands: it is not corrected")


def _check_latest(state: State, index: int, correction: EntryCorrected) -> None:
    """Corrections of a field apply in order of `at`; one that comes late may not slip in between."""
    for earlier in state.corrections:
        if earlier.field == correction.field and earlier.at > correction.at:
            shared = correction.field in PATIENT_FIELDS and type(state.written[index]) is PatientFileOpened
            if shared or aim(state.written, earlier) == index:
                refuse(
                    "at",
                    f"{correction.field} was already corrected at {earlier.at.isoformat()}, "
                    "expected a correction that is not before that",
                )


def _check_old(state: State, index: int, correction: EntryCorrected) -> None:
    """`old` is the value that earlier corrections left; null is a field that the line left out."""
    field, written, line = correction.field, state.written[index], state.now[index]
    current = [getattr(line, ATTRIBUTES[type(line)][field])]
    if field == "recorded_at" and written.recorded_at is None and (line.recorded_at or line.at) == written.at:
        current += [None, written.at]  # left out means the line's `at` as written, also when that was corrected since
    if field in PATIENT_FIELDS and isinstance(line, PatientFileOpened):
        # Until it is corrected, a category stands in some files of the patient and is left out in others.
        current += [getattr(file, field) for file in state.now if getattr(file, field) is not None]
    try:
        old = parse_value(type(line), field, correction.old)
    except Refusal:
        old = msgspec.UNSET
    if old not in current:
        refuse(
            "old",
            f"{_spelled(correction.old)} is not the value of {field}, expected {_spelled(current[0])}, "
            "which the line or its last correction left",
        )


def _spelled(value: object) -> str:
    text = msgspec.json.encode(value).decode()
    return text if len(text) <= 200 else text[:200] + "…"
