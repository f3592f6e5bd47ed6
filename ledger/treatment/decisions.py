"""May this fact be added? `decide` puts the question, for every type of fact, to the file of its noun.

Refused is what cannot have happened and what names something unknown; what happened but is not payable is taken
and judged elsewhere. A decision looks at one subject (`State`) and asks the rest two questions (`Known`): it has
no clock, no disk, and its answer does not depend on the order in which facts arrive where their `at` differs.
"""

from collections.abc import Callable, Collection, Sequence
from typing import Any, Final

from ledger.treatment import assessments, inspections, patients, prescriptions, registry, sessions
from ledger.treatment import facts as f
from ledger.treatment.facts import EntryCorrected, Fact
from ledger.treatment.known import Known
from ledger.treatment.mending import amend, check_aims
from ledger.treatment.references import NAMES, check_references, check_same_patient, unknown
from ledger.treatment.refusal import Refusal, refuse
from ledger.treatment.spans import name_of
from ledger.treatment.state import State, evolve
from ledger.treatment.subjects import ATTRIBUTES, INTRODUCED_BY, INTRODUCING, LINE_FIELDS, TARGETS

Rule = Callable[[State, Any, Known], None]

RULES: Final[dict[type[Fact], Rule]] = {
    f.SigningKeyEnrolled: registry.enrol_key,
    f.SigningKeyRevoked: registry.revoke_key,
    f.RulebookAdopted: registry.adopt_rulebook,
    f.PatientFileOpened: patients.open_file,
    f.PatientDischarged: patients.discharge_patient,
    f.EpisodeClosed: patients.close_episode,
    f.PrescriptionIssued: prescriptions.issue_prescription,
    f.PrescriptionStopped: prescriptions.stop_prescription,
    f.SessionStarted: sessions.start_session,
    f.SessionStopped: sessions.stop_session,
    f.SessionSigned: sessions.sign_session,
    f.SessionVoided: sessions.void_session,
    f.AssessmentRecorded: assessments.record_assessment,
    f.AssessmentSigned: assessments.sign_assessment,
    f.AssessmentVoided: assessments.void_assessment,
    f.InspectionClosed: inspections.close_inspection,
}
"""What must hold of a line in its subject, asked when it is added and again when the subject is corrected. Types
that are missing need known references only."""

_FIELDS_OF: Final = {
    opening: frozenset(field for line in lines for field in ATTRIBUTES[line]) - LINE_FIELDS
    for opening, lines in TARGETS.items()
}
"""What can be corrected by the name of a session, assessment or prescription."""
_WITH_EPISODE: Final = frozenset(
    (f.FindingsRecorded, f.StageSummaryWritten, f.PrescriptionIssued, f.AssessmentRecorded)
)


def decide(state: State, fact: Fact, known: Known) -> None:
    """The fact may be added to its subject. Raises `Refusal` when it may not.

    A fact of equal content that was already taken (`fact in state`) is known: the caller asks that first.
    """
    admit(state, fact, known)


def admit(state: State, fact: Fact, known: Known) -> State:
    """`decide`, then the state after the fact."""
    after = _add(state, fact, known)
    if isinstance(fact, EntryCorrected):
        check_possible(after, known)
    else:
        rule = RULES.get(type(fact))
        if rule is not None:
            rule(after, fact, known)
        if state.corrections:
            check_aims(state, after)
    return after


def admit_together(state: State, facts: Sequence[Fact], known: Known) -> State:
    """Facts that are possible only all at once: a session moved to an order of another sheet by two corrections, say.

    Each is in order for itself, and what stands in the end can have happened.
    """
    after = state
    for fact in sorted(facts, key=lambda fact: type(fact) is EntryCorrected):
        after = _add(after, fact, known)
    check_aims(state, after)
    check_possible(after, known)
    return after


def in_order(state: State, facts: Sequence[Fact], known: Known) -> list[int]:
    """The places of those facts that are in order for themselves, each after those before it that are.

    What they leave together need not be possible: that is `admit_together`.
    """
    places = []
    for place, fact in sorted(enumerate(facts), key=lambda placed: type(placed[1]) is EntryCorrected):
        try:
            state = _add(state, fact, known)
        except Refusal:
            continue
        places.append(place)
    return places


def _add(state: State, fact: Fact, known: Known) -> State:
    """The state after the fact, which is in order for itself: its id is its own, and what it names is known."""
    if fact.id is not None:
        _check_id(fact, known)
    cls = type(fact)
    if cls in TARGETS and not state.written:
        _check_name(fact, known)
    if isinstance(fact, EntryCorrected):
        check_references(fact, known)
        return amend(state, fact)
    if cls in INTRODUCING:
        if state.written and cls is not f.PatientFileOpened:
            _refuse_second_opening(state, fact)
    elif cls in INTRODUCED_BY and (not state.written or type(state.written[0]) is not INTRODUCED_BY[cls]):
        field, _ = name_of(fact)
        refuse(field, unknown(field, getattr(fact, field)))
    check_references(fact, known)
    if cls in _WITH_EPISODE:
        check_same_patient(fact, known)
    return evolve(state, fact)


def check_possible(after: State, known: Known) -> None:
    """A subject with these corrections applied still can have happened, and names only what is known."""
    try:
        for written, line in zip(after.written, after.now, strict=True):
            if line is not written:
                check_references(line, known)
            rule = RULES.get(type(line))
            if rule is not None:
                rule(after, line, known)
    except Refusal as refusal:
        raise Refusal("new", f"cannot have happened so: {refusal}") from None


def _check_id(fact: Fact, known: Known) -> None:
    """The line's own id is its own: a line that bears it with other content came before."""
    holder = known.holder(fact.id or "")
    if holder is not None and holder != fact:
        refuse(
            "id",
            f"{fact.id!r} is already the id of {type(holder).__name__} at {holder.at.isoformat()}, "
            "expected the same content or another id",
        )
    if type(fact) is not EntryCorrected:
        _check_meaning("id", fact.id or "", ATTRIBUTES[type(fact)], known)


def _check_meaning(field: str, name: str, fields: Collection[str], known: Known) -> None:
    """Nothing new is called by a name under which something else was corrected, where the correction could mean
    either: what was taken keeps its meaning. `fields` are those that the new thing has."""
    for correction in known.corrections(name):
        if correction.field in fields:
            refuse(
                field,
                f"{name!r} is what the correction of {correction.field} at {correction.at.isoformat()} calls something "
                "else, expected another id",
            )


def _check_name(opening: Fact, known: Known) -> None:
    """A session, assessment or prescription takes no correction from another record of its name."""
    field, _ = name_of(opening)
    _check_meaning(field, getattr(opening, field), _FIELDS_OF[type(opening)], known)


def _refuse_second_opening(state: State, fact: Fact) -> None:
    field, name = name_of(fact)
    first = state.written[0]
    refuse(
        field,
        f"{NAMES[field].noun} {name.partition(' ')[2] or name} was already introduced by {type(first).__name__} at "
        f"{first.at.isoformat()} with other content, expected an id of its own",
    )
