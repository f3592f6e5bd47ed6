"""Lists of Python values as Arrow arrays, put together from their buffers.

`pyarrow.array` does the same; but where pandas is installed its first call imports it, in every process: that takes as
long as reading some hundred thousand entries. Nothing here knows what the values mean.
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
    """The numbers of an array of numpy's, not copied."""
    return pa.Array.from_buffers(pa.from_numpy_dtype(values.dtype), len(values), [valid, pa.py_buffer(values)])


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
    """The numbers of an Arrow array without nulls, as they lie there."""
    type = column.type.to_pandas_dtype()
    values: Ints = np.frombuffer(column.buffers()[1], type)[column.offset : column.offset + len(column)]
    return values


def _valid(values: Sequence[object]) -> pa.Buffer:
    there = np.fromiter((value is not None for value in values), bool, len(values))
    return pa.py_buffer(np.packbits(there, bitorder="little"))
