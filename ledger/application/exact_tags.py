"""An entry's tags in every state that its subject, and what it names, ever had: for entries that corrections touch.

The log does not say which lines were decided together: lines of one import do not see its corrections, and a fee of it
sees the session after them. So an entry is right with the tags of *some* state: with any beginning of each chain of
corrections, of each field of its own. Only those are gone through that can lead to the tags which the entry bears.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from itertools import chain, product
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

from ledger.application.tagged import Tagged, fact_in, read_tagged
from ledger.store.audit_spoilt import Spoilt
from ledger.store.findings import Finding
from ledger.store.judging import Reader
from ledger.store.seals import SEAL_TAG
from ledger.store.sqlite import SQLiteDCBRecorder
from ledger.treatment.corrections import aim
from ledger.treatment.facts import OWN_FACTS, EntryCorrected, Fact, PersonCommitted, PersonErased, SigningKeyEnrolled
from ledger.treatment.known import Introduced, Known
from ledger.treatment.references import NAMES
from ledger.treatment.refusal import Refusal
from ledger.treatment.state import State, fold
from ledger.treatment.statements import unpack
from ledger.treatment.subjects import ATTRIBUTES, INTRODUCED_BY, query_of, resolver, subject_of
from ledger.treatment.tags import PASSED_ON, standing, tags_of

_MOST_STATES = 4_096  # of one entry, or of what it names: more than its tags leave open, unless it was forged
WHOSE = ("prescription:", "episode:")
"""Subjects that are asked for their patients alone; were it for tags, the exact way would tell."""


class Group(NamedTuple):
    """Entries, by their positions, of the log's first `size`."""

    path: Path
    positions: list[int]
    size: int
    spoilt: Spoilt


class TooMany(Exception):
    """There are more states than are looked at."""


class Lacking(Exception):
    """A subject is asked for that is not at hand."""


def look_closely(group: Group) -> list[Finding]:
    """What no state of the log explains, among these entries, unless it may rest on what is `spoilt`."""
    findings = []
    with closing(SQLiteDCBRecorder(group.path)) as recorder:
        entries = read_tagged(recorder, "position IN (SELECT value FROM json_each(?))", json.dumps(group.positions))
        for position, what, asked in unexplained(list(entries), recorder, group.size):
            rests_on = (tag for name in asked for tag, _ in query_of(name))
            spoilt = position - 1 in group.spoilt.indexes or group.spoilt.reaches(rests_on)
            if what is not None and not spoilt:
                findings.append(Finding("index-mismatch", f"index {position - 1}", what))
    return findings


class Unexplained(NamedTuple):
    """An entry whose tags no state explains: what is wrong with them, or None where there are too many states to tell.
    `asked`: the names of what was read to tell.
    """

    position: int
    what: str | None
    asked: set[str]


def unexplained(entries: Sequence[tuple[int, Tagged]], reader: Reader, size: int) -> Iterator[Unexplained]:
    """Those of these entries whose tags no state of the log's first `size` explains."""
    log = _Log(reader, size)
    log.read([f"target:{entry.fact.target}" for _, entry in entries if isinstance(entry.fact, EntryCorrected)])
    subjects = [_subject(entry.fact, log) for _, entry in entries]
    log.read([subject for subject in subjects if subject is not None])
    for (position, entry), subject in zip(entries, subjects, strict=True):
        asked: set[str] = set()
        nearest: set[str] | None = None
        try:
            for number, tags in enumerate(_all_tags(entry.fact, subject, log, asked, set(entry.tags))):
                if tags == entry.tags:
                    break
                if number == _MOST_STATES:
                    raise TooMany
                if nearest is None or len({*tags} ^ {*entry.tags}) < len(nearest.symmetric_difference(entry.tags)):
                    nearest = set(tags)
            else:
                yield Unexplained(position, _differs(entry, nearest), asked)
        except TooMany:
            yield Unexplained(position, None, asked)  # not looked at to the end


def own_tags(fact: Fact) -> list[str]:
    """The tags of what only the ledger itself writes (FORMAT.md, "Own entries")."""
    if isinstance(fact, PersonCommitted):
        return [NAMES["patient"].tag + fact.patient]
    if isinstance(fact, PersonErased):
        signers = {NAMES["practitioner"].tag + signer for signer in _signers(fact)}
        return sorted({NAMES["patient"].tag + fact.patient, *signers})
    return [SEAL_TAG]


def _signers(erased: PersonErased) -> Iterator[str]:
    for text in erased.approvals:
        try:
            yield unpack(text).statement.signer
        except Refusal:
            continue  # no statement, which is named elsewhere


def _differs(entry: Tagged, expected: set[str] | None) -> str:
    if expected is None:
        return f"nothing in the log is what its {type(entry.fact).__name__} is about, so its tags cannot be told"
    lacks, more = sorted(expected.difference(entry.tags)), sorted(set(entry.tags) - expected)
    parts = [f"it lacks the tags {', '.join(lacks)}"] if lacks else []
    parts += [f"it bears {', '.join(more)}, which nothing gives it"] if more else []
    return " and ".join(parts) or "its tags are not sorted"


class _Log:
    """Subjects as the whole log has them."""

    def __init__(self, reader: Reader, size: int) -> None:
        self._reader = reader
        self._size = size
        self._facts: dict[str, list[Fact]] = {}

    def read(self, subjects: Iterable[str]) -> None:
        """Read those that were not read yet, all in one."""
        new = [subject for subject in dict.fromkeys(subjects) if subject not in self._facts]
        streams = self._reader.streams([query_of(subject) for subject in new], upto=self._size, whole=False)
        for subject, rows in zip(new, streams, strict=True):
            self._facts[subject] = [fact for row in rows if (fact := fact_in(row.data)) is not None]

    def facts(self, subject: str) -> Sequence[Fact]:
        """The subject's lines and corrections, in log order."""
        self.read([subject])
        return self._facts[subject]


