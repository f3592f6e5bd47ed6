"""What a fact names besides its own subject, and that all of it must be known.

A reference is known when any line of the batch or the ledger introduces it, whatever its `at`. An unknown stay
is no offence here: it is recorded, and the act fails `record.stay`.
"""

from typing import Final, NamedTuple

from ledger.treatment import facts as f
from ledger.treatment.facts import Fact
from ledger.treatment.known import Known
from ledger.treatment.refusal import refuse
from ledger.treatment.subjects import ATTRIBUTES, subject_field


class Reference(NamedTuple):
    """A field that names something: `subject` and `tag` are prefixes, `noun` is the word for messages."""

    field: str
    subject: str
    tag: str
    noun: str


NAMES: Final[dict[str, Reference]] = {
    reference.field: reference
    for reference in (
        Reference("institution", "registry:institution:", "institution:", "institution"),
        Reference("practitioner", "registry:practitioner:", "practitioner:", "practitioner"),
        Reference("therapist", "registry:practitioner:", "practitioner:", "practitioner"),
        Reference("physician", "registry:practitioner:", "practitioner:", "practitioner"),
        Reference("assessors", "registry:practitioner:", "practitioner:", "practitioner"),
        Reference("patient", "patient:", "patient:", "patient"),
        Reference("stay", "stay:", "stay:", "stay"),
        Reference("episode", "episode:", "episode:", "episode"),
        Reference("prescription", "prescription:", "prescription:", "prescription"),
        Reference("session", "act:", "session:", "session"),
        Reference("assessment", "act:", "assessment:", "assessment"),
        Reference("act", "act:", "", "session or assessment"),
        Reference("inspection", "inspection:", "inspection:", "inspection"),
        Reference("key_id", "key:", "key:", "signing key"),
    )
}
"""Every field of the journal that names something, by its name: a name means the same in all facts."""

_ABOUT: Final = (f.FindingsRecorded, f.StageSummaryWritten, f.FeeConfirmed, f.ViolationFound, f.ViolationAppealed,
                 f.RefundOrdered)  # fmt: skip
_CHECKED: Final[dict[type[Fact], tuple[tuple[str, str], ...]]] = {
    fact: tuple(
        (field, NAMES[field].subject)
        for field in ATTRIBUTES[fact]
        if field in NAMES and field not in ("stay", "assessors") and (fact in _ABOUT or field != subject_field(fact))
    )
    for fact in f.FACTS
}


def check_references(fact: Fact, known: Known) -> None:
    """Everything that the fact names is known. Raises `Refusal` with the first field that is not."""
    standing = known.standing
    for field, prefix in _CHECKED[type(fact)]:
        name = getattr(fact, field)
        if name is not None and standing(prefix + name) is None:
            refuse(field, unknown(field, name))
    if isinstance(fact, f.AssessmentRecorded):
        for name in fact.assessors:
            if standing("registry:practitioner:" + name) is None:
                refuse("assessors", unknown("assessors", name))


def references_of(fact: Fact) -> list[str]:
    """The subjects that the fact names besides its own, which a decision about it will ask for."""
    named = [prefix + name for field, prefix in _CHECKED[type(fact)] if (name := getattr(fact, field)) is not None]
    if isinstance(fact, f.AssessmentRecorded):
        named += ["registry:practitioner:" + name for name in fact.assessors]
    return named


def unknown(field: str, name: str) -> str:
    """What to say of a name that nothing introduces."""
    return f"unknown {NAMES[field].noun} {name!r}, expected one that a line of the file or the ledger introduces"


def check_same_patient(fact: Fact, known: Known) -> None:
    """The episode that a line names is one of the line's patient: a course of disease has one patient.

    Only of lines as written: a correction changes one field at a time.
    """
    episode: str = fact.episode  # type: ignore[attr-defined]
    patient: str = fact.patient  # type: ignore[attr-defined]
    standing = known.standing("episode:" + episode)
    if standing is not None and patient not in standing.patients:
        whose = " and ".join(standing.patients)
        refuse("episode", f"episode {episode!r} is of patient {whose}, expected an episode of patient {patient}")
