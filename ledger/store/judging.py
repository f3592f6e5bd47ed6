"""Is every new entry one that may be signed? Asked of all behind the last checkpoint, before they are sealed.

What is signed stands for ever, and a seal leads to entries by their tags: one that is none, or that is not found where
it belongs, would spoil bundles that nobody can take back. So new entries are judged as an audit judges them, and the
very bytes that were judged lead, by their leaves, to what is sealed and signed. What tags are judged by, older entries
above all, must lead to what was signed, too. The cost is that of what is new.

Knows nothing of facts: whether a fact is one, and which tags are its own, it is told (`EntryRules`).
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple, Protocol

from ledger.proof import HASH_BYTES, Checkpoint, ProofError, check_many, leaf_hash, many_ranges
from ledger.store.connections import Connections
from ledger.store.entry_problem import FactProblem, read_right
from ledger.store.findings import Finding
from ledger.store.following import Following, require_same
from ledger.store.lateness import ahead
from ledger.store.missing import entry_missing
from ledger.store.proving import proof_nodes
from ledger.store.refusals import Unsound
from ledger.store.seals import odd_seal
from ledger.store.soundness import SIGNED, require
from ledger.store.sqlite import SQLiteDCBRecorder, Stored, Wanted

STRETCH = 8_192
"""Entries that are judged at a time: of so many the bytes are held."""

_PUT_IN = (
    "No checkpoint covers it: somebody wrote it into the database past this program, or altered it there. Nothing is "
    "sealed or signed; run `audit`, restore the newest backup in which it is right, and take in again what was "
    "recorded since"
)
_OR_IMPORT = (
    ". If an import is running, or was cut short, this passes when it is ended: corrections in it may decide the tags "
    "of lines before them"
)
_TOO_EARLY = (
    "Nothing is sealed or signed before that time comes. Correct the clock, if it is slow; if it is right, the entry "
    "was dated by one that was fast, or somebody put it there: restore the newest backup that lacks it, or wait"
)


class Reader(Protocol):
    """Where rules look for what an entry names."""

    def streams(self, boundaries: Sequence[Wanted], *, upto: int, whole: bool = True) -> list[list[Stored]]:
        """For each boundary the entries that match it, up to a position, in log order."""


TagProblems = Callable[[Sequence[Stored], Reader, int], Iterator[tuple[int, str]]]
"""(new entries, reader, upto) → (position, what) of each whose tags are not its fact's, or cannot be told. Whatever
is read besides, of the log's first `upto` entries, is read by the reader given."""


class EntryRules(NamedTuple):
    """What an entry has to be besides an entry, in words of whoever knows facts."""

    fact_problem: FactProblem
    tag_problems: TagProblems


class Terms(NamedTuple):
    """By what new entries are judged: the rules, and `now`, than which none is dated much later."""

    rules: EntryRules
    now: datetime


class _Judged(NamedTuple):
    """What the bytes of entries hash to; and, by position, what those do that were read besides."""

    leaves: list[bytes]
    read: dict[int, bytes]


