"""The keys that people sign with, as the log has them: whose, whether they may sign, and how far their chains are.

A key's chain lies in its owner's stream, one statement an entry, and a career is long. So the last statement is looked
for behind the place up to which it is kept (`store/last_statements.py`), and kept again every few entries: what a
signature costs does not grow with those before it. Only a statement that comes late reads the whole chain.
"""

from collections.abc import Iterator
from typing import NamedTuple

from eventsourcing.dcb.api import DCBQuery

from ledger.application.mapper import read_entry
from ledger.application.reading import boundary_query
from ledger.store.last_statements import Last, keep_last, read_last
from ledger.store.sqlite import SQLiteDCBRecorder, Stored
from ledger.treatment.chains import Chain, Link, link_of
from ledger.treatment.facts import Fact, PersonErased, SigningKeyEnrolled, SigningKeyRevoked
from ledger.treatment.refusal import Refusal
from ledger.treatment.statements import BEGINNING, Head, Signed, is_statement, unpack
from ledger.treatment.subjects import query_of

KEEP_EVERY = 64
"""Entries read behind the place that is kept before a later place is kept."""

_BEGINNING = BEGINNING.encode()


class EnrolledKey(NamedTuple):
    """A signing key in the log: its enrolment as written, the position of that entry, and whether it was revoked."""

    enrolled: SigningKeyEnrolled
    position: int
    revoked: SigningKeyRevoked | None

    @property
    def owner(self) -> str:
        """The practitioner whose key it is."""
        return self.enrolled.practitioner


def find_key(recorder: SQLiteDCBRecorder, key_id: str, upto: int) -> EnrolledKey | None:
    """The key as the first `upto` entries have it; None if it is not enrolled in them."""
    (rows,) = recorder.streams([query_of(f"key:{key_id}")], upto=upto)
    enrolled, position, revoked = None, 0, None
    for row in rows:
        fact = read_entry(row.data)[1]
        if isinstance(fact, SigningKeyEnrolled):
            enrolled, position = fact, row.position
        elif isinstance(fact, SigningKeyRevoked):
            revoked = fact
    return None if enrolled is None else EnrolledKey(enrolled, position, revoked)


def last_statement(recorder: SQLiteDCBRecorder, key: EnrolledKey, upto: int) -> Head:
    """The statement of the key with the largest counter among the first `upto` entries."""
    key_id = key.enrolled.key_id
    kept = read_last(recorder.connections, key_id)
    head, after = Head(), key.position
    if kept is not None and kept.covers <= upto:
        head, after = Head(kept.counter, kept.digest), kept.covers
    read = 0
    for row in recorder.rows(_of_owner(key), after=after, upto=upto):
        read += 1
        for link in _links(row, key):
            if link.counter > head.counter:
                head = Head(link.counter, link.digest)
    if read >= KEEP_EVERY:
        keep_last(recorder.connections, key_id, Last(upto, *head))
    return head


def chain_of(recorder: SQLiteDCBRecorder, key: EnrolledKey, upto: int) -> Chain:
    """Every statement of the key among the first `upto` entries."""
    chain = Chain()
    for row in recorder.rows(_of_owner(key), after=key.position, upto=upto):
        for link in _links(row, key):
            if chain.objection(link) is None:
                chain.take(link)
    return chain


def statements_in(fact: Fact) -> Iterator[Signed]:
    """Every statement that a fact of the log bears; what is not spelled as one is none."""
    texts = fact.approvals if isinstance(fact, PersonErased) else [getattr(fact, "signature", None)]
    for text in texts:
        if text is not None and is_statement(text):
            try:
                yield unpack(text)
            except Refusal:
                continue


def _links(row: Stored, key: EnrolledKey) -> Iterator[Link]:
    if _BEGINNING in row.data:
        for signed in statements_in(read_entry(row.data)[1]):
            if (signed.statement.key_id, signed.statement.signer) == (key.enrolled.key_id, key.owner):
                yield link_of(signed)


def _of_owner(key: EnrolledKey) -> DCBQuery:
    return boundary_query([f"signed:{key.owner}"])
