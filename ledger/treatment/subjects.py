"""Which short stream a fact belongs to: its subject, and how a log finds that stream again.

A decision folds one subject: one session, one sheet, one patient's files. Subjects are named by strings, so that
a store can group by them; what a subject's stream is in a log is a query by tag and entry type. This module
knows names only, no state and no rule.
"""

from collections.abc import Callable, Iterable
from typing import Final

from ledger.treatment import facts as f
from ledger.treatment.facts import EntryCorrected, Fact
from ledger.treatment.refusal import refuse
from ledger.treatment.statements import SIGNED_TYPES

Resolve = Callable[[str], Iterable[Fact]]
"""A correction's target → every fact, held or in the batch, that bears it as `id`, or that introduces the
session, assessment or prescription of that id."""

Query = tuple[tuple[str, tuple[str, ...]], ...]
"""Alternatives, each: bears the tag and is of one of the entry types."""

SUBJECTS: Final[dict[type[Fact], tuple[str, str]]] = {
    f.InstitutionRegistered: ("registry:institution:", "institution"),
    f.InstitutionQualified: ("registry:institution:", "institution"),
    f.InstitutionSuspended: ("registry:institution:", "institution"),
    f.InstitutionReinstated: ("registry:institution:", "institution"),
    f.PractitionerRegistered: ("registry:practitioner:", "practitioner"),
    f.PractitionerQualified: ("registry:practitioner:", "practitioner"),
    f.PractitionerDeparted: ("registry:practitioner:", "practitioner"),
    f.SigningKeyEnrolled: ("key:", "key_id"),
    f.SigningKeyRevoked: ("key:", "key_id"),
    f.PatientFileOpened: ("patient:", "patient"),
    f.PatientAdmitted: ("stay:", "stay"),
    f.PatientDischarged: ("stay:", "stay"),
    f.EpisodeOpened: ("episode:", "episode"),
    f.EpisodeClosed: ("episode:", "episode"),
    f.FindingsRecorded: ("about:episode:", "episode"),
    f.StageSummaryWritten: ("about:episode:", "episode"),
    f.PrescriptionIssued: ("prescription:", "prescription"),
    f.PrescriptionStopped: ("prescription:", "prescription"),
    f.SessionStarted: ("act:", "session"),
    f.SessionStopped: ("act:", "session"),
    f.SessionSigned: ("act:", "session"),
    f.SessionVoided: ("act:", "session"),
    f.AssessmentRecorded: ("act:", "assessment"),
    f.AssessmentSigned: ("act:", "assessment"),
    f.AssessmentVoided: ("act:", "assessment"),
    f.FeeConfirmed: ("about:act:", "act"),
    f.ViolationFound: ("about:act:", "act"),
    f.ViolationAppealed: ("about:act:", "act"),
    f.InspectionOpened: ("inspection:", "inspection"),
    f.InspectionClosed: ("inspection:", "inspection"),
    f.RefundOrdered: ("about:inspection:", "inspection"),
}
"""Fact → prefix of its subject, and the field that names it. The other two (RulebookAdopted, EntryCorrected) are
below. `about:` are lines that only say something about a thing, and neither begin nor end it."""

ABOUT: Final = "about:"
"""How the subjects of those begin: their lines decide nothing about one another, and nobody refers to them."""

RULEBOOKS: Final = "registry:rulebook"

ENROLLED: Final = "enrolled:"
"""How the name of a public key's enrolments begins, before its 32 bytes in hex."""

INTRODUCED_BY: Final[dict[type[Fact], type[Fact]]] = {
    f.InstitutionQualified: f.InstitutionRegistered,
    f.InstitutionSuspended: f.InstitutionRegistered,
    f.InstitutionReinstated: f.InstitutionRegistered,
    f.PractitionerQualified: f.PractitionerRegistered,
    f.PractitionerDeparted: f.PractitionerRegistered,
    f.SigningKeyRevoked: f.SigningKeyEnrolled,
    f.PatientDischarged: f.PatientAdmitted,
    f.EpisodeClosed: f.EpisodeOpened,
    f.PrescriptionStopped: f.PrescriptionIssued,
    f.SessionStopped: f.SessionStarted,
    f.SessionSigned: f.SessionStarted,
    f.SessionVoided: f.SessionStarted,
    f.AssessmentSigned: f.AssessmentRecorded,
    f.AssessmentVoided: f.AssessmentRecorded,
    f.InspectionClosed: f.InspectionOpened,
}
"""What must have introduced the subject before this fact may be added to it."""

