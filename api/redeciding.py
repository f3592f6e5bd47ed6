"""Can the facts of a bundle have happened? The ledger's own decisions, made again over facts that are proven.

A bundle is a part of a log: a session corrected onto the patient names another patient, whose file lies elsewhere; so
does an inspection. What a decision would have to know of things outside the bundle cannot be held against a fact, and
such facts are not decided about; everything else is, as at the door.

Knows no hash and no rule of payment. Source: spec/journal.md, by way of `ledger.treatment`.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import NamedTuple

from ledger.journal import spell
from ledger.treatment.batch import Refused, decide_batch
from ledger.treatment.facts import EntryCorrected, Fact
from ledger.treatment.references import NAMES, references_of
from ledger.treatment.refusal import Refusal
from ledger.treatment.subjects import resolver, subject_of
from ledger.verify import Finding

_TAGS = {"act:": ("session:", "assessment:")}
"""How the tag of a subject begins, where it is not as the subject does."""
_ABOUT = "about:"


class ProvenFact(NamedTuple):
    """A fact of a bundle, and the tags that its entry bears."""

    fact: Fact
    tags: frozenset[str]


class Redecided(NamedTuple):
    """What cannot have happened, and how many facts were not decided about: what they refer to lies elsewhere."""

    findings: list[Finding]
    undecided: int


def redecide(proven: Mapping[int, ProvenFact], streams: Collection[str]) -> Redecided:
    """Decide again about the facts of a bundle, by index, whose streams are these (FORMAT.md, "Streams").

    An honest ledger's bundle has no findings: each names the index, the field and what is wrong with it. A thing that
    no entry of the bundle is of counts as lying outside, unless one of the streams is its own.
    """
    facts = [one.fact for one in proven.values()]
    subjects = _subjects(facts)
    elsewhere = _elsewhere(list(proven.values()), subjects, streams)
    findings, undecided, seen = [], 0, dict[bytes, int]()
    for index, fact, subject, verdict in zip(proven, facts, subjects, decide_batch(facts, tags=False), strict=True):
        first = seen.setdefault(spell(fact), index)
        if first != index:
            what = f"the fact of index {first} again; a ledger takes a fact once"
            findings.append(Finding("malformed", f"index {index}", what))
        elif subject is None or subject in elsewhere:
            undecided += 1
        elif isinstance(verdict, Refused):
            findings.append(Finding("malformed", f"index {index}", f"{verdict.field}: {verdict.what}"))
    return Redecided(findings, undecided)


def _subjects(facts: list[Fact]) -> list[str | None]:
    """The subject of each fact; None of a correction whose target is not among them."""
    named = resolver(facts, [fact.target for fact in facts if isinstance(fact, EntryCorrected)])
    found: list[str | None] = []
    for fact in facts:
        try:
            found.append(subject_of(fact, named))
        except Refusal:
            # Of several things that it may mean, or of none of their fields: then it is about any of them.
            meant = named(fact.target) if isinstance(fact, EntryCorrected) else []
            found.append(next((subject_of(one, named) for one in meant if type(one) is not EntryCorrected), None))
    return found


def _elsewhere(proven: list[ProvenFact], subjects: list[str | None], streams: Collection[str]) -> set[str]:
    """The subjects that the bundle does not hold whole, and all that refer to those."""
    lines: defaultdict[str, list[ProvenFact]] = defaultdict(list)
    for one, subject in zip(proven, subjects, strict=True):
        if subject is not None:
            lines[subject].append(one)
    referring: defaultdict[str, set[str]] = defaultdict(set)
    for subject, theirs in lines.items():
        for one in theirs:
            for name in _references(one.fact):
                referring[name].add(subject)
        if subject.startswith(_ABOUT):
            referring[subject.removeprefix(_ABOUT)].add(subject)
    patient = next(iter(streams))
    pending = [
        subject
        for subject in {*lines, *referring}
        if not _named_by(subject, streams) and not _is_whole(lines[subject], patient, streams)
    ]
    found: set[str] = set()
    while pending:
        subject = pending.pop()
        if subject not in found:
            found.add(subject)
            pending += referring[subject]
    return found


def _references(fact: Fact) -> list[str]:
    names = references_of(fact)
    if isinstance(fact, EntryCorrected) and fact.field in NAMES:
        names += [NAMES[fact.field].subject + name for name in (fact.old, fact.new) if isinstance(name, str)]
    return names


def _named_by(subject: str, streams: Collection[str]) -> bool:
    """Whether one of the streams is that of the subject."""
    name = subject.removeprefix(_ABOUT)
    for prefix, tags in _TAGS.items():
        if name.startswith(prefix):
            return any(tag + name.removeprefix(prefix) in streams for tag in tags)
    return name in streams


def _is_whole(lines: list[ProvenFact], patient: str, streams: Collection[str]) -> bool:
    """Whether all that is about the subject bears the patient's tag, or that of one registry that is here.

    That is so of everything about a thing of the patient's, as long as the thing was not corrected to another patient.
    A practitioner or a session has no such things: what they touch is told in other streams too.
    """
    if not lines or any(isinstance(one.fact, EntryCorrected) and one.fact.field == "patient" for one in lines):
        return False
    shared = frozenset.intersection(*(one.tags for one in lines))
    whole = {tag for tag in streams if tag.startswith("registry:")}
    return not shared.isdisjoint(whole | {patient} if patient.startswith("patient:") else whole)
