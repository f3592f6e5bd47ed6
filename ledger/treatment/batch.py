"""Many facts at once: which are taken, which are known, which are refused, and with which tags.

The answer is that of taking them one by one in journal order (`at`, ties in line order), except that a reference
is known when any line introduces it. To have that without asking again and again, subjects are decided in phases,
the referenced before the referring. Nothing here reads or writes: what a ledger holds is asked for by subject.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from ledger.treatment.facts import EntryCorrected, Fact, RulebookAdopted, SigningKeyEnrolled
from ledger.treatment.known import Introduced
from ledger.treatment.references import NAMES, references_of
from ledger.treatment.refusal import Refusal
from ledger.treatment.signing_keys import enrolments_subject, public_key_of
from ledger.treatment.state import State, fold, initial
from ledger.treatment.stream import KNOWN, Accepted, Refused, Verdict, decide_stream
from ledger.treatment.subjects import ABOUT, INTRODUCING, RULEBOOKS, SUBJECTS, resolver, subject_of
from ledger.treatment.tags import standing

__all__ = ["KNOWN", "PHASES", "Accepted", "Phase", "Read", "Refused", "Verdict", "decide_batch", "decide_stream"]


class Phase(NamedTuple):
    """The subjects whose names begin with `prefix` are decided now; `introducing_only`: only what introduces them, for
    others need to know that they exist. Verdicts of such a phase do not count: the subject comes again."""

    prefix: str
    introducing_only: bool = False


PHASES: Final = (
    Phase("registry:institution:", introducing_only=True),
    Phase("registry:practitioner:", introducing_only=True),
    Phase("registry:institution:"),
    Phase("registry:practitioner:"),
    Phase("registry:rulebook"),
    Phase("key:"),
    Phase("patient:"),
    Phase("inspection:"),
    Phase("stay:"),
    Phase("episode:"),
    Phase("prescription:"),
    Phase("act:"),
    Phase(ABOUT),
)
"""In this order everything that a fact names has been decided before the fact."""


Read = Callable[[Sequence[str]], Mapping[str, Sequence[Fact]]]
"""Subjects → the facts that a ledger holds of each, in log order (`subjects.query_of`)."""


def decide_batch(facts: Sequence[Fact], read: Read | None = None, *, tags: bool = True) -> list[Verdict]:
    """Verdict i is of facts[i]; `facts` in line order. `read=None`: nothing is held.

    What is accepted is to be appended by `at`, ties in line order, under the condition that none of the
    subjects read has changed since. `read` is called a few times, with all that can be known to be needed.
    `tags=False` leaves the tags empty, for those who only want to know whether a journal is sound.
    """
    return _Batch(facts, read, tags).decide()


class _Batch:
    """The facts by subject, and what is known so far; it answers the questions (`Known`) of its own decisions."""

    def __init__(self, facts: Sequence[Fact], read: Read | None, tags: bool) -> None:
        self.facts = facts
        self.read = read
        self.tags = tags
        self.held: dict[str, Sequence[Fact]] = {}
        self.standings: dict[str, Introduced | None] = {}
        self.holders: dict[str, Fact] = {}
        self.enrolments: dict[bytes, SigningKeyEnrolled] = {}
        self.streams: dict[str, dict[str, list[int]]] = {phase.prefix: {} for phase in PHASES}
        self.verdicts: list[Verdict] = [KNOWN] * len(facts)

    def standing(self, subject: str) -> Introduced | None:
        try:
            return self.standings[subject]
        except KeyError:
            found = self.standings[subject] = standing(self._state(subject), tags=self.tags)
            return found

    def holder(self, line_id: str) -> Fact | None:
        return self.holders.get(line_id)

    def enrolment(self, point: bytes) -> SigningKeyEnrolled | None:
        for held in self._held(enrolments_subject(point)):
            if isinstance(held, SigningKeyEnrolled):
                return held
        return self.enrolments.get(point)

    def corrections(self, target: str) -> Iterator[EntryCorrected]:
        for subject in ("id:" + target, "act:" + target, "prescription:" + target):
            for fact in self.held.get(subject, ()):
                if isinstance(fact, EntryCorrected) and fact.target == target:
                    yield fact

    def decide(self) -> list[Verdict]:
        facts, corrections = self.facts, []
        for index in sorted(range(len(facts)), key=lambda i: facts[i].at):
            fact = facts[index]
            if fact.id is not None:
                self.holders.setdefault(fact.id, fact)
            if isinstance(fact, SigningKeyEnrolled) and (public_key := public_key_of(fact)) is not None:
                self.enrolments.setdefault(public_key.point, fact)
            if type(fact) is EntryCorrected:
                corrections.append(index)
            else:
                stream = self.streams[_PHASE_OF[type(fact)]]
                stream.setdefault(subject_of(fact, _nothing), []).append(index)
        if self.read is not None:
            self._read_ahead()
        if corrections:
            self._place_corrections(corrections)
        for phase in PHASES:
            for subject, indexes in self.streams[phase.prefix].items():
                self._decide_subject(subject, indexes, phase.introducing_only)
        return self.verdicts

    def _decide_subject(self, subject: str, indexes: list[int], introducing_only: bool) -> None:
        facts, tags = self.facts, self.tags
        lines = [facts[i] for i in indexes]
        if introducing_only:
            lines = [fact for fact in lines if type(fact) in INTRODUCING]
        state, verdicts = decide_stream(self._state(subject), lines, self, tags=tags)
        if not subject.startswith(ABOUT):  # nothing refers to what is only said about a thing
            self.standings[subject] = standing(state, tags=tags)
        if not introducing_only:
            for index, verdict in zip(indexes, verdicts, strict=True):
                self.verdicts[index] = verdict

    def _place_corrections(self, corrections: list[int]) -> None:
        """Corrections join the stream of the line that they change, in journal order."""
        facts = self.facts
        named = resolver(facts, [fact.target for fact in facts if isinstance(fact, EntryCorrected)])
        placed: dict[str, list[int]] = {}
        for index in corrections:
            try:
                subject = subject_of(facts[index], lambda target: [*self._held("target:" + target), *named(target)])
            except Refusal as refusal:
                self.verdicts[index] = Refused(refusal.field, refusal.what)
            else:
                placed.setdefault(subject, []).append(index)
        self._read(placed)
        for subject, indexes in placed.items():
            for phase in PHASES:
                if subject.startswith(phase.prefix):
                    stream = self.streams[phase.prefix].setdefault(subject, [])
                    stream.extend(indexes)
                    stream.sort(key=lambda i: (facts[i].at, i))
                    break
        self._read(name for subject in placed for fact in self._state(subject).now for name in references_of(fact))

    def _read_ahead(self) -> None:
        """What the decisions will ask for, in one go."""
        subjects = [subject for stream in self.streams.values() for subject in stream]
        subjects += map(enrolments_subject, self.enrolments)
        for fact in self.facts:
            subjects += references_of(fact)
            if fact.id is not None:
                subjects.append("id:" + fact.id)
            if isinstance(fact, EntryCorrected):
                subjects.append("target:" + fact.target)
                name = NAMES.get(fact.field)
                if name is not None and isinstance(fact.new, str):
                    subjects.append(name.subject + fact.new)
        self._read(subjects)
        for line_id in self.holders:
            for held in self.held["id:" + line_id]:
                if held.id == line_id:
                    self.holders[line_id] = held

    def _read(self, subjects: Iterable[str]) -> None:
        """Ask the ledger for those subjects that it was not asked for yet."""
        missing = [subject for subject in dict.fromkeys(subjects) if subject not in self.held]
        if self.read is not None and missing:
            found = self.read(missing)
            for subject in missing:
                self.held[subject] = found.get(subject, ())

    def _held(self, subject: str) -> Sequence[Fact]:
        if self.read is None:
            return ()
        self._read((subject,))
        return self.held[subject]

    def _state(self, subject: str) -> State:
        held = self._held(subject)
        return fold(subject, held) if held else initial(subject)


_PHASE_OF: Final[dict[type[Fact], str]] = {
    **{
        fact: next(phase.prefix for phase in PHASES if prefix.startswith(phase.prefix))
        for fact, (prefix, _) in SUBJECTS.items()
    },
    RulebookAdopted: RULEBOOKS,
}


def _nothing(target: str) -> Sequence[Fact]:
    return ()
