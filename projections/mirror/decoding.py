"""Entries of the log as columns, a table for each kind of fact: only the fields that rows are made of.

Each entry's bytes are held against its leaf as it is read, and what kind of fact it is, its bytes say: the columns
beside it in the database are not asked. Strings stay as they are spelled; instants become microseconds, days days.

Source: FORMAT.md, "Entry".
"""

import gc
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np
import pyarrow as pa

from ledger.store.connections import Connections
from ledger.store.entry import fact_of, tags_of
from ledger.store.matching import Stored
from ledger.store.missing import entry_missing
from ledger.store.soundness import require_sound, require_unaltered
from ledger.treatment.facts import EVENTS
from ledger.treatment.values import Findings
from projections.mirror.arrays import integers, numbers_in, of_numbers, texts
from projections.mirror.columns import NONE, SEVERITY_SHIFT, findings_bits
from projections.mirror.linking import joined
from projections.mirror.shapes import (
    ACT,
    ACTS,
    DAY,
    INSTANT,
    KINDS,
    NUMBER,
    SCHEMAS,
    SPELLED,
    TEXT,
    WHOLE,
    WORD,
    AssessmentRecorded,
    PrescriptionIssued,
)
from projections.mirror.tabulating import instant_number

PAGE_ROWS = 8_000
"""Entries decoded at once."""
FETCHED = 1_000
"""Entries fetched at once: few enough to be near still when they are hashed."""

_FACT = b',"fact":'
_HEAD = len(b'{"format":"treatment-ledger/1","type":"')
_read_findings = msgspec.json.Decoder(Findings).decode


_BUCKETS = {type.encode(): fact.__name__ for type, fact in EVENTS.items()}
_DECODERS = {kind.__name__: msgspec.json.Decoder(list[kind]).decode for kind in KINDS}  # type: ignore[valid-type]
_TAKEN = {kind.__name__: kind for kind in KINDS}
_KINDS_TAKEN = [kind for kind, name in _BUCKETS.items() if name in _TAKEN]
_KINDS_WHOLE = frozenset(kind for kind, name in _BUCKETS.items() if name in WHOLE)


class Whole(NamedTuple):
    """An entry handed on as it is: its position, what it is, its tags as JSON and its fact's bytes."""

    position: int
    kind: str
    tags: bytes
    fact: bytes


class Unread(Exception):
    """One of the entries at these positions is not read as what it says it is. Which one, and why, `replaying` says:
    that takes knowing every fact, and a process that starts with knowing them starts in twice the time.
    """

    def __init__(self, positions: Sequence[int]) -> None:
        super().__init__(positions)
        self.positions = positions


class Range(NamedTuple):
    """Entries of a log: those with after < position <= upto."""

    path: Path
    after: int
    upto: int


Batches = dict[str, pa.RecordBatch]
"""Of each table some rows."""


class Decoded(NamedTuple):
    """Tables by kind, and the entries that are handed on."""

    tables: Batches
    whole: list[Whole]


def decode(of: Range) -> Decoded:
    """The entries of a range as columns. Unsound where one was altered or is gone, `Unread` where one is no fact."""
    tables: dict[str, list[pa.RecordBatch]] = {name: [] for name in SCHEMAS}
    whole: list[Whole] = []
    connections = Connections(of.path)
    collecting = gc.isenabled()
    gc.disable()  # nothing here refers to itself, and looking for what does costs a sixth of the time
    try:
        for after in range(of.after, of.upto, PAGE_ROWS):
            _page(connections, after, min(of.upto, after + PAGE_ROWS), tables, whole)
    finally:
        connections.close()
        if collecting:
            gc.enable()
    return Decoded(_numbered(tables), whole)


def _page(
    connections: Connections, after: int, upto: int, tables: dict[str, list[pa.RecordBatch]], whole: list[Whole]
) -> None:
    """A page of entries, decoded into the tables. This is what a replay mostly waits for."""
    taken: dict[bytes, tuple[list[int], list[bytes]]] = {kind: ([], []) for kind in _KINDS_TAKEN}
    with connections.read() as connection:
        for first in range(after, upto, FETCHED):
            _sort_out(_fetched(connection, first, min(upto, first + FETCHED)), first + 1, taken, whole)
    for kind, (positions, facts) in taken.items():
        if positions:
            name = _BUCKETS[kind]
            try:
                _into(tables, name, positions, _facts(name, facts))
            except (ValueError, OverflowError, RecursionError):
                raise Unread(positions) from None


def _fetched(connection: sqlite3.Connection, after: int, upto: int) -> list[tuple[bytes, bytes]]:
    rows: list[tuple[bytes, bytes]] = connection.execute(
        "SELECT leaf, data FROM entries NOT INDEXED WHERE position > ? AND position <= ? ORDER BY position",
        (after, upto),
    ).fetchall()
    if len(rows) != upto - after:
        there = connection.execute(
            "SELECT position FROM entries NOT INDEXED WHERE position > ? AND position <= ?", (after, upto)
        ).fetchall()
        held = {position for (position,) in there}
        raise entry_missing(next(p for p in range(after + 1, upto + 1) if p not in held))
    return rows


