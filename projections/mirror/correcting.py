"""Corrections put into the columns: the few lines that they change are read again as they stand, and take their places.

Which line a correction means, and how it reads then, `projections.history` says; here it is only found in the log what
has to be at hand for that: the lines that a target may mean, and all of each subject that is corrected.
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pyarrow as pa

from ledger.application.mapper import read_entry
from ledger.application.reading import read_streams
from ledger.journal import spell
from ledger.store.soundness import require_unaltered
from ledger.store.sqlite import SQLiteDCBRecorder, Stored
from ledger.treatment.facts import EntryCorrected, Fact
from ledger.treatment.refusal import Refusal
from ledger.treatment.subjects import resolver, subject_of
from projections.history.standing import standing
from projections.mirror.arrays import numbers_in, of_numbers
from projections.mirror.columns import Ints
from projections.mirror.decoding import Batches, columns_of
from projections.mirror.linking import expanded, joined, numbers
from projections.mirror.relations import Table
from projections.mirror.shapes import ACTS, SCHEMAS

UNSAID = frozenset({
    "actor", "clause", "diagnosis", "effect", "file_no", "fine_fen", "name", "quantity", "reason", "remark",
    "signature", "text",
})  # fmt: skip
"""Fields that no row says anything of, whatever fact they are of: corrected or not, the rows are the same."""

_MEANT = ("id:", "session:", "assessment:", "prescription:")
_OF_SEVERAL = {"PrescriptionIssued": ("orders", "Orders"), "AssessmentRecorded": ("assessors", "Assessors")}
"""Facts that have several of something: the column that counts them, and the table that they stand in."""


def corrected(
    recorder: SQLiteDCBRecorder, size: int, corrections: Sequence[tuple[int, EntryCorrected]]
) -> dict[int, Fact]:
    """The lines that these corrections change, by position, as they stand. Unsound where one was altered."""
    telling = [(position, one) for position, one in corrections if one.field not in UNSAID]
    if not telling:
        return {}
    targets = list(dict.fromkeys(one.target for _, one in telling))
    entries: dict[int, Fact] = {}
    boundaries = [((kind + target, ()),) for target in targets for kind in _MEANT]
    for stream in recorder.streams(boundaries, upto=size):
        _read(stream, entries)
    resolve = resolver([fact for _, fact in sorted(entries.items(), key=_position)], targets)
    subjects: dict[str, None] = {}
    for _, one in telling:
        try:
            subjects[subject_of(one, resolve)] = None
        except Refusal:
            continue  # it means nothing here, and changes nothing
    for stream in read_streams(recorder, list(subjects), size):
        _read(stream, entries)
    entries |= dict(telling)
    places = sorted(entries)
    lines = standing([entries[position] for position in places], None, None)
    return {places[line.place]: line.fact for line in lines if line.changes}


def tables_of(batches: Sequence[Batches], changed: Mapping[int, Fact]) -> dict[str, Table]:
    """The tables, whole; lines that were corrected as they stand. The batches are used up."""
    anew = columns_of((position, type(fact).__name__, spell(fact)) for position, fact in sorted(changed.items()))
    more = {name: batch.num_rows for name, batch in anew.items() if "position" in batch.schema.names}
    whole = _joined([*batches, anew])
    for name, rows in more.items():
        if rows:
            _take_their_places(whole, name, rows)
    pa.default_memory_pool().release_unused()  # what the batches took up
    return whole


def _joined(batches: Sequence[Batches]) -> dict[str, Table]:
    """Batches of all tables as one, table by table; acts numbered alike in all of it."""
    own = [batch.pop("Acts")["name"] for batch in batches]
    names = pa.concat_arrays(own).dictionary_encode()
    numbered = np.split(numbers_in(names.indices), np.cumsum([len(words) for words in own])[:-1])
    whole = {"Acts": {"name": names.dictionary}}
    del own, names
    for name, schema in SCHEMAS.items():
        if name in whole:
            continue
        of = [batch.pop(name) for batch in batches]  # what is joined is not kept twice
        table = joined(of, schema)
        if (acts := ACTS.get(name)) is not None:
            found = [to[numbers_in(batch[acts])] for to, batch in zip(numbered, of, strict=True)]
            table[acts] = of_numbers(np.concatenate(found).astype(np.int32, copy=False))
        whole[name] = table
    return whole


def _take_their_places(tables: dict[str, Table], name: str, last: int) -> None:
    """The last rows of a table stand for those of the same positions before them."""
    table = tables[name]
    position = numbers(table["position"])
    keep = ~np.isin(position, position[-last:])
    keep[-last:] = True
    order = np.flatnonzero(keep)
    order = order[np.argsort(position[order], kind="stable")]
    if name in _OF_SEVERAL:
        counted, several = _OF_SEVERAL[name]
        end = np.cumsum(numbers(table[counted]))
        begin = end - numbers(table[counted])
        _, rows = expanded(begin[order], end[order])
        tables[several] = _taken(tables[several], rows)
    tables[name] = _taken(table, order)


def _taken(table: Table, rows: Ints) -> Table:
    return {name: column.take(of_numbers(rows)) for name, column in table.items()}


def _read(rows: Iterable[Stored], into: dict[int, Fact]) -> None:
    for row in rows:
        if row.position not in into:
            require_unaltered(row)
            fact = read_entry(row.data)[1]
            if not isinstance(fact, EntryCorrected):
                into[row.position] = fact


def _position(entry: tuple[int, Fact]) -> int:
    return entry[0]
