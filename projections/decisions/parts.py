"""The files of kept decisions: Parquet, two a part of the mirror, readable by themselves.

`NAME.acts.parquet` has the acts that were decided, by the log position of the line that opens each, ascending, and a
bit each. `NAME.denied.parquet` has a line for each act that is not payable, in the order of the mirror's rows: what
failed, and of the rule's first clause that failed the act counted last and what was used. There is nothing to tell of
an act that is payable, so nothing is kept. A file is durable when `write` returns, and counts once a manifest names it.
"""

import os
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from projections.decisions.refusal import KeptError
from projections.mirror.columns import Ints

_SORTED = "DELTA_BINARY_PACKED"
_ACTS = pa.schema([pa.field("position", pa.int64(), nullable=False), pa.field("payable", pa.bool_(), nullable=False)])
_DENIED = pa.schema(
    [
        pa.field("row", pa.int32(), nullable=False),
        pa.field("position", pa.int64(), nullable=False),
        pa.field("fails", pa.int32(), nullable=False),
        pa.field("clauses", pa.string(), nullable=False),
        pa.field("blocking", pa.int32(), nullable=False),
        pa.field("blocking_position", pa.int64(), nullable=False),
        pa.field("used", pa.int32(), nullable=False),
    ]
)
_EARLIER = pa.schema(
    [pa.field("size", pa.int64(), nullable=False), pa.field("payable", pa.bool_(), nullable=False), *_DENIED]
)


class Acts(NamedTuple):
    """What was decided, by position."""

    position: Ints
    payable: Ints


class Denied(NamedTuple):
    """Acts that are not payable. `row` counts from the part's first, `blocking` from `row` backwards (0: no act).

    `clauses` are spelled as `explain` has them, with a blank between; `blocking_position` is 0 where there is none.
    """

    row: Ints
    position: Ints
    fails: Ints
    clauses: Any  # strings
    blocking: Ints
    blocking_position: Ints
    used: Ints


class Told(NamedTuple):
    """The columns of `Denied` that an outcome is made of."""

    row: Ints
    fails: Ints
    blocking: Ints
    used: Ints


class Earlier(NamedTuple):
    """Decisions as they were over the first `size` entries; `row` and `blocking` mean nothing any more."""

    size: Ints
    payable: Ints
    denied: Denied


def write_part(directory: Path, name: str, acts: Acts, denied: Denied) -> tuple[str, str]:
    """Both files of a part; the SHA-256 of each, in hex."""
    order = np.argsort(acts.position, kind="stable")
    table = pa.Table.from_arrays(
        [pa.array(acts.position[order], pa.int64()), pa.array(acts.payable[order].astype(bool))], schema=_ACTS
    )
    first = _write(directory / f"{name}.acts.parquet", table, {"position": _SORTED}, [])
    table = pa.Table.from_arrays(_arrays(denied), schema=_DENIED)
    return first, _write(directory / f"{name}.denied.parquet", table, _packed("row"), _FEW)


def write_earlier(directory: Path, name: str, earlier: Earlier) -> str:
    """The file of decisions that were other ones once; its SHA-256, in hex."""
    own = [pa.array(earlier.size, pa.int64()), pa.array(earlier.payable.astype(bool))]
    table = pa.Table.from_arrays([*own, *_arrays(earlier.denied)], schema=_EARLIER)
    return _write(directory / f"{name}.parquet", table, _packed(), [*_FEW, "size"])


class KeptReader:
    """Reads the two files of a part. They are held open: what is swept away meanwhile is read to the end."""

    def __init__(self, directory: Path, name: str, digests: tuple[str, str] | None = None) -> None:
        """`digests` as `write_part` has them, if they are known. KeptError, when a file is read that is another."""
        told = digests or (None, None)
        self._acts_file, self._denied_file = (
            _File(directory / f"{name}.{which}.parquet", digest)
            for which, digest in zip(("acts", "denied"), told, strict=True)
        )
        self._acts: Acts | None = None
        self._denied: Denied | None = None
        self._told: Told | None = None

    def acts(self) -> Acts:
        """Everything that was decided, by position."""
        if self._acts is None:
            table = self._acts_file.read()
            self._acts = Acts(*(_numbers(table[name]) for name in _ACTS.names))
        return self._acts

    def told(self) -> "Told":
        """Of what is not payable, in the order of the mirror's rows, what columns hold."""
        if self._told is None:
            table = self._denied_file.read(Told._fields)
            self._told = Told(*(_numbers(table[name]) for name in Told._fields))
        return self._told

    def denied(self) -> Denied:
        """What is not payable, in the order of the mirror's rows."""
        if self._denied is None:
            self._denied = _denied(self._denied_file.read())
        return self._denied


def read_earlier(directory: Path, name: str, digest: str | None = None) -> Earlier:
    """The file that `write_earlier` wrote. KeptError where it is another by now."""
    table = _File(directory / f"{name}.parquet", digest).read()
    return Earlier(_numbers(table["size"]), _numbers(table["payable"]), _denied(table))


_FEW = ["fails", "clauses", "used"]
"""Of few values."""


def _packed(*more: str) -> dict[str, str]:
    return dict.fromkeys((*more, "position", "blocking", "blocking_position"), _SORTED)


def _arrays(denied: Denied) -> list[pa.Array]:
    return [pa.array(column, field.type) for column, field in zip(denied, _DENIED, strict=True)]


def _denied(table: pa.Table) -> Denied:
    return Denied(
        **{
            name: np.array(table[name].to_pylist(), object) if name == "clauses" else _numbers(table[name])
            for name in _DENIED.names
        }
    )


def _write(path: Path, table: pa.Table, encodings: dict[str, str], dictionary: list[str]) -> str:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        pq.write_table(
            table, file, compression="zstd", use_dictionary=dictionary, column_encoding=encodings,
            write_statistics=False, store_schema=False,
        )  # fmt: skip
        file.flush()
        os.fsync(file.fileno())
    with pa.OSFile(str(path)) as written:
        return _digest(written)


class _File:
    """One file, opened now and read once it is asked for; held against its digest, where that is known, once."""

    def __init__(self, path: Path, digest: str | None) -> None:
        self._path = path
        self._digest = digest
        self._opened = pa.OSFile(str(path))

    def read(self, columns: Sequence[str] | None = None) -> pa.Table:
        """These columns, or all. KeptError."""
        if self._digest is not None and _digest(self._opened) != self._digest:
            raise self._damaged("it is not what was written")
        self._digest = None
        try:
            return pq.ParquetFile(self._opened).read(columns, use_threads=False).combine_chunks()
        except (pa.ArrowException, OSError) as error:
            raise self._damaged(f"it cannot be read: {' '.join(str(error).split())}") from None

    def _damaged(self, why: str) -> KeptError:
        home = self._path.parent
        return KeptError(f"{self._path}: these decisions are damaged ({why}); remove {home}, and they are made anew")


def _digest(file: Any) -> str:
    file.seek(0)
    return sha256(file.read_buffer()).hexdigest()


def _numbers(column: pa.ChunkedArray) -> Ints:
    whole: Ints = column.to_numpy()
    return whole
