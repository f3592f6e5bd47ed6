"""The signatures of a journal on its way in, checked in flat memory once its lines are decided.

What lies before a signature is what the ledger holds and what the journal has accepted before it by (at, line), for
that is the order in which lines are appended. A refused signature refuses its line; where that line was a prescription,
what stands on it has to be decided again without it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby, islice
from typing import NamedTuple

from ledger.application.call_signatures import key_chain
from ledger.application.checking import BEFORE_ALL
from ledger.application.mapper import read_entry, read_fact
from ledger.application.reading import read_enrolments, read_streams
from ledger.application.signatures import breaks, signed_text, take_signature
from ledger.store.sqlite import SQLiteDCBRecorder
from ledger.store.staging import REFUSED, StagedVerdict, Staging
from ledger.treatment.agreement import subjects_said
from ledger.treatment.chains import Link, link_of
from ledger.treatment.facts import Fact, SigningKeyEnrolled
from ledger.treatment.lines import Before, Lines
from ledger.treatment.refusal import Refusal
from ledger.treatment.signing_keys import enrolments_subject, public_key_of
from ledger.treatment.statements import BEGINNING, SIGNED, unpack

GROUP_LINES = 500
"""Signatures checked between two reads: what lies before them is read at once."""

NO_SUBJECT = "refused:"
"""Where a refused line goes: no decision looks for it there."""

_TYPES = tuple(fact.ENTRY_TYPE for fact in SIGNED)
_BEGINNING = BEGINNING.encode()


class _Line(NamedTuple):
    """A line with a statement, and the subjects that have to be asked about it."""

    place: tuple[int, int]  # (at, n)
    fact: Fact
    subjects: list[str]


def boundary_of_statement(spelled: bytes) -> list[str]:
    """The subjects that a line's signature depends on besides those of its own decision; of most lines none."""
    if _BEGINNING not in spelled:
        return []
    fact = read_fact(spelled)
    text = signed_text(fact)
    if text is None:
        return []
    statement = unpack(text).statement
    return [f"signed:{statement.signer}", f"key:{statement.key_id}"]


def refuse_signatures(staging: Staging, recorder: SQLiteDCBRecorder, *, size: int, after: tuple[int, int]) -> int:
    """Refuse the accepted lines behind `after` (at, n) whose statement cannot be taken; how many they were.

    `size`: of the ledger, which is asked for what lies before the journal.
    """
    refused: list[StagedVerdict] = []
    _check(staging, recorder, staging.accepted_with(_TYPES, _BEGINNING, after=after), refused, size=size, after=after)
    return _refuse(staging, recorder, refused, None, lambda n: False, size=size, after=after)


def refuse_signatures_again(
    staging: Staging, recorder: SQLiteDCBRecorder, subjects: Sequence[str], *, size: int, after: tuple[int, int]
) -> int:
    """The same once these subjects have been decided again, and nothing else has: their lines are checked again, and
    the chains of their keys, but no other signature. Somebody may have used or revoked a key that they are signed with.
    Other lines are decided again when their turn comes: one of them whose statement was recorded may then be known.
    """
    refused: list[StagedVerdict] = []
    keys = set(staging.keys_of(subjects))  # also of lines that were accepted until now
    accepted = staging.accepted_of(subjects, after=after)
    lines = [(at, n, spelled) for _, at, n, spelled in accepted if _BEGINNING in spelled]
    keys |= _check(staging, recorder, iter(lines), refused, size=size, after=after)
    decided = {n for _, n, _ in lines}
    return _refuse(staging, recorder, refused, keys, lambda n: n not in decided, size=size, after=after)


def _check(
    staging: Staging,
    recorder: SQLiteDCBRecorder,
    lines: Iterator[tuple[int, int, bytes]],
    refused: list[StagedVerdict],
    *,
    size: int,
    after: tuple[int, int],
) -> set[str]:
    """Check each line's statement but for its place in the chain; the keys of those that are right."""
    keys = set[str]()
    while group := list(islice(lines, GROUP_LINES)):
        links: list[tuple[int, Link]] = []
        readable = list(_readable(group, refused))
        before = _Before(staging, recorder, readable, size, after)
        for line in readable:
            try:
                signed = take_signature(line.fact, before.of(line.place))
            except Refusal as refusal:
                refused.append(_refused(line.place[1], refusal.what))
            else:
                links.append((line.place[1], link_of(signed)))
        staging.add_links((n, *link) for n, link in links)
        keys.update(link.key_id for _, link in links)
    return keys


