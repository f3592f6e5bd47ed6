"""Entries of the log as columns, a table for each kind of fact: only the fields that rows are made of.

Each entry's bytes are held against its leaf as it is read, and what kind of fact it is, its bytes say: the columns
beside it in the database are not asked. Strings stay as they are spelled; instants become microseconds, days days.

Source: FORMAT.md, "Entry".
"""

import gc
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from hashlib import sha256
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from ledger.application.mapper import read_entry
from ledger.store.connections import Connections
from ledger.store.entry import fact_of, tags_of
from ledger.store.matching import Stored
from ledger.store.missing import entry_missing
from ledger.store.refusals import Unsound
from ledger.store.soundness import require_sound, require_unaltered
from ledger.treatment.facts import EVENTS
from ledger.treatment.values import Findings
from projections.mirror.columns import NONE, SEVERITY_SHIFT, findings_bits
from projections.mirror.shapes import (
    DAY,
    INSTANT,
    KINDS,
    NUMBER,
    SCHEMAS,
    TEXT,
    WHOLE,
    WORD,
    AssessmentRecorded,
    PrescriptionIssued,
)
from projections.mirror.tabulating import instant_number

PAGE_ROWS = 8_000
"""Entries decoded at once."""

_FACT = b',"fact":'
_HEAD = len(b'{"format":"treatment-ledger/1","type":"')
_read_findings = msgspec.json.Decoder(Findings).decode


_BUCKETS = {type.encode(): fact.__name__ for type, fact in EVENTS.items()}
_DECODERS = {kind.__name__: msgspec.json.Decoder(list[kind]).decode for kind in KINDS}  # type: ignore[valid-type]
_TAKEN = {kind.__name__: kind for kind in KINDS}


class Whole(NamedTuple):
    """An entry handed on as it is: its position, what it is, its tags as JSON and its fact's bytes."""

    position: int
    kind: str
    tags: bytes
    fact: bytes


class Range(NamedTuple):
    """Entries of a log: those with after < position <= upto."""

    path: Path
    after: int
    upto: int


class Decoded(NamedTuple):
    """Tables by kind, as Arrow streams, and the entries that are handed on."""

    tables: dict[str, list[pa.RecordBatch]]
    whole: list[Whole]


def decode(of: Range) -> Decoded:
    """The entries of a range as columns. Unsound where one was altered or is gone."""
    tables: dict[str, list[pa.RecordBatch]] = {name: [] for name in SCHEMAS}
    whole: list[Whole] = []
    connections = Connections(of.path)
    collecting = gc.isenabled()
    gc.disable()  # nothing here refers to itself, and looking for what does costs a sixth of the time
    try:
        after = of.after
        while after < of.upto:
            upto = min(of.upto, after + PAGE_ROWS)
            with connections.read() as connection:
                rows = connection.execute(
                    "SELECT leaf, data FROM entries NOT INDEXED WHERE position > ? AND position <= ? ORDER BY position",
                    (after, upto),
                ).fetchall()
                if len(rows) != upto - after:
                    there = connection.execute(
                        "SELECT position FROM entries NOT INDEXED WHERE position > ? AND position <= ?", (after, upto)
                    ).fetchall()
                    held = {position for (position,) in there}
                    raise entry_missing(next(p for p in range(after + 1, upto + 1) if p not in held))
            _page(rows, after + 1, tables, whole)
            after = upto
    finally:
        connections.close()
        if collecting:
            gc.enable()
    return Decoded(tables, whole)


def _page(
    rows: list[tuple[bytes, bytes]], first: int, tables: dict[str, list[pa.RecordBatch]], whole: list[Whole]
) -> None:
    """A page of rows, decoded into the tables. This is what a replay mostly waits for."""
    buckets: dict[bytes, tuple[list[int], list[bytes]]] = {}
    for position, (leaf, data) in enumerate(rows, first):
        if sha256(b"\x00" + data).digest() != leaf:
            require_unaltered(Stored(position, "", "", leaf, data))
        kind = data[_HEAD : data.find(b'"', _HEAD)]
        try:
            positions, entries = buckets[kind]
        except KeyError:
            positions, entries = buckets[kind] = ([], [])
        positions.append(position)
        entries.append(data)
    for kind, (positions, entries) in buckets.items():
        name = _BUCKETS.get(kind)
        if name is None:
            _refuse(positions, entries)
        elif name in _TAKEN:
            _bucket(name, positions, entries, tables)
        elif name in WHOLE:
            for place, data in zip(positions, entries, strict=True):
                require_sound(_stored(place, data))
                whole.append(Whole(place, name, tags_of(data), fact_of(data)))


def _bucket(name: str, positions: list[int], entries: list[bytes], tables: dict[str, list[pa.RecordBatch]]) -> None:
    try:
        facts = _facts(name, [data[data.index(_FACT, _HEAD) + 8 : -1] for data in entries])
    except (ValueError, RecursionError):
        _refuse(positions, entries)
    _into(tables, name, positions, facts)


