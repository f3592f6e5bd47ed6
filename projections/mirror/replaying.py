"""The whole log into a mirror: ordinary patients over whole columns, everybody else act by act.

What the log says of a patient is put together by `assembling` if nothing odd is about it, else by `tabulate`; both ways
together say what `tabulate` says of everything.
"""

import json
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from ledger.application.mapper import read_entry, read_fact
from ledger.store.parallel import processes
from ledger.store.refusals import Unsound
from ledger.store.soundness import require_sound, require_unaltered
from ledger.store.sqlite import SQLiteDCBRecorder, Stored
from ledger.treatment.facts import AssessmentRecorded, EntryCorrected, Fact, SessionStarted
from projections.history import effective
from projections.mirror.arrays import of_numbers, texts
from projections.mirror.assembling import assemble
from projections.mirror.columns import PER_PATIENT, Columns, Ints, Rows
from projections.mirror.correcting import corrected, tables_of
from projections.mirror.decoding import Decoded, Range, Unread, decode
from projections.mirror.parts import GROUP_ROWS
from projections.mirror.relations import Relations
from projections.mirror.tabulating import tabulate
from projections.mirror.words import Vocabulary, of_patients
from projections.rules.evidence import Evidence

RANGE = 25_000
"""Entries that a process takes at once."""
RANGES_A_PROCESS = 8
"""For fewer each, processes are not worth their start."""


ACTS_AT_ONCE = GROUP_ROWS * 7 // 8
"""Acts assembled at once, about: a row group, with the evidence that they see."""


class Replayed(NamedTuple):
    """What a mirror is written from. `ordinary`, with the ids of their acts, in order of patients' ids; `odd` apart;
    nobody is in both.
    """

    ordinary: Iterator[tuple[Rows, pa.StringArray]]
    odd: Rows | None
    register: Evidence


def replay(recorder: SQLiteDCBRecorder, size: int, vocabulary: Vocabulary, jobs: int = 1) -> Replayed:
    """The rows of the first `size` entries. Unsound where one was altered, is gone or cannot be read."""
    decoded = _decoded(recorder, size, jobs)
    whole = [(one.position, read_fact(one.fact)) for part in decoded for one in part.whole]
    changed = corrected(recorder, size, [(p, fact) for p, fact in whole if isinstance(fact, EntryCorrected)])
    registered = [(p, changed.get(p, fact)) for p, fact in whole if not isinstance(fact, EntryCorrected)]
    register = Evidence(fact for _, fact in registered)
    facts = Relations(tables_of([part.tables for part in decoded], changed))
    del decoded, whole
    odd = None
    if facts.odd.any():
        theirs = ((p, changed.get(p, fact)) for p, fact in _entries(recorder, facts.positions_of(facts.odd)))
        odd = plainly(sorted([*registered, *theirs], key=_position))
    facts.forget()
    return Replayed(assemble(facts, register, vocabulary, ACTS_AT_ONCE), odd, register)


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
        yield from replayed.ordinary
        return
    ends = np.cumsum(np.bincount(odd.columns.patient, minlength=len(odd.patients)))
    first = row = 0
    for ordinary, acts in replayed.ordinary:
        last = bisect_right(odd.patients, ordinary.patients[-1]) if ordinary.patients else first
        end = int(ends[last - 1]) if last else 0
        theirs = odd._replace(
            columns=of_patients(odd, range(first, last)), patients=odd.patients[first:last], acts=odd.acts[row:end]
        )
        yield _merged(ordinary, acts, theirs, vocabulary)
        first, row = last, end
    if first < len(odd.patients):
        yield (
            odd._replace(
                columns=of_patients(odd, range(first, len(odd.patients))), patients=odd.patients[first:], acts=(),
                **vocabulary.numbered()._asdict(),
            ),
            texts(odd.acts[row:]),
        )  # fmt: skip


def _merged(ordinary: Rows, acts: pa.StringArray, odd: Rows, vocabulary: Vocabulary) -> tuple[Rows, pa.StringArray]:
    """The rows of both, in order of the patients' ids."""
    if not odd.patients:
        return ordinary, acts
    ids = np.array([*ordinary.patients, *odd.patients], object)
    order = np.argsort(ids, kind="stable")
    rank = np.empty(len(ids), np.int64)
    rank[order] = np.arange(len(ids))
    first = len(ordinary.patients)
    number = np.concatenate([rank[ordinary.columns.patient], rank[first:][odd.columns.patient]])
    place = np.argsort(number, kind="stable")
    columns = {}
    for name in Columns._fields:
        both = np.concatenate([getattr(ordinary.columns, name), getattr(odd.columns, name)])
        columns[name] = both[order] if name in PER_PATIENT else both[place]
    columns["patient"] = number[place].astype(np.int32)
    merged = Rows(Columns(**columns), tuple(ids[order].tolist()), *vocabulary.numbered(), acts=())
    return merged, pa.concat_arrays([acts, texts(odd.acts)]).take(of_numbers(place))


def _decoded(recorder: SQLiteDCBRecorder, size: int, jobs: int) -> list[Decoded]:
    """The log as columns, range by range."""
    path = recorder.connections.path
    ranges = [Range(path, after, min(size, after + RANGE)) for after in range(0, size, RANGE)]
    with processes(min(jobs, len(ranges) // RANGES_A_PROCESS), along=True) as pool, pool.ended_by_interrupt():
        try:
            return pool.map_along(decode, ranges)
        except Unread as unread:
            raise _unread(recorder, unread.positions) from None


def _unread(recorder: SQLiteDCBRecorder, positions: Sequence[int]) -> Unsound:
    """What stops whoever meets these entries, of which one is not what it says it is: the first that is none."""
    try:
        for row in _rows(recorder, np.array(positions)):
            require_sound(row)
            read_entry(row.data)
    except Unsound as found:
        return found
    return Unsound(f"malformed: index {positions[0] - 1}: an entry that is not read as it is spelled; run `audit`")


def _entries(recorder: SQLiteDCBRecorder, positions: Ints) -> Iterator[tuple[int, Fact]]:
    """The entries at these positions, whole."""
    for row in _rows(recorder, positions):
        require_unaltered(row)
        yield row.position, read_entry(row.data)[1]


def _rows(recorder: SQLiteDCBRecorder, positions: Ints) -> Iterator[Stored]:
    for first in range(0, len(positions), 20_000):
        asked = json.dumps(positions[first : first + 20_000].tolist())
        with recorder.connections.read() as connection:
            rows = connection.execute(
                "SELECT position, type, tags, leaf, data FROM entries NOT INDEXED "
                "WHERE position IN (SELECT value FROM json_each(?)) ORDER BY position",
                (asked,),
            ).fetchall()
        yield from map(Stored._make, rows)


def _position(entry: tuple[int, Any]) -> int:
    return entry[0]
