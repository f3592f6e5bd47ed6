"""Names looked up over whole columns: which row opens a thing, which stretch of a sorted list an instant lies in.

Plain arrays and Arrow strings; nothing here knows what they mean.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from projections.mirror.arrays import numbers_in
from projections.mirror.columns import Ints


class Links(NamedTuple):
    """Where each name of some columns is opened.

    `twice`: rows of the opening column whose name another one of its rows has as well. `rows`: for each of the other
    columns the row that opens its name, -1 where none does.
    """

    twice: Ints
    rows: list[Ints]


def link(opening: pa.Array, *others: pa.Array) -> Links:
    """Look the names of other columns up in the column that opens them."""
    return linked(*alike(opening, *others))


def linked(own: Ints, *parts: Ints) -> Links:
    """The same of names that are numbered alike already; null is -1."""
    count = len(own)
    if count and int(own[-1]) == count - 1 and bool((np.diff(own) == 1).all()):
        twice = np.zeros(0, np.int64)
        return Links(twice, [np.where(part < count, part, -1) for part in parts])
    names = 1 + max((int(part.max()) for part in (own, *parts) if len(part)), default=-1)
    times = np.bincount(own, minlength=names)
    row = np.full(names + 1, -1, np.int64)  # the last is for null, which is -1
    row[own[::-1]] = np.arange(count - 1, -1, -1)  # of several the first
    return Links(np.flatnonzero(times[own] > 1), [row[part] for part in parts])


def alike(*columns: pa.Array) -> list[Ints]:
    """Columns of names, numbered alike in the order in which they first come; null is -1."""
    coded = [pa.types.is_dictionary(column.type) for column in columns]
    words = [column.dictionary if has else column for column, has in zip(columns, coded, strict=True)]
    parts = np.split(codes(pa.concat_arrays(words)), np.cumsum([len(column) for column in words])[:-1])
    return [
        np.append(part, -1)[codes(column)] if has else part
        for part, column, has in zip(parts, columns, coded, strict=True)
    ]


def codes(column: pa.Array) -> Ints:
    """The names numbered in the order in which they first come; null is -1."""
    encoded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    return numbers(encoded.indices)


def numbers(column: pa.Array, none: int = -1) -> Ints:
    """A column of numbers, `none` for null, as 64 bits."""
    values = numbers_in(column).astype(np.int64, copy=False)
    return np.where(numbers_in(column.is_valid()), values, none) if column.null_count else values


def words_of(column: pa.DictionaryArray) -> list[str]:
    """The words of a column whose batches have been joined."""
    found: list[str] = column.dictionary.to_pylist()
    return found


def places(rows: Ints) -> Ints:
    """Numbers of rows in half the room: to look rows up by, not to reckon with (their products would not fit)."""
    return rows.astype(np.int32)


def last_not_after(begin: Ints, end: Ints, sorted_: Ints, sought: Ints) -> Ints:
    """For each sought value the last place in sorted_[begin:end] whose value is not greater; `begin` - 1 if none is.

    `begin` and `end` are one for each sought value; every stretch is ascending.
    """
    low, high = begin.astype(np.int64), end.astype(np.int64)
    if not len(sorted_):
        return low - 1
    longest = int((high - low).max()) if len(low) else 0
    for _ in range(longest.bit_length()):
        middle = (low + high) >> 1
        open_ = low < high
        right = open_ & (sorted_[np.minimum(middle, len(sorted_) - 1)] <= sought)
        low = np.where(right, middle + 1, low)
        high = np.where(open_ & ~right, middle, high)
    return low - 1


def offsets(keys: Ints, count: int) -> tuple[Ints, Ints]:
    """Of ascending keys 0 … count - 1: where the rows of each begin and end."""
    ends = np.cumsum(np.bincount(keys, minlength=count)) if len(keys) else np.zeros(count, np.int64)
    return np.concatenate([[0], ends[:-1]]).astype(np.int64) if count else ends, ends


def expanded(begin: Ints, end: Ints) -> tuple[Ints, Ints]:
    """Each stretch written out: for every one of its places the number of the stretch, and the place."""
    lengths = end - begin
    which = np.repeat(np.arange(len(begin)), lengths)
    before = np.cumsum(lengths) - lengths
    return which, np.arange(int(lengths.sum())) - before[which] + begin[which]


def in_order_of_appearance(group: Ints, thing: Ints) -> Ints:
    """Things numbered within each group in the order in which they come, from 0. Rows stand group by group."""
    if not len(group):
        return np.zeros(0, np.int64)
    starts = np.flatnonzero(np.concatenate([[True], group[1:] != group[:-1]]))
    lengths = np.diff(np.append(starts, len(group)))
    first = np.repeat(thing[starts], lengths)
    found = np.zeros(len(group), np.int64)
    several = np.repeat(np.logical_or.reduceat(thing != first, starts), lengths)
    if not several.any():
        return found
    inside = np.flatnonzero(several)
    g, t = group[inside], thing[inside]
    spread = int(t.max()) + 1
    _, at, back = np.unique(g.astype(np.int64) * spread + t, return_index=True, return_inverse=True)
    rank = np.empty(len(at), np.int64)
    rank[np.argsort(at)] = np.arange(len(at))
    ranks = rank[back]
    begins = np.flatnonzero(np.concatenate([[True], g[1:] != g[:-1]]))
    found[inside] = ranks - np.repeat(ranks[begins], np.diff(np.append(begins, len(g))))
    return found


def joined(batches: Sequence[pa.RecordBatch], schema: pa.Schema) -> dict[str, pa.Array]:
    """Batches of a table as one, column by column; words are numbered alike in all of it."""
    table = pa.Table.from_batches(batches, schema).unify_dictionaries().combine_chunks()
    return {
        name: table[name].chunk(0) if table[name].num_chunks else pa.nulls(0, schema.field(name).type)
        for name in schema.names
    }
