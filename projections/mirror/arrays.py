"""Lists of Python values and arrays of numpy's as Arrow arrays and back, put together from their buffers.

`pyarrow.array` and `to_numpy` do the same; but where pandas is installed the first call imports it, in every process:
that takes as long as reading some hundred thousand entries. Nothing here knows what the values mean.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from projections.mirror.columns import Ints


def integers(values: Sequence[int | None], type: Any = np.int64) -> pa.Array:
    """Whole numbers, null for None. OverflowError for what is too large."""
    valid = None
    if None in values:
        valid = _valid(values)
        values = [0 if value is None else value for value in values]
    return of_numbers(np.array(values, type), valid)


def of_numbers(values: Ints, valid: pa.Buffer | None = None) -> pa.Array:
    """The numbers of an array of numpy's, not copied where they lie one after another."""
    lying = np.ascontiguousarray(values)
    return pa.Array.from_buffers(pa.from_numpy_dtype(values.dtype), len(values), [valid, pa.py_buffer(lying)])


def of_bytes(values: Sequence[bytes], width: int) -> pa.Array:
    """Strings of bytes, each so wide."""
    return pa.Array.from_buffers(pa.binary(width), len(values), [None, pa.py_buffer(b"".join(values))])


def texts(values: Sequence[str | None]) -> pa.StringArray:
    """Strings, null for None. UnicodeEncodeError for what is none of Unicode's."""
    valid = None
    if None in values:
        if values.count(None) == len(values):  # so it mostly is, where there may be None
            return pa.nulls(len(values), pa.string())
        valid = _valid(values)
        values = [value or "" for value in values]
    joined = "".join(values)  # type: ignore[arg-type]
    raw = joined.encode()
    lengths = map(len, values if len(raw) == len(joined) else map(str.encode, values))  # type: ignore[arg-type]
    offsets = np.zeros(len(values) + 1, np.int32)
    np.cumsum(np.fromiter(lengths, np.int32, len(values)), out=offsets[1:])
    return pa.Array.from_buffers(pa.string(), len(values), [valid, pa.py_buffer(offsets), pa.py_buffer(raw)])


def numbers_in(column: pa.Array) -> Ints:
    """The numbers, or the truths, of an Arrow array without nulls; numbers as they lie there, to be read only."""
    data, until = column.buffers()[1], column.offset + len(column)
    values: Ints
    if not len(column):
        return np.zeros(0, column.type.to_pandas_dtype())
    if pa.types.is_boolean(column.type):
        values = np.unpackbits(np.frombuffer(data, np.uint8), count=until, bitorder="little").astype(bool)
    else:
        values = np.frombuffer(data, column.type.to_pandas_dtype())
        values.flags.writeable = False
    return values[column.offset : until]


def _valid(values: Sequence[object]) -> pa.Buffer:
    there = np.fromiter((value is not None for value in values), bool, len(values))
    return pa.py_buffer(np.packbits(there, bitorder="little"))
