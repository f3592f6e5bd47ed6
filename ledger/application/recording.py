"""Taking facts in: decide over what the subjects' streams hold, append on condition that they still hold no more.

All of a call's facts go in, in one durable transaction, or none does. Idempotent: a fact that the ledger holds
already is answered with the receipt of its first time, also when two callers race with it, and also when the first
try failed after it had gone in.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from eventsourcing.dcb.api import DCBAppendCondition, DCBEvent
from eventsourcing.persistence import IntegrityError, OperationalError

from ledger.application.call_signatures import refused_signatures
from ledger.application.mapper import entry_event
from ledger.application.reading import Boundary
from ledger.journal import spell
from ledger.journal.spelling import normalise
from ledger.proof import leaf_hash
from ledger.store.entry import SHANGHAI, format_time, parse_entry
from ledger.store.refusals import StoreError
from ledger.store.sqlite import SQLiteDCBRecorder, Stored
from ledger.treatment import batch
from ledger.treatment.facts import Fact


class Receipt(NamedTuple):
    """What the caller of an acknowledged fact holds: index in the log (from 0), leaf hash (hex), append time.

    `known`: the ledger held the fact already, and this is the receipt of its first time.
    """

    index: int  # type: ignore[assignment]  # a tuple's own `index` is not missed
    leaf: str
    appended_at: datetime
    known: bool


class Problem(NamedTuple):
    """Why a fact was refused. `line`: which fact of the call, counted from 0."""

    line: int
    field: str
    what: str


class Refused(Exception):
    """None of the call's facts was taken in, because of these."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(f"fact {n}: {field}: {what}" for n, field, what in problems))
        self.problems = problems


class Overtaken(Exception):
    """None of the call's facts was taken in: what the caller had looked at before deciding on them is not all there is.

    `subject`: whose stream has more by now.
    """

    def __init__(self, subject: str, size: int) -> None:
        super().__init__(f"{subject} has entries that are not among the first {size} of the log")
        self.subject = subject


class NotWritten(StoreError):
    """The disk or its lock failed; whether the facts went in is found out by asking again."""


def record(
    recorder: SQLiteDCBRecorder, facts: Sequence[Fact], now: datetime, looked_at: Mapping[str, int] | None = None
) -> list[Receipt]:
    """Take the facts in, at the append time `now`; receipts in the order of the facts. See `TreatmentLedger.record`."""
    facts = [normalise(fact) for fact in facts]
    spelled = [spell(fact) for fact in facts]
    while True:
        boundary = Boundary(recorder)
        verdicts = batch.decide_batch(facts, boundary.read)
        if any(verdict is not batch.KNOWN for verdict in verdicts):
            _require_not_overtaken(boundary, looked_at or {})
        refused = [Problem(n, v.field, v.what) for n, v in enumerate(verdicts) if isinstance(v, batch.Refused)]
        if refused:
            raise Refused(refused)
        events = _events(facts, spelled, verdicts, now)
        unsigned = refused_signatures(recorder, boundary, {n: facts[n] for n in events})
        if unsigned:
            raise Refused([Problem(n, "signature", what) for n, what in unsigned])
        try:
            first = _append(recorder, list(events.values()), boundary)
        except IntegrityError:
            continue  # somebody was quicker, with something that matters here: decide again over what is there now
        new = {
            spelled[n]: Receipt(first + place, leaf_hash(event.data).hex(), now.astimezone(SHANGHAI), False)
            for place, (n, event) in enumerate(events.items())
        }
        held = boundary.holding() if len(events) < len(facts) else {}
        return [
            new[fact] if n in events else _known(new[fact] if fact in new else _receipt(held[fact]))
            for n, fact in enumerate(spelled)
        ]


def _require_not_overtaken(boundary: Boundary, looked_at: Mapping[str, int]) -> None:
    """Whether it stays so until the entries are in, the append sees to: these subjects are in its condition now."""
    for subject, size in looked_at.items():
        if boundary.last_of(subject) > size:
            raise Overtaken(subject, size)


def _events(
    facts: Sequence[Fact], spelled: Sequence[bytes], verdicts: Sequence[batch.Verdict], now: datetime
) -> dict[int, DCBEvent]:
    """The entries of the accepted facts, by the fact's place in the call, in the order in which they are appended.

    That is journal order, so that whoever reads the log in its order meets what happened first before what followed.
    """
    appended_at = format_time(now)
    accepted = [(n, verdict.tags) for n, verdict in enumerate(verdicts) if isinstance(verdict, batch.Accepted)]
    events = {}
    for n, tags in sorted(accepted, key=lambda accepted: facts[accepted[0]].at):
        events[n] = entry_event(facts[n].ENTRY_TYPE, appended_at, tags, spelled[n])
    return events


def _append(recorder: SQLiteDCBRecorder, events: list[DCBEvent], boundary: Boundary) -> int:
    """Append what there is, on condition that the boundary still holds what was read; the index of the first."""
    if not events:
        return 0
    try:
        last = recorder.append(events, DCBAppendCondition(boundary.query(), after=boundary.size))
    except OperationalError as error:
        raise NotWritten(str(error)) from error
    return last - len(events)


def _receipt(row: Stored) -> Receipt:
    return Receipt(row.position - 1, row.leaf.hex(), parse_entry(row.data).appended_at, False)


def _known(receipt: Receipt) -> Receipt:
    return receipt._replace(known=True)