INTRODUCING: Final = frozenset(INTRODUCED_BY.values()) | {f.PatientFileOpened}
"""The facts that introduce an id."""

TARGETS: Final[dict[type[Fact], frozenset[type[Fact]]]] = {
    f.SessionStarted: frozenset({f.SessionStarted, f.SessionStopped, f.SessionSigned}),
    f.AssessmentRecorded: frozenset({f.AssessmentRecorded, f.AssessmentSigned}),
    f.PrescriptionIssued: frozenset({f.PrescriptionIssued, f.PrescriptionStopped}),
}
"""What a session, assessment or prescription id means as the target of a correction, by the fact that introduces it."""

LINE_FIELDS: Final = frozenset({"at", "recorded_at", "actor"})
"""Fields that every line has: to correct them, the line's own `id` is the target."""

ATTRIBUTES: Final[dict[type[Fact], dict[str, str]]] = {
    fact: dict(zip(fact.__struct_encode_fields__, fact.__struct_fields__, strict=True)) for fact in f.FACTS
}
"""Field as it is spelled in the journal → attribute of the struct (`from` → `from_`)."""


def subject_field(fact: type[Fact]) -> str | None:
    """The field that names the subject; `None` for the facts that have none."""
    return SUBJECTS[fact][1] if fact in SUBJECTS else None


def introduces(fact: Fact) -> str | None:
    """The subject that the fact introduces, `None` when it introduces none."""
    if type(fact) not in INTRODUCING:
        return None
    prefix, field = SUBJECTS[type(fact)]
    return prefix + str(getattr(fact, field))


def subject_of(fact: Fact, resolve: Resolve) -> str:
    """The subject whose stream decides about the fact. `resolve` is asked for corrections only.

    Raises `Refusal` for a correction whose target is unknown, has no such field, or fits two things.
    """
    found = SUBJECTS.get(type(fact))
    if found is not None:
        return found[0] + getattr(fact, found[1])  # type: ignore[no-any-return]
    if isinstance(fact, EntryCorrected):
        return _subject_corrected(fact, resolve)
    return RULEBOOKS


def resolver(facts: Iterable[Fact], targets: Iterable[str]) -> Callable[[str], list[Fact]]:
    """What each of these targets may mean among the facts: the lines that bear it as `id`, and what it introduces.

    A `Resolve` over facts that are at hand. Raises KeyError for a target that was not asked for here.
    """
    named: dict[str, list[Fact]] = {target: [] for target in targets}
    for fact in facts:
        if fact.id is not None and fact.id in named:
            named[fact.id].append(fact)
        if type(fact) in TARGETS:
            name = getattr(fact, SUBJECTS[type(fact)][1])
            if name in named and name != fact.id:
                named[name].append(fact)
    return named.__getitem__


def _subject_corrected(correction: EntryCorrected, resolve: Resolve) -> str:
    """The subject of the line that the correction changes.

    A target may be the `id` of one line and name a session besides; the field decides which is meant, and when
    it does not, the correction is refused, for it must not depend on luck which record is changed.
    """
    target, field = correction.target, correction.field
    named: list[Fact] = list(resolve(target))
    if not named:
        refuse(
            "target",
            f"unknown id {target!r}, expected the id of a line, or a session, assessment or prescription id",
        )
    subjects = set[str]()
    corrections = False
    for fact in named:
        if fact.id == target:
            corrections = corrections or isinstance(fact, EntryCorrected)
            if field in ATTRIBUTES[type(fact)] and not isinstance(fact, EntryCorrected):
                subjects.add(subject_of(fact, resolve))
        if field not in LINE_FIELDS and _names(fact, target):
            lines = TARGETS[type(fact)]
            if any(field in ATTRIBUTES[line] for line in lines):
                subjects.add(subject_of(fact, resolve))
    if len(subjects) > 1:
        refuse("target", f"{target!r} fits {' and '.join(sorted(subjects))}, expected an id that names one thing")
    if subjects:
        return subjects.pop()
    if corrections:
        refuse("target", f"{target!r} is a correction, expected its target: correct the same field of that again")
    if field in LINE_FIELDS:
        refuse("target", f"{target!r} is not the id of a line, expected one: {field} is corrected by the line's own id")
    refuse("field", f"{target!r} has no field {field!r}, expected a field of one of its lines")