def _refuse(
    staging: Staging,
    recorder: SQLiteDCBRecorder,
    refused: list[StagedVerdict],
    keys: Iterable[str] | None,
    undecided: Callable[[int], bool],
    *,
    size: int,
    after: tuple[int, int],
) -> int:
    """Refuse these lines, and those that the chains of these keys, or of all, do not take; how many they were."""
    staging.decide(refused)
    for key_id, rows in groupby(staging.links(after=after, keys=keys), key=lambda row: row[1]):
        theirs = [(row[0], Link(*row[1:])) for row in rows]
        chain = key_chain(recorder, key_id, size)
        refused += [_refused(n, what) for n, what in breaks(theirs, chain, undecided=undecided)]
    for verdict in refused:
        staging.set_subject(verdict.n, NO_SUBJECT)
    staging.decide(refused)
    return len(refused)


def _readable(group: Sequence[tuple[int, int, bytes]], refused: list[StagedVerdict]) -> Iterator[_Line]:
    for at, n, spelled in group:
        fact = read_fact(spelled)
        text = signed_text(fact)
        if text is None:
            continue  # the words stand somewhere else in the line
        try:
            statement = unpack(text).statement
        except Refusal as refusal:
            refused.append(_refused(n, refusal.what))
            continue
        # Whether the statement is of the right kind is told later; what it names is looked up either way.
        said = subjects_said(statement, fact) if statement.kind == SIGNED[type(fact)][0] else []
        yield _Line((at, n), fact, [f"key:{statement.key_id}", *said])


class _Before:
    """What lies before each of some lines, of the subjects that they ask about."""

    def __init__(
        self,
        staging: Staging,
        recorder: SQLiteDCBRecorder,
        lines: Sequence[_Line],
        size: int,
        after: tuple[int, int],
    ) -> None:
        subjects = list(dict.fromkeys(subject for line in lines for subject in line.subjects))
        self._recorder, self._size = recorder, size
        self._enrolled: dict[str, list[tuple[tuple[int, int], Fact]]] | None = None
        self._staging, self._after = staging, after
        placed = {
            subject: [(BEFORE_ALL, read_entry(row.data)[1]) for row in rows]
            for subject, rows in zip(subjects, read_streams(recorder, subjects, size), strict=True)
        }
        for subject, at, n, spelled in staging.accepted_of(subjects, after=after):
            placed[subject].append(((at, n), read_fact(spelled)))
        self._lines = {subject: Lines(lines) for subject, lines in placed.items()}

    def of(self, place: tuple[int, int]) -> Callable[[str], Before]:
        return lambda subject: self._lines_of(subject).before(place)

    def _lines_of(self, subject: str) -> Lines:
        if subject not in self._lines:  # a public key: which, the lines of its key have told only now
            if self._enrolled is None:
                self._enrolled = {}
                for place, key, fact in self._enrolments():
                    self._enrolled.setdefault(enrolments_subject(key), []).append((place, fact))
            self._lines[subject] = Lines(self._enrolled.get(subject, ()))
        return self._lines[subject]

    def _enrolments(self) -> Iterator[tuple[tuple[int, int], bytes, Fact]]:
        for key, fact in read_enrolments(self._recorder, self._size):
            yield BEFORE_ALL, key, fact
        for at, n, spelled in self._staging.accepted_introducing("key:", after=self._after):
            fact = read_fact(spelled)
            if isinstance(fact, SigningKeyEnrolled) and (public_key := public_key_of(fact)) is not None:
                yield (at, n), public_key.point, fact


def _refused(n: int, what: str) -> StagedVerdict:
    return StagedVerdict(n, REFUSED, None, "signature", what)
