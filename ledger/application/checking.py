"""Deciding about a staged journal, subject by subject, in flat memory.

The decisions are the pure ones that `record` uses; only what they ask for comes from elsewhere: this journal's lines
from the staging file, what the ledger holds from tag reads up to one size of the log.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

import msgspec

from ledger.application.mapper import read_entry, read_fact
from ledger.application.reading import read_enrolments, read_streams
from ledger.store.sqlite import SQLiteDCBRecorder
from ledger.store.staging import ACCEPTED, KNOWN, REFUSED, StagedVerdict, Staging
from ledger.treatment.batch import KNOWN as ALREADY_TAKEN
from ledger.treatment.batch import PHASES, Refused, Verdict, decide_stream
from ledger.treatment.facts import EntryCorrected, Fact, SigningKeyEnrolled
from ledger.treatment.known import Introduced
from ledger.treatment.refusal import Refusal
from ledger.treatment.signing_keys import public_key_of
from ledger.treatment.state import fold
from ledger.treatment.stream import decide_apart
from ledger.treatment.subjects import ABOUT, subject_of
from ledger.treatment.tags import standing

BEFORE_ALL = (-(2**62), 0)
"""(at, n) before every line."""

GROUP_SUBJECTS = 250
GROUP_LINES = 5_000
"""Subjects, and about how many lines, decided between two reads: what the ledger holds of them is read at once."""

CACHED_STANDINGS = 20_000

_Stream = tuple[str, list[tuple[int, bytes]]]
"""A subject and its lines (n, fact), by (at, n)."""
_encode = msgspec.json.Encoder().encode
_decode_standing = msgspec.json.Decoder(Introduced | None).decode


class Checking:
    """The verdicts about one staged journal. It is itself what decisions may ask about others (`Known`)."""

    def __init__(self, staging: Staging, recorder: SQLiteDCBRecorder) -> None:
        self._staging = staging
        self._recorder = recorder
        self.size = recorder.size()  # of the ledger, as the decisions know it
        self._standings: dict[str, Introduced | None] = {}
        self._holders: dict[str, Fact] = {}
        self._corrections: dict[str, list[EntryCorrected]] = {}  # those held, by target
        self._enrolments: dict[bytes, SigningKeyEnrolled] | None = None

    def check(self, progress: Callable[[int], None]) -> None:
        """Decide about every staged line. `progress(n)`: n lines are done."""
        self._aim(self._staging.without_subject())
        done = 0
        for phase in PHASES:
            groups = self._staging.groups(
                phase.prefix, introducing_only=phase.introducing_only, after=BEFORE_ALL, subjects=GROUP_SUBJECTS
            )
            for group in groups:
                self._decide(group, counts=not phase.introducing_only)
                if not phase.introducing_only:
                    done += sum(len(lines) for _, lines in group)
                    progress(done)

    def check_without_refused(self) -> None:
        """Decide again about every line but those that were taken out of their subjects since `check`."""
        self._standings.clear()
        self._staging.forget_standings()
        self.check(lambda done: None)

    def check_again(
        self, subjects: set[str], corrections: Iterable[tuple[int, bytes]], *, size: int, after: tuple[int, int]
    ) -> None:
        """Decide again, against the ledger at `size`, about all lines behind `after` (at, n) of these subjects.

        `subjects` also names those that others refer to, with or without lines left. `corrections` among the
        lines (n, fact) are aimed again: a new id in the ledger may have made their target ambiguous.
        """
        self.size = size
        self._standings.clear()
        self._enrolments = None
        self._aim(corrections)
        for phase in PHASES:
            names = [subject for subject in subjects if subject.startswith(phase.prefix)]
            lines = dict(self._staging.lines_of(names, introducing_only=phase.introducing_only, after=after))
            if names:
                self._decide([(name, lines.get(name, [])) for name in names], counts=not phase.introducing_only)

    # --- Known

    def standing(self, subject: str) -> Introduced | None:
        """What stands of a subject, in this journal as far as it is decided and in the ledger."""
        try:
            return self._standings[subject]
        except KeyError:
            pass
        staged = self._staging.standing(subject)
        found: Introduced | None
        if staged is not None:
            found = _decode_standing(staged)
        else:
            found = standing(fold(subject, self._held([subject])[0])) if self.size else None
        self._remember(subject, found)
        return found

    def holder(self, line_id: str) -> Fact | None:
        """The fact that bears a line id: the ledger's, else the journal's first."""
        if line_id not in self._holders:
            self._holders.update(self._find_holders([line_id]))
        return self._holders.get(line_id)

    def enrolment(self, point: bytes) -> SigningKeyEnrolled | None:
        """The first enrolment of a public key: the ledger's, else the journal's."""
        if self._enrolments is None:
            self._enrolments = {}
            staged = map(read_fact, self._staging.of_type(SigningKeyEnrolled.ENTRY_TYPE))
            for fact in (*(fact for _, fact in read_enrolments(self._recorder, self.size)), *staged):
                if isinstance(fact, SigningKeyEnrolled) and (key := public_key_of(fact)) is not None:
                    self._enrolments.setdefault(key.point, fact)
        return self._enrolments.get(point)

    def corrections(self, target: str) -> Iterable[EntryCorrected]:
        """What the ledger holds of corrections of a target that one of the lines at hand introduces."""
        return self._corrections.get(target, ())

    # ---

    def _decide(self, group: Sequence[_Stream], *, counts: bool) -> None:
        """One phase of a group of subjects; `counts`: its verdicts are the lines' verdicts."""
        some: list[_Stream] = []
        count = 0
        for subject, lines in group:
            if len(lines) > GROUP_LINES and subject.startswith(ABOUT):
                self._decide_apart(subject, lines)
                continue
            some.append((subject, lines))
            count += len(lines)
            if count >= GROUP_LINES:
                self._decide_some(some, counts)
                some, count = [], 0
        if some:
            self._decide_some(some, counts)

    def _decide_some(self, group: Sequence[_Stream], counts: bool) -> None:
        decoded = [[read_fact(spelled) for _, spelled in lines] for _, lines in group]
        self._look_up(fact for facts in decoded for fact in facts)
        held = self._held([subject for subject, _ in group])
        self._remember_corrections(fact for facts in held for fact in facts)
        verdicts: list[StagedVerdict] = []
        standings: list[tuple[str, bytes]] = []
        for (subject, lines), facts, already in zip(group, decoded, held, strict=True):
            state, decided = decide_stream(fold(subject, already), facts, self, tags=counts)
            if not subject.startswith(ABOUT):
                found = standing(state)
                self._remember(subject, found)
                standings.append((subject, _encode(found)))
            if counts:
                verdicts += (_staged(n, verdict) for (n, _), verdict in zip(lines, decided, strict=True))
        self._staging.stand(standings)
        self._staging.decide(verdicts)

    def _decide_apart(self, subject: str, lines: list[tuple[int, bytes]]) -> None:
        """Very many lines about one thing, which decide nothing about one another: only a few are decoded at once."""
        held = fold(subject, self._held([subject])[0])
        verdicts = (
            _staged(lines[i][0], verdict) for i, verdict in decide_apart(held, _Decoded(lines, self._look_up), self)
        )
        while some := list(islice(verdicts, GROUP_LINES)):
            self._staging.decide(some)

    def _look_up(self, facts: Iterable[Fact]) -> None:
        """What decisions about these lines will ask about their ids."""
        self._corrections = {}
        self._holders = self._find_holders({fact.id for fact in facts if fact.id is not None})

    def _remember_corrections(self, facts: Iterable[Fact]) -> None:
        for fact in facts:
            if isinstance(fact, EntryCorrected):
                self._corrections.setdefault(fact.target, []).append(fact)

    def _held(self, subjects: Sequence[str]) -> list[list[Fact]]:
        if not self.size:
            return [[] for _ in subjects]
        streams = read_streams(self._recorder, subjects, self.size)
        return [[read_entry(row.data)[1] for row in rows] for rows in streams]

    def _find_holders(self, line_ids: Iterable[str]) -> dict[str, Fact]:
        wanted = list(line_ids)
        staged = {line_id: read_fact(fact) for line_id, fact in self._staging.by_id(wanted).items()} if wanted else {}
        for line_id, facts in zip(wanted, self._held([f"id:{line_id}" for line_id in wanted]), strict=True):
            self._remember_corrections(facts)
            for fact in facts:
                if fact.id == line_id:
                    staged[line_id] = fact
                    break
        return staged

    def _aim(self, corrections: Iterable[tuple[int, bytes]]) -> None:
        """Find the subject of corrections, which depends on what their target names."""
        for n, spelled in corrections:
            try:
                self._staging.set_subject(n, subject_of(read_fact(spelled), self._named))
            except Refusal as refusal:
                self._staging.set_subject(n, None)  # no stream decides about it
                self._staging.decide([StagedVerdict(n, REFUSED, None, refusal.field, refusal.what)])

    def _named(self, target: str) -> Iterator[Fact]:
        yield from self._held([f"target:{target}"])[0]
        yield from map(read_fact, self._staging.all_with_id(target))
        for prefix in ("act:", "prescription:"):
            yield from map(read_fact, self._staging.introducing(prefix + target))

    def _remember(self, subject: str, found: Introduced | None) -> None:
        if len(self._standings) >= CACHED_STANDINGS:
            self._standings.clear()
        self._standings[subject] = found


class _Decoded:
    """The facts of staged lines, a few at a time, each time they are gone through."""

    def __init__(self, lines: Sequence[tuple[int, bytes]], ahead: Callable[[Sequence[Fact]], None]) -> None:
        self._lines = lines
        self._ahead = ahead  # called with those that come next

    def __iter__(self) -> Iterator[Fact]:
        for start in range(0, len(self._lines), GROUP_LINES):
            facts = [read_fact(spelled) for _, spelled in self._lines[start : start + GROUP_LINES]]
            self._ahead(facts)
            yield from facts


def _staged(n: int, verdict: Verdict) -> StagedVerdict:
    if verdict == ALREADY_TAKEN:
        return StagedVerdict(n, KNOWN)
    if isinstance(verdict, Refused):
        return StagedVerdict(n, REFUSED, None, verdict.field, verdict.what)
    return StagedVerdict(n, ACCEPTED, _encode(verdict.tags).decode())
