"""Between facts and the library's events: which bytes a fact becomes in the log, and which fact bytes are.

The stored type is the fact's own stable name (`session-stopped.v1`), never a Python path: `EVENTS` says which
struct reads it. What of the library touches facts stands here, so that facts know nothing of it.
"""

import operator
from datetime import datetime
from functools import reduce
from typing import Any

import msgspec
from eventsourcing.dcb.api import DCBEvent
from eventsourcing.dcb.domain import Decision, Tagged
from eventsourcing.dcb.persistence import DCBMapper

from ledger.journal import LineProblem, parse_fact, spell
from ledger.journal.spelling import normalise
from ledger.proof import format_base64
from ledger.store.entry import format_entry, format_time
from ledger.store.refusals import Unsound
from ledger.treatment.facts import EVENTS, FACTS, OWN_FACTS, Fact, IndexSealed

AnyFact: Any = reduce(operator.or_, FACTS + OWN_FACTS)
"""One of the facts that stand in a log, told apart by its `type`."""


class _Entry(msgspec.Struct, frozen=True):
    """What readers of facts need of an entry; the other fields are skipped unread."""

    appended_at: datetime
    fact: AnyFact


_decode_entry = msgspec.json.Decoder(_Entry).decode
_decode_fact = msgspec.json.Decoder(AnyFact).decode


class Appended(Decision):
    """A fact, and when the ledger took it in: what the library's event store carries."""

    def __init__(self, fact: Fact, appended_at: datetime) -> None:
        self.fact = fact
        self.appended_at = appended_at


class EntryMapper(DCBMapper[Appended]):
    """`MAPPER_TOPIC` of the ledger: events are entries."""

    def to_dcb_event(self, event: Tagged[Appended]) -> DCBEvent:
        """The entry as an event of the library: its data are the bytes that are hashed."""
        fact = event.decision.fact
        return entry_event(fact.ENTRY_TYPE, format_time(event.decision.appended_at), event.tags, spell(fact))

    def to_domain_event(self, event: DCBEvent) -> Tagged[Appended]:
        """The fact in the entry, with its tags."""
        appended_at, fact = read_entry(event.data)
        return Tagged(event.tags, Appended(fact, appended_at))


def entry_event(type: str, appended_at: str, tags: list[str], fact: bytes) -> DCBEvent:
    """An event whose data is the entry of these parts; `tags` sorted and each once."""
    return DCBEvent(type, format_entry(type, appended_at, tags, fact), tags)


class NoEntry(Unsound, ValueError):
    """Stored bytes are no entry any more, or are not one of ours."""


def read_entry(data: bytes) -> tuple[datetime, Fact]:
    """When it was appended, and the fact, of an entry's stored bytes. NoEntry when they are none."""
    try:
        entry = _decode_entry(data)
    except (ValueError, RecursionError) as error:
        raise NoEntry(f"malformed: stored bytes {data[:60]!r}…: no entry ({error}); run `audit`") from None
    return entry.appended_at, entry.fact


def read_fact(spelled: bytes) -> Fact:
    """The fact of bytes in the one spelling, which were checked when they came in."""
    fact: Fact = _decode_fact(spelled)
    return fact


def spell_seal(now: datetime, size: int, tags: int, root: bytes) -> bytes:
    """The fact of a seal: what the store puts under every checkpoint, and does not spell itself."""
    return spell(normalise(IndexSealed(at=now, size=size, tags=tags, root=format_base64(root))))


def fact_problem(type: str, fact: bytes) -> str | None:
    """What is wrong with stored fact bytes under this entry type; None if nothing is."""
    if type not in EVENTS:
        return f"no fact is known by the type {type!r}"
    try:
        read = read_fact(fact) if EVENTS[type] in OWN_FACTS else parse_fact(fact)
    except (LineProblem, ValueError, OverflowError, RecursionError) as problem:
        return f"its fact is not one: {problem}"
    if type != read.ENTRY_TYPE:
        return f"its type is {type!r}, its fact a {read.__class__.__name__}"
    return None if spell(read) == fact else "its fact is in another spelling than the journal's one"