def _sort_out(
    rows: list[tuple[bytes, bytes]], first: int, taken: dict[bytes, tuple[list[int], list[bytes]]], whole: list[Whole]
) -> None:
    """Each entry held against its leaf; its fact put to those of its kind, if rows are made of it."""
    for position, (leaf, data) in enumerate(rows, first):
        if sha256(b"\x00" + data).digest() != leaf:
            require_unaltered(Stored(position, "", "", leaf, data))
        kind = data[_HEAD : data.find(b'"', _HEAD)]
        if kind in taken:
            positions, facts = taken[kind]
            positions.append(position)
            facts.append(data[data.find(_FACT, _HEAD) + 8 : -1])
        elif kind in _KINDS_WHOLE:
            require_sound(Stored(position, "", "", leaf, data))
            whole.append(Whole(position, _BUCKETS[kind], tags_of(data), fact_of(data)))
        elif kind not in _BUCKETS:
            raise Unread([position])


def _numbered(pages: Mapping[str, Sequence[pa.RecordBatch]]) -> Batches:
    """Each table's pages as one, names of acts numbered: whoever joins those of all ranges has less to do."""
    tables = {name: joined(pages[name], spelled) for name, spelled in SPELLED.items()}
    names = pa.concat_arrays([tables[name][column] for name, column in ACTS.items()]).dictionary_encode()
    place = 0
    for name, column in ACTS.items():
        count = len(tables[name][column])
        tables[name][column] = names.indices.slice(place, count)
        place += count
    tables["Acts"]["name"] = names.dictionary
    return {name: pa.RecordBatch.from_arrays([*tables[name].values()], schema=SCHEMAS[name]) for name in SCHEMAS}


def columns_of(spelled: Iterable[tuple[int, str, bytes]]) -> Batches:
    """Facts as columns, from (position, what it is, its bytes). What no row is made of is left out."""
    tables: dict[str, list[pa.RecordBatch]] = {name: [] for name in SCHEMAS}
    for position, name, fact in spelled:
        if name in _TAKEN:
            _into(tables, name, [position], _facts(name, [fact]))
    return _numbered(tables)


def _facts(name: str, spelled: Sequence[bytes]) -> list[Any]:
    facts: list[Any] = _DECODERS[name](b"[" + b",".join(spelled) + b"]")
    if len(facts) != len(spelled):
        raise ValueError("more facts than entries")
    return facts


def _into(tables: dict[str, list[pa.RecordBatch]], name: str, positions: Sequence[int], facts: Sequence[Any]) -> None:
    columns = [integers(positions)]
    for field, is_a in KINDS[_TAKEN[name]].items():
        columns.append(_READ[is_a](list(map(attrgetter(field), facts))))
    if name in _BESIDE:
        columns += _BESIDE[name](facts, tables)
    tables[name].append(pa.RecordBatch.from_arrays(columns, schema=SPELLED[name]))


def _instants(spelled: Sequence[str | None]) -> pa.Array:
    """Microseconds of Unix time."""
    try:
        return texts(spelled).cast(pa.timestamp("us", "UTC")).cast(pa.int64())
    except pa.ArrowInvalid:  # what Arrow does not read, Python does
        return integers([None if s is None else instant_number(datetime.fromisoformat(s)) for s in spelled])


def _days(spelled: Sequence[str | None]) -> pa.Array:
    """Days since 1970-01-01, `NONE` where there is none."""
    none = np.fromiter((day is None for day in spelled), bool, len(spelled))
    days = texts(["1970-01-01" if day is None else day for day in spelled]).cast(pa.date32()).cast(pa.int32())
    return of_numbers(np.where(none, np.int32(NONE), numbers_in(days)))


def _words(spelled: Sequence[str | None]) -> pa.Array:
    return texts(spelled).dictionary_encode()


_READ: dict[str, Callable[[Sequence[Any]], pa.Array]] = {
    INSTANT: _instants,
    DAY: _days,
    TEXT: texts,
    WORD: _words,
    NUMBER: integers,
    ACT: texts,
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
    return [integers([mask for mask, _ in found]), integers([bits for _, bits in found])]


def _assessments(facts: Sequence[AssessmentRecorded], tables: dict[str, list[pa.RecordBatch]]) -> list[pa.Array]:
    assessors = [name for fact in facts for name in fact.assessors]
    tables["Assessors"].append(pa.RecordBatch.from_arrays([_words(assessors)], schema=SCHEMAS["Assessors"]))
    return [
        *_findings(facts),
        integers([len({result.scale for result in fact.results}) for fact in facts], np.int32),
        integers([len(fact.results) for fact in facts], np.int32),
        integers([len(fact.assessors) for fact in facts], np.int32),
    ]


def _sheets(facts: Sequence[PrescriptionIssued], tables: dict[str, list[pa.RecordBatch]]) -> list[pa.Array]:
    orders = [order for fact in facts for order in fact.orders]
    columns = [_words([getattr(order, name) for order in orders]) for name in ("order", "item", "site")]
    times = integers([order.times for order in orders])
    tables["Orders"].append(pa.RecordBatch.from_arrays([*columns, times], schema=SCHEMAS["Orders"]))
    return [integers([len(fact.orders) for fact in facts], np.int32)]


_BESIDE: dict[str, Callable[[Any, dict[str, list[pa.RecordBatch]]], list[pa.Array]]] = {
    "AssessmentRecorded": _assessments,
    "EpisodeOpened": lambda facts, _: _findings(facts),
    "FindingsRecorded": lambda facts, _: _findings(facts),
    "PrescriptionIssued": _sheets,
}