def _subject(fact: Fact, log: _Log) -> str | None:
    """The subject whose state decides the fact's tags; None for the ledger's own, and where nothing is corrected."""
    if type(fact) in OWN_FACTS:
        return None
    try:
        return subject_of(fact, lambda target: resolver(log.facts(f"target:{target}"), [target])(target))
    except Refusal:
        return None


def _all_tags(
    fact: Fact, subject: str | None, log: _Log, asked: set[str], borne: Collection[str]
) -> Iterator[list[str]]:
    """The fact's tags in every state of what they depend on, and that can lead to those `borne`. `asked` gets the names
    of what was read. Raises TooMany.
    """
    if type(fact) in OWN_FACTS:
        yield own_tags(fact)
        return
    if isinstance(fact, EntryCorrected):
        asked.add(f"target:{fact.target}")
    if subject is None:
        return
    asked.add(subject)
    standings: dict[str, list[Introduced | None]] = {}

    def given(state: State, chosen: Mapping[str, Introduced | None]) -> Iterator[list[str]]:
        known = _Chosen(chosen)
        try:
            tags = tags_of(state, fact, known)
        except Lacking:
            name = known.lacks
            if name not in standings:
                asked.add(name)
                found = (standing(state) for state in _states(name, log.facts(name), borne))
                standings[name] = list(dict.fromkeys(found))
            for one in standings[name]:
                yield from given(state, {**chosen, name: one})
        else:
            yield tags

    for state in _states(subject, log.facts(subject), borne, fact):
        yield from given(state, {})


class _Chosen(Known):
    """Answers with the standings that were chosen; `lacks`: what was asked for and is not among them."""

    def __init__(self, chosen: Mapping[str, Introduced | None]) -> None:
        self._chosen = chosen
        self.lacks = ""

    def standing(self, subject: str) -> Introduced | None:
        if subject in self._chosen:
            return self._chosen[subject]
        self.lacks = subject
        raise Lacking

    # No tag depends on these.

    def holder(self, line_id: str) -> Fact | None:
        return None

    def enrolment(self, public_key: bytes) -> SigningKeyEnrolled | None:
        return None

    def corrections(self, target: str) -> Iterable[EntryCorrected]:
        return ()


def _states(subject: str, facts: Sequence[Fact], borne: Collection[str], taken: Fact | None = None) -> Iterator[State]:
    """The subject's states as they matter to tags: all its lines, and of each chain of corrections each beginning.

    `taken`: a fact of the subject that is in the state; if it is a correction, so is what its chain has before it.
    Left out is what cannot lead to the tags `borne`: every value of a chain that matters shows as a tag. Chains that do
    not matter are taken to their ends. Raises TooMany behind the last of as many states as are looked at.
    """
    lines = [fact for fact in facts if not isinstance(fact, EntryCorrected)]
    written = fold(subject, lines).written
    chains: dict[tuple[int, str], list[EntryCorrected]] = {}
    for correction in sorted((fact for fact in facts if isinstance(fact, EntryCorrected)), key=attrgetter("at")):
        if correction.field in NAMES and (index := _aim(written, correction)) is not None:
            chains.setdefault((index, correction.field), []).append(correction)
    target = _aim(written, taken) if isinstance(taken, EntryCorrected) else None
    matter = {(0, field) for field in _passed_on(subject, written, taken)} | {
        (index, field) for index, field in chains if index == target
    }
    lengths = [
        _lengths(written[index], field, links, taken, borne) if (index, field) in matter else [len(links)]
        for (index, field), links in chains.items()
    ]
    for number, chosen in enumerate(product(*lengths)):
        if number == _MOST_STATES:
            raise TooMany
        some = (links[:length] for links, length in zip(chains.values(), chosen, strict=True))
        yield fold(subject, chain(lines, *some))


def _passed_on(subject: str, written: Sequence[Fact], taken: Fact | None) -> Collection[str]:
    """The fields of the line that introduces the subject on which the tags of what is about it depend."""
    if taken is None and subject.startswith(WHOSE):
        return ("patient",)
    if taken is not None and type(taken) not in INTRODUCED_BY and not isinstance(taken, EntryCorrected):
        return ()
    return PASSED_ON.get(type(written[0]), ()) if written else ()


def _lengths(
    line: Fact, field: str, links: Sequence[EntryCorrected], taken: Fact | None, borne: Collection[str]
) -> list[int]:
    """How many of a chain's corrections may have been taken: of each value that they come to, once."""
    least = links.index(taken) + 1 if isinstance(taken, EntryCorrected) and taken in links else 0
    first: dict[str, int] = {}
    for length in range(len(links), least - 1, -1):
        value = links[length - 1].new if length else getattr(line, ATTRIBUTES[type(line)][field])
        if field == "act" or _tags_of(field, value).issubset(borne):
            first.setdefault(repr(value), length)
    return list(first.values()) or [len(links)]


def _tags_of(field: str, value: object) -> set[str]:
    names = value if isinstance(value, list | tuple) else () if value is None else (value,)
    return {f"{NAMES[field].tag}{name}" for name in names}


def _aim(written: Sequence[Fact], correction: EntryCorrected) -> int | None:
    try:
        return aim(written, correction)
    except Refusal:
        return None