def _names(fact: Fact, target: str) -> bool:
    """Whether the fact introduces the session, assessment or prescription that the target names."""
    return type(fact) in TARGETS and getattr(fact, SUBJECTS[type(fact)][1]) == target


def _types(*facts: type[Fact]) -> tuple[str, ...]:
    return tuple(fact.ENTRY_TYPE for fact in facts)


def _types_of(prefix: str, *besides: type[Fact]) -> tuple[str, ...]:
    return _types(*(fact for fact, (of, _) in SUBJECTS.items() if of == prefix), *besides)


_ANY: Final = _types(*f.FACTS)
_CORRECTIONS: Final = _types(EntryCorrected)
"""Of what else bears the name: where it was corrected, nothing takes the name that the correction could mean too."""
_ABOUT_ACT: Final = _types_of("about:act:", EntryCorrected)
_STREAMS: Final[tuple[tuple[str, tuple[tuple[str, tuple[str, ...]], ...]], ...]] = (
    ("registry:institution:", (("registry:institution:", _types_of("registry:institution:", EntryCorrected)),)),
    ("registry:practitioner:", (("registry:practitioner:", _types_of("registry:practitioner:", EntryCorrected)),)),
    ("act:", (("session:", _types_of("act:", EntryCorrected)), ("assessment:", _types_of("act:", EntryCorrected)),
              ("prescription:", _CORRECTIONS), ("id:", _CORRECTIONS))),
    ("prescription:", (("prescription:", _types_of("prescription:", EntryCorrected)), ("session:", _CORRECTIONS),
                       ("assessment:", _CORRECTIONS), ("id:", _CORRECTIONS))),
    ("about:act:", (("session:", _ABOUT_ACT), ("assessment:", _ABOUT_ACT))),
    ("about:episode:", (("episode:", _types_of("about:episode:", EntryCorrected)),)),
    ("about:inspection:", (("inspection:", _types_of("about:inspection:", EntryCorrected)),)),
    *((prefix, ((prefix, _types_of(prefix, EntryCorrected)),))
      for prefix in ("key:", "patient:", "stay:", "episode:", "inspection:")),
    ("id:", (("id:", _ANY), ("session:", _CORRECTIONS), ("assessment:", _CORRECTIONS),
             ("prescription:", _CORRECTIONS))),
    ("signed:", (("practitioner:", SIGNED_TYPES),)),
    ("target:", (("id:", _ANY), ("session:", _types(f.SessionStarted)), ("assessment:", _types(f.AssessmentRecorded)),
                 ("prescription:", _types(f.PrescriptionIssued)))),
)  # fmt: skip


def query_of(subject: str) -> Query:
    """How a log finds the stream of a subject: alternatives of (tag, entry types).

    Four names are only looked up, never folded: `id:L`, the facts that touch line id L and the corrections of what
    else is called L, `target:X`, all that a correction may mean by X, `signed:T`, all that may bear a statement by
    T, and `enrolled:HEX`, the enrolments of a public key. Of these no tag tells, so their query is the enrolments of
    all keys: a tag without a name, `key:`, stands for every tag of its kind.
    """
    if subject == RULEBOOKS:
        return ((RULEBOOKS, _types(f.RulebookAdopted, EntryCorrected)),)
    if subject.startswith(ENROLLED):
        return (("key:", _types(f.SigningKeyEnrolled)),)
    for prefix, streams in _STREAMS:
        if subject.startswith(prefix):
            name = subject[len(prefix) :]
            return tuple((tag + name, types) for tag, types in streams)
    raise ValueError(f"no subject is named {subject!r}")
