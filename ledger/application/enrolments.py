"""The enrolled keys that people sign with, as the log has them: whose, whether they may sign, how far their chains are.

A key's chain lies in its owner's stream, one statement an entry, and a career is long. So the last statement is looked
for behind the one that is kept (`store/last_statements.py`), and kept again every few entries: what a signature costs
does not grow with those before it. What is kept is believed only if the entry that it names bears it out. Only a
statement that comes late reads the whole chain.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from eventsourcing.dcb.api import DCBQuery

from ledger.application.mapper import read_entry
from ledger.application.reading import boundary_query, read_streams
from ledger.store.last_statements import Last, keep_last, read_last
from ledger.store.soundness import require_unaltered
from ledger.store.sqlite import SQLiteDCBRecorder, Stored
from ledger.treatment.chains import Chain, Link, link_of
from ledger.treatment.facts import Fact, PersonErased, SigningKeyEnrolled
from ledger.treatment.refusal import Refusal
from ledger.treatment.signing_keys import KeyProblem, PublicKey, enrolment, enrolments_subject, usable_key
from ledger.treatment.statements import BEGINNING, ChainEnd, SignedStatement, is_statement, unpack

KEEP_EVERY = 64
"""Entries read behind the place that is kept before a later place is kept."""

_BEGINNING = BEGINNING.encode()


class EnrolledKey(NamedTuple):
    """A signing key in the log: an enrolment as written, the position of its first one, and all lines of the key.

    A key is enrolled once; the door sees to that. Past the door there may be enrolments for several people, and the
    key's chain is one all the same.
    """

    enrolled: SigningKeyEnrolled
    position: int
    lines: list[Fact]

    @property
    def owner(self) -> str:
        """The practitioner whose key it is."""
        return self.enrolled.practitioner

    @property
    def owners(self) -> set[str]:
        """Everybody for whom it is enrolled."""
        return {line.practitioner for line in self.lines if isinstance(line, SigningKeyEnrolled)}


def find_key(recorder: SQLiteDCBRecorder, key_id: str, upto: int, signers: Iterable[str] = ()) -> EnrolledKey | None:
    """The key as the first `upto` entries have it, as it was enrolled for the first of `signers` who has it, else as it
    was enrolled first; None if it is not enrolled in them.
    """
    (rows,) = read_streams(recorder, [f"key:{key_id}"], upto)
    lines = [read_entry(row.data)[1] for row in rows]
    first = next(
        ((row.position, line) for row, line in zip(rows, lines, strict=True) if isinstance(line, SigningKeyEnrolled)),
        None,
    )
    if first is None:
        return None
    theirs = next((found for signer in signers if (found := enrolment(lines, signer)) is not None), first[1])
    return EnrolledKey(theirs, first[0], lines)


def key_to_check_with(recorder: SQLiteDCBRecorder, key: EnrolledKey, signer: str, upto: int) -> PublicKey | KeyProblem:
    """The public key with which the signer's signatures are checked at the end of the first `upto` entries."""

    def enrolments(point: bytes) -> Sequence[Fact]:
        (rows,) = read_streams(recorder, [enrolments_subject(point)], upto)
        return [read_entry(row.data)[1] for row in rows]

    return usable_key(key.lines, signer, enrolments)


def last_statement(recorder: SQLiteDCBRecorder, key: EnrolledKey, upto: int) -> ChainEnd:
    """The statement of the key with the largest counter among the first `upto` entries."""
    key_id = key.enrolled.key_id
    kept = read_last(recorder.connections, key_id)
    if kept is not None and kept.covers > upto:
        kept = None
    believed = kept if kept is not None and _borne_out(recorder, key, kept) else None
    start = believed or Last(key.position, 0, *ChainEnd())
    last, read = _derived(recorder, key, start, upto)
    if (read >= KEEP_EVERY and last.position != start.position) or believed != kept:
        keep_last(recorder.connections, key_id, last)
    return ChainEnd(last.counter, last.digest)


def derive_last(recorder: SQLiteDCBRecorder, key: EnrolledKey, upto: int) -> Last:
    """The same, read from the first entry on."""
    return _derived(recorder, key, Last(key.position, 0, *ChainEnd()), upto)[0]


def _derived(recorder: SQLiteDCBRecorder, key: EnrolledKey, last: Last, upto: int) -> tuple[Last, int]:
    """What `last` becomes with the entries behind its own, and how many were read.

    Also those that it is said to cover: few as a rule, and so an earlier statement is not taken for the last.
    """
    read = 0
    position, counter, digest = last.position, last.counter, last.digest
    for row in recorder.rows(_of_owners(key), after=max(key.position, position), upto=upto):
        read += 1
        for link in _links(row, key):
            if link.counter > counter:
                position, counter, digest = row.position, link.counter, link.digest
    return Last(upto, position, counter, digest), read


def _borne_out(recorder: SQLiteDCBRecorder, key: EnrolledKey, kept: Last) -> bool:
    """Whether the entry that is named bears the statement that is kept."""
    if (kept.position, kept.counter, kept.digest) == (0, *ChainEnd()):
        return kept.covers >= key.position
    if not key.position < kept.position <= kept.covers:
        return False
    rows = recorder.rows(_of_owners(key), after=kept.position - 1, upto=kept.position)
    return any((link.counter, link.digest) == (kept.counter, kept.digest) for row in rows for link in _links(row, key))


def chain_of(recorder: SQLiteDCBRecorder, key: EnrolledKey, upto: int) -> Chain:
    """Every statement of the key among the first `upto` entries."""
    chain = Chain()
    for row in recorder.rows(_of_owners(key), after=key.position, upto=upto):
        for link in _links(row, key):
            if chain.objection(link) is None:
                chain.take(link)
    return chain


def statements_in(fact: Fact) -> Iterator[SignedStatement]:
    """Every statement that a fact of the log bears; what is not spelled as one is none."""
    texts = fact.approvals if isinstance(fact, PersonErased) else [getattr(fact, "signature", None)]
    for text in texts:
        if text is not None and is_statement(text):
            try:
                yield unpack(text)
            except Refusal:
                continue


def _links(row: Stored, key: EnrolledKey) -> Iterator[Link]:
    require_unaltered(row)
    if _BEGINNING in row.data:
        owners = key.owners
        for signed in statements_in(read_entry(row.data)[1]):
            if signed.statement.key_id == key.enrolled.key_id and signed.statement.signer in owners:
                yield link_of(signed)


def _of_owners(key: EnrolledKey) -> DCBQuery:
    return boundary_query(f"signed:{owner}" for owner in sorted(key.owners))
