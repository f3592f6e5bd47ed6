"""Decisions about sessions (annex 3: 治疗项目记录单): start, stop, signature, voiding.

What voiding does to signatures and corrections is the same for an assessment, and stands here for both.
"""

from ledger.treatment.facts import (
    AssessmentSigned,
    AssessmentVoided,
    Fact,
    SessionSigned,
    SessionStarted,
    SessionStopped,
    SessionVoided,
)
from ledger.treatment.known import Known
from ledger.treatment.prescriptions import check_order
from ledger.treatment.refusal import refuse
from ledger.treatment.spans import check_ends_once, check_not_before_opening, name_of
from ledger.treatment.state import State


def start_session(after: State, fact: SessionStarted, known: Known) -> None:
    """The order stands on its sheet. That the sheet is another patient's is recorded, and fails when judged."""
    sheet = known.standing("prescription:" + fact.prescription)
    if sheet is not None and fact.order not in sheet.orders:
        check_order(fact.order, fact.prescription, sheet.orders)


def stop_session(after: State, fact: SessionStopped, known: Known) -> None:
    """A session stops once, and not before its start; a stop at the very start is recorded."""
    check_ends_once(after, fact, "stopped")
    check_not_before_opening(after, fact, "started")


def sign_session(after: State, fact: SessionSigned, known: Known) -> None:
    """A session is signed while it is not voided. By whom, and whether after its stop, is judged elsewhere."""
    check_not_voided(after)


def void_session(after: State, fact: SessionVoided, known: Known) -> None:
    """A session is voided once; what follows the voiding cannot be older than it."""
    check_ends_once(after, fact, "voided")
    check_not_after_void(after, after.now.index(fact))
    check_void_is_last(after, fact)


def check_not_voided(after: State) -> None:
    """No signature of the act is later than its voiding, wherever that stands among the lines."""
    for place, line in enumerate(after.now):
        if isinstance(line, (SessionVoided, AssessmentVoided)):
            check_not_after_void(after, place)


def check_not_after_void(after: State, place: int) -> None:
    """No signature is later than the voiding at this place of the lines; of one `at`, the first line is the earlier."""
    void = after.now[place]
    for index, line in enumerate(after.now):
        if isinstance(line, (SessionSigned, AssessmentSigned)) and (void.at, place) < (line.at, index):
            field, name = name_of(line)
            refuse(
                "at",
                f"{name} was voided at {void.at.isoformat()} and signed at {line.at.isoformat()}, "
                f"expected no signature on a voided {field}",
            )


def check_void_is_last(after: State, void: SessionVoided | AssessmentVoided) -> None:
    """The act was not corrected later than it is voided, for a voided act is not corrected."""
    for correction in after.corrections:
        if correction.at > void.at:
            refuse(
                "at",
                f"{name_of(void)[1]} was corrected at {correction.at.isoformat()}, expected a voiding not before that",
            )


def void_of(state: State) -> Fact | None:
    """The line that voids the act, if one does."""
    for line in state.now:
        if isinstance(line, (SessionVoided, AssessmentVoided)):
            return line
    return None
