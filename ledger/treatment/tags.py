"""The tags that an entry bears: everything its fact touches, so that one read by one tag finds it again.

`patient:P1` is a patient's history, `practitioner:T1` a therapist's day, `session:S1` one session; `registry:…`
are the short streams of institutions and staff that judging needs besides a patient's own. A store keeps them
as strings; which facts decide about one another is `subjects.query_of`.

Whoever names a patient's sheet or episode is found in that patient's stream, whosever the fact is: a session counts
among those ordered on the sheet, a finding decides in the episode (FORMAT.md, "Tags"). So a bundle that is complete
under the patient's tag is complete in these, too.
"""

from collections.abc import Iterable
from typing import Final

from ledger.treatment import facts as f
from ledger.treatment.corrections import aim
from ledger.treatment.facts import EntryCorrected, Fact
from ledger.treatment.known import Introduced, Known
from ledger.treatment.references import NAMES
from ledger.treatment.state import State
from ledger.treatment.subjects import ATTRIBUTES, INTRODUCED_BY, INTRODUCING, RULEBOOKS, subject_field

_FIELDS: Final[dict[type[Fact], tuple[str, ...]]] = {
    fact: tuple(field for field in ATTRIBUTES[fact] if field in NAMES and field != "act") for fact in f.FACTS
}
_REGISTRY: Final[dict[type[Fact], tuple[str, str]]] = {
    **dict.fromkeys(
        (f.InstitutionRegistered, f.InstitutionQualified, f.InstitutionSuspended, f.InstitutionReinstated),
        ("registry:institution:", "institution"),
    ),
    **dict.fromkeys(
        (f.PractitionerRegistered, f.PractitionerQualified, f.PractitionerDeparted, f.SigningKeyEnrolled),
        ("registry:practitioner:", "practitioner"),
    ),
}
PASSED_ON: Final[dict[type[Fact], tuple[str, ...]]] = {
    f.SigningKeyEnrolled: ("key_id", "practitioner"),
    f.PatientAdmitted: ("stay", "patient", "institution"),
    f.EpisodeOpened: ("episode", "patient", "institution"),
    f.PrescriptionIssued: ("prescription", "patient", "institution", "physician"),
    f.SessionStarted: ("session", "patient", "institution", "therapist"),
    f.AssessmentRecorded: ("assessment", "patient", "institution", "assessors"),
    f.InspectionOpened: ("inspection", "institution"),
}
"""What the line that introduces a subject passes on to later lines of it and about it: whose, where, by whom."""
_ON_ANOTHERS: Final[dict[type[Fact], tuple[str, ...]]] = {
    fact: tuple(
        field
        for field in ("prescription", "episode")
        if field in ATTRIBUTES[fact] and not (fact in INTRODUCING and field == subject_field(fact))
    )
    for fact in f.FACTS
}
"""Fields that name a sheet or an episode, to whose patient everything on it or in it matters."""
_WITH_OWNER: Final = (f.PrescriptionIssued, f.EpisodeOpened)
"""What introduces those."""


def tags_of(state: State, fact: Fact, known: Known) -> list[str]:
    """The tags of a fact that was taken, sorted, each once. `state` is its subject with the fact in it."""
    tags = _named(fact, _FIELDS[type(fact)])
    if fact.id is not None:
        tags.add("id:" + fact.id)
    registry = _REGISTRY.get(type(fact))
    if registry is not None:
        tags.add(registry[0] + getattr(fact, registry[1]))
    elif type(fact) in INTRODUCED_BY:
        tags |= passed_on(state)
    elif isinstance(fact, f.RulebookAdopted):
        tags.add(RULEBOOKS)
    elif isinstance(fact, EntryCorrected):
        index = aim(state.written, fact)
        if index is not None:
            tags.update(tags_of(state, state.written[index], known), tags_of(state, state.now[index], known))
    else:
        for field in _ON_ANOTHERS[type(fact)]:
            named = known.standing(NAMES[field].subject + getattr(fact, field))
            if named is not None:
                tags.update(NAMES["patient"].tag + patient for patient in named.patients)
        if isinstance(fact, (f.FeeConfirmed, f.ViolationFound, f.ViolationAppealed)):
            tags.update(_tags_about("act:" + fact.act, known))
        if isinstance(fact, (f.ViolationFound, f.ViolationAppealed, f.RefundOrdered)):
            tags.update(_tags_about("inspection:" + fact.inspection, known))
    return sorted(tags)


def standing(state: State, *, tags: bool = True) -> Introduced | None:
    """What others may ask of the subject; `None` while no line introduces it. `tags=False` leaves those out."""
    if not state.written:
        return None
    written, now = state.written[0], state.now[0]
    patients: tuple[str, ...] = ()
    if isinstance(written, _WITH_OWNER) and isinstance(now, _WITH_OWNER):
        patients = (now.patient,) if now.patient == written.patient else (written.patient, now.patient)
    orders = tuple(order.order for order in now.orders) if isinstance(now, f.PrescriptionIssued) else ()
    return Introduced(patients, orders, tuple(sorted(passed_on(state))) if tags else ())


def passed_on(state: State) -> set[str]:
    """The tags that later lines of the subject, and lines about it, bear besides their own: those of its first line
    as corrected; of a key also as it was written, for what it signs is held against the key as it was enrolled.
    """
    opening = state.now[0]
    tags = _named(opening, PASSED_ON.get(type(opening), ()))
    for enrolled in (state.written[0], opening):
        if isinstance(enrolled, f.SigningKeyEnrolled):
            tags |= {"practitioner:" + enrolled.practitioner, "registry:practitioner:" + enrolled.practitioner}
    return tags


def _named(fact: Fact, fields: Iterable[str]) -> set[str]:
    tags = set()
    for field in fields:
        name, prefix = getattr(fact, field), NAMES[field].tag
        if isinstance(name, str):
            tags.add(prefix + name)
        elif name is not None:
            tags.update(prefix + each for each in name)
    return tags


def _tags_about(subject: str, known: Known) -> tuple[str, ...]:
    found = known.standing(subject)
    return () if found is None else found.tags