class Judging:
    """Judges the entries behind those that `following` has, which are signed: `signed` is their tree head, if any."""

    def __init__(self, path: Path, following: Following, signed: Checkpoint | None, terms: Terms) -> None:
        self._path = path
        self._following = following
        self._signed = signed
        self._terms = terms
        self._after = following.size
        self._leaves = bytearray()

    @property
    def size(self) -> int:
        """How many entries were judged, or signed before."""
        return self._following.size

    @property
    def root(self) -> bytes:
        """The root of these, by the bytes that were judged."""
        return self._following.root

    def go_on(self, upto: int) -> None:
        """Judge the entries up to this many, each by all of these. Unsound, in the words of a finding and with what to
        do, at one that may not be signed, or where the bytes judged, or what they were judged by, are not those that
        are signed.
        """
        read: dict[int, bytes] = {}
        with closing(SQLiteDCBRecorder(self._path)) as recorder:
            while (after := self.size) < upto:
                judged = _judge(recorder, after, min(after + STRETCH, upto), upto, self._terms)
                for position, leaf in enumerate(judged.leaves, after + 1):
                    self._following.take(position, leaf)
                    self._leaves += leaf
                for position, leaf in judged.read.items():
                    if read.setdefault(position, leaf) != leaf:
                        raise _not_as_signed(position, "it was another a moment ago")
        self._require_signed(dict(self._older(read)))

    def require(self, following: Following) -> None:
        """Judge the entries as far as these leaves go; Unsound unless they are the leaves of what was judged."""
        self.go_on(following.size)
        self.require_root(following.size, following.root)

    def require_root(self, size: int, root: bytes) -> None:
        """Unsound unless what was judged are `size` entries with this root."""
        if self.size != size:
            raise AssertionError(f"judged were {self.size} entries, not {size}")
        require_same(size, root, self.root, "judged were")

    def _older(self, read: dict[int, bytes]) -> Iterator[tuple[int, bytes]]:
        """Of what was read besides that which was signed before; what is new was judged itself, and is compared."""
        for position, leaf in read.items():
            place = HASH_BYTES * (position - self._after - 1)
            if place < 0:
                yield position, leaf
            elif self._leaves[place : place + HASH_BYTES] != leaf:
                raise _not_as_signed(position, "it was another when it was judged itself")

    def _require_signed(self, older: dict[int, bytes]) -> None:
        """Unsound unless these are entries that were signed: who can write the database could have put others there."""
        signed = self._signed
        if not older or signed is None:
            return
        indexes = sorted(position - 1 for position in older)
        leaves = [older[index + 1] for index in indexes]
        with closing(Connections(self._path)) as connections:
            check = partial(_check_many, indexes, leaves, signed)
            try:
                proof_nodes(connections, many_ranges(indexes, signed.size), check)
            except ProofError:
                differs = _differs(connections, indexes, leaves, signed)
                raise _not_as_signed(differs + 1, "it is not what was signed there") from None


def _check_many(indexes: Sequence[int], leaves: Sequence[bytes], signed: Checkpoint, proof: Sequence[bytes]) -> None:
    check_many(indexes, signed.size, leaves, proof, signed.root)


def _differs(connections: Connections, indexes: Sequence[int], leaves: Sequence[bytes], signed: Checkpoint) -> int:
    """The index of the first of these leaves that is not under the signed root; of the first, where all are by now."""
    for index, leaf in zip(indexes, leaves, strict=True):
        check = partial(_check_many, [index], [leaf], signed)
        try:
            proof_nodes(connections, many_ranges([index], signed.size), check)
        except ProofError:
            return index
    return indexes[0]


def _judge(recorder: SQLiteDCBRecorder, after: int, upto: int, size: int, terms: Terms) -> _Judged:
    """Judge the entries with after < position <= upto by the first `size`: each by itself, then the tags of all.

    Whether the bytes are those that were hashed is not asked here: they lead to what is signed, or are refused.
    """
    rows: list[Stored] = []
    leaves: list[bytes] = []
    for row in recorder.rows(after=after, upto=upto):
        if row.position != after + len(rows) + 1:
            break
        rows.append(row)
        leaves.append(leaf_hash(row.data))
        require(odd_seal(row), _PUT_IN)
        try:
            entry = read_right(row, terms.rules.fact_problem)
        except ValueError as problem:
            raise _unfit("malformed", row.position, str(problem), _PUT_IN) from None
        if (what := ahead(entry.appended_at, terms.now)) is not None:
            raise _unfit("time-outside", row.position, what, _TOO_EARLY)
    if len(rows) != upto - after:
        raise entry_missing(after + len(rows) + 1, SIGNED)
    reading = _Reading(recorder)
    for position, what in terms.rules.tag_problems(rows, reading, size):
        raise _unfit("index-mismatch", position, what, _PUT_IN + _OR_IMPORT)
    return _Judged(leaves, reading.read)


def _unfit(name: str, position: int, what: str, then: str) -> Unsound:
    return Unsound(f"{Finding.of_entry(name, position - 1, what)}. {then}")


class _Reading:
    """The log, and what was read of it: by position, what the bytes hash to."""

    def __init__(self, recorder: SQLiteDCBRecorder) -> None:
        self._recorder = recorder
        self.read: dict[int, bytes] = {}

    def streams(self, boundaries: Sequence[Wanted], *, upto: int, whole: bool = True) -> list[list[Stored]]:
        found = self._recorder.streams(boundaries, upto=upto, whole=whole)
        for row in (row for stream in found for row in stream):
            leaf = leaf_hash(row.data)
            if self.read.setdefault(row.position, leaf) != leaf:
                raise _not_as_signed(row.position, "it was another a moment ago")
        return found


def _not_as_signed(position: int, what: str) -> Unsound:
    found = Finding.of_entry("entry-altered", position - 1, f"new entries were judged by it, and {what}")
    return Unsound(f"{found}. {SIGNED}")
