"""The whole log into a mirror: ordinary patients over whole columns, everybody else act by act.

What the log says of a patient is put together by `assembling` if nothing odd is about it, else by `tabulate`; both ways
together say what `tabulate` says of everything.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from ledger.application.mapper import read_entry, read_fact
from ledger.store.parallel import processes
from ledger.store.soundness import require_unaltered
from ledger.store.sqlite import SQLiteDCBRecorder, Stored
from ledger.treatment.facts import AssessmentRecorded, EntryCorrected, Fact, SessionStarted
from projections.history import effective
from projections.mirror.assembling import assemble
from projections.mirror.columns import PER_PATIENT, Columns, Ints, Rows
from projections.mirror.correcting import corrected, tables_of
from projections.mirror.decoding import Decoded, Range, decode
from projections.mirror.relations import Relations
from projections.mirror.shapes import SCHEMAS
from projections.mirror.tabulating import tabulate
from projections.mirror.words import Vocabulary
from projections.rules.evidence import Evidence

RANGE = 100_000
"""Entries that a process takes at once. For fewer than two of them each it is not worth its start."""


class Replayed(NamedTuple):
    """What a mirror is written from. `ordinary` with the ids of their acts; `odd` apart; nobody is in both."""

    ordinary: Rows
    acts: pa.StringArray
    odd: Rows | None
    register: Evidence


def replay(recorder: SQLiteDCBRecorder, size: int, vocabulary: Vocabulary, jobs: int = 1) -> Replayed:
    """The rows of the first `size` entries. Unsound where one was altered, is gone or cannot be read."""
    decoded = _decoded(recorder, size, jobs)
    whole = [(one.position, read_fact(one.fact)) for part in decoded for one in part.whole]
    changed = corrected(recorder, size, [(p, fact) for p, fact in whole if isinstance(fact, EntryCorrected)])
    registered = [(p, changed.get(p, fact)) for p, fact in whole if not isinstance(fact, EntryCorrected)]
    register = Evidence(fact for _, fact in registered)
    batches = {name: list(chain.from_iterable(part.tables[name] for part in decoded)) for name in SCHEMAS}
    del decoded, whole
    facts = Relations(tables_of(batches, changed))
    odd = None
    if facts.odd.any():
        theirs = ((p, changed.get(p, fact)) for p, fact in _entries(recorder, facts.positions_of(facts.odd)))
        odd = plainly(sorted([*registered, *theirs], key=_position))
    ordinary, acts = assemble(facts, register, vocabulary)
    return Replayed(ordinary, acts, odd, register)


def plainly(entries: Sequence[tuple[int, Fact]], patients: Iterable[str] | None = None) -> Rows:
    """The rows of these patients (of all that have acts) act by act. `entries` in log order, with their positions."""
    facts = [fact for _, fact in entries]
    positions: dict[tuple[str, str], int] = {}
    for position, fact in entries:
        if isinstance(fact, SessionStarted):
            positions["session", fact.session] = position
        elif isinstance(fact, AssessmentRecorded):
            positions["assessment", fact.assessment] = position
    return tabulate(Evidence(effective(facts)), patients, positions=positions)


def batches(replayed: Replayed, vocabulary: Vocabulary) -> Iterator[tuple[Rows, pa.StringArray]]:
    """All rows in order of the patients' ids, by the numbers of the vocabulary."""
    odd = None if replayed.odd is None else vocabulary.recoded(replayed.odd)
    if odd is None or not odd.patients:
        yield replayed.ordinary, replayed.acts
        return
    ordinary = replayed.ordinary
    ids = np.array([*ordinary.patients, *odd.patients], object)
    order = np.argsort(ids, kind="stable")
    rank = np.empty(len(ids), np.int64)
    rank[order] = np.arange(len(ids))
    first = len(ordinary.patients)
    number = np.concatenate([rank[ordinary.columns.patient], rank[first:][odd.columns.patient]])
    place = np.argsort(number, kind="stable")
    acts = pa.concat_arrays([replayed.acts, pa.array(odd.acts, pa.string())]).take(pa.array(place))
    columns = {}
    for name in Columns._fields:
        both = np.concatenate([getattr(ordinary.columns, name), getattr(odd.columns, name)])
        columns[name] = both[order] if name in PER_PATIENT else both[place]
    columns["patient"] = number[place].astype(np.int32)
    numbered = vocabulary.numbered()
    yield Rows(Columns(**columns), patients=tuple(ids[order].tolist()), acts=(), **numbered._asdict()), acts


def _decoded(recorder: SQLiteDCBRecorder, size: int, jobs: int) -> list[Decoded]:
    """The log as columns, range by range."""
    path = recorder.connections.path
    ranges = [Range(path, after, min(size, after + RANGE)) for after in range(0, size, RANGE)]
    with processes(min(jobs, len(ranges) // 2)) as pool, pool.ended_by_interrupt():
        return list(pool.map(decode, ranges))


def _entries(recorder: SQLiteDCBRecorder, positions: Ints) -> Iterator[tuple[int, Fact]]:
    """The entries at these positions, whole."""
    for first in range(0, len(positions), 20_000):
        asked = json.dumps(positions[first : first + 20_000].tolist())
        with recorder.connections.read() as connection:
            rows = connection.execute(
                "SELECT position, type, tags, leaf, data FROM entries NOT INDEXED "
                "WHERE position IN (SELECT value FROM json_each(?)) ORDER BY position",
                (asked,),
            ).fetchall()
        for row in map(Stored._make, rows):
            require_unaltered(row)
            yield row.position, read_entry(row.data)[1]


def _position(entry: tuple[int, Any]) -> int:
    return entry[0]