def columns_of(spelled: Iterable[tuple[int, str, bytes]]) -> dict[str, list[pa.RecordBatch]]:
    """Facts as columns, from (position, what it is, its bytes): a batch a fact. What no row is made of is left out."""
    tables: dict[str, list[pa.RecordBatch]] = {name: [] for name in SCHEMAS}
    for position, name, fact in spelled:
        if name in _TAKEN:
            _into(tables, name, [position], _facts(name, [fact]))
    return tables


def _facts(name: str, spelled: Sequence[bytes]) -> list[Any]:
    facts: list[Any] = _DECODERS[name](b"[" + b",".join(spelled) + b"]")
    if len(facts) != len(spelled):
        raise ValueError("more facts than entries")
    return facts


def _into(tables: dict[str, list[pa.RecordBatch]], name: str, positions: Sequence[int], facts: Sequence[Any]) -> None:
    columns = [pa.array(positions, pa.int64())]
    for field, is_a in KINDS[_TAKEN[name]].items():
        columns.append(_READ[is_a](list(map(attrgetter(field), facts))))
    if name in _BESIDE:
        columns += _BESIDE[name](facts, tables)
    tables[name].append(pa.RecordBatch.from_arrays(columns, schema=SCHEMAS[name]))


def _stored(position: int, data: bytes) -> Stored:
    return Stored(position, "", "", sha256(b"\x00" + data).digest(), data)


def _refuse(positions: Sequence[int], entries: Sequence[bytes]) -> NoReturn:
    """Unsound, naming the first of these that cannot be read as what it says it is."""
    for position, data in zip(positions, entries, strict=True):
        require_sound(_stored(position, data))
        read_entry(data)
    raise Unsound(f"malformed: index {positions[0] - 1}: an entry that is not read as it is spelled; run `audit`")


def _instants(spelled: Sequence[str | None]) -> pa.Array:
    """Microseconds of Unix time."""
    try:
        return pa.array(spelled, pa.string()).cast(pa.timestamp("us", "UTC")).cast(pa.int64())
    except pa.ArrowInvalid:  # what Arrow does not read, Python does
        return pa.array([None if s is None else instant_number(datetime.fromisoformat(s)) for s in spelled], pa.int64())


def _days(spelled: Sequence[str | None]) -> pa.Array:
    """Days since 1970-01-01, `NONE` where there is none."""
    return pc.fill_null(pa.array(spelled, pa.string()).cast(pa.date32()).cast(pa.int32()), NONE)


def _words(spelled: Sequence[str | None]) -> pa.Array:
    return pa.array(spelled, pa.string()).dictionary_encode()


_READ: dict[str, Callable[[Sequence[Any]], pa.Array]] = {
    INSTANT: _instants,
    DAY: _days,
    TEXT: lambda spelled: pa.array(spelled, pa.string()),
    WORD: _words,
    NUMBER: lambda numbers: pa.array(numbers, pa.int64()),
}

_known_findings: dict[bytes, tuple[int, int]] = {}


def _found(spelled: msgspec.Raw) -> tuple[int, int]:
    """What findings of this spelling set: which bits, and to what."""
    raw = bytes(spelled)
    known = _known_findings.get(raw)
    if known is None:
        found = {} if raw == b"null" else msgspec.to_builtins(_read_findings(raw))
        mask = findings_bits({name: "severe" if name in SEVERITY_SHIFT else True for name in found})
        if len(_known_findings) > 100_000:
            _known_findings.clear()
        known = _known_findings[raw] = (mask, findings_bits(found))
    return known


def _findings(facts: Sequence[Any]) -> list[pa.Array]:
    found = [_found(fact.findings) for fact in facts]
    return [pa.array([mask for mask, _ in found], pa.int64()), pa.array([bits for _, bits in found], pa.int64())]


def _assessments(facts: Sequence[AssessmentRecorded], tables: dict[str, list[pa.RecordBatch]]) -> list[pa.Array]:
    assessors = [name for fact in facts for name in fact.assessors]
    tables["Assessors"].append(pa.RecordBatch.from_arrays([_words(assessors)], schema=SCHEMAS["Assessors"]))
    return [
        *_findings(facts),
        pa.array([len({result.scale for result in fact.results}) for fact in facts], pa.int32()),
        pa.array([len(fact.results) for fact in facts], pa.int32()),
        pa.array([len(fact.assessors) for fact in facts], pa.int32()),
    ]


def _sheets(facts: Sequence[PrescriptionIssued], tables: dict[str, list[pa.RecordBatch]]) -> list[pa.Array]:
    orders = [order for fact in facts for order in fact.orders]
    columns = [_words([getattr(order, name) for order in orders]) for name in ("order", "item", "site")]
    times = pa.array([order.times for order in orders], pa.int64())
    tables["Orders"].append(pa.RecordBatch.from_arrays([*columns, times], schema=SCHEMAS["Orders"]))
    return [pa.array([len(fact.orders) for fact in facts], pa.int32())]


_BESIDE: dict[str, Callable[[Any, dict[str, list[pa.RecordBatch]]], list[pa.Array]]] = {
    "AssessmentRecorded": _assessments,
    "EpisodeOpened": lambda facts, _: _findings(facts),
    "FindingsRecorded": lambda facts, _: _findings(facts),
    "PrescriptionIssued": _sheets,
}
