"""The files of a mirror: Parquet, whole patients in every file and every row group, sorted by patient.

Two files a part. `NAME.parquet` has the rows, and says all by itself what a row is about (`patient`, `born`, `sex` and
`category` stand in it as runs, which cost nothing); `NAME.patients.parquet` has a line a patient: how many rows, in
which row group, and their digest. Readers of ours take patients from the second, and do not decode those four columns.

Nothing is null. A file is durable when `PartWriter.close` returns, and counts only once a manifest names it. A byte
that was changed since is found by whoever reads it here (`projections.mirror.checksums`). Whoever reads the files by
other means (DuckDB, Spark's own reader) has at best the checksums of pages, which do not cover their headers, and finds
nothing without asking for them: `mirror check` goes before.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from projections.mirror.arrays import numbers_in, of_bytes, of_numbers, texts
from projections.mirror.checksums import Checksums, checksums_of, chunk_in, chunk_of, digest_of, ends_of, mapped
from projections.mirror.columns import DTYPES, PER_PATIENT, PER_ROW, Columns, Ints, Rows, read_only
from projections.mirror.digest import patient_digests
from projections.mirror.refusal import REMEDY, MirrorDamaged
from projections.mirror.words import Numbered

GROUP_ROWS = 1 << 17
"""Rows of a row group, about: as many whole patients as come to no more, or one."""
PART_ROWS = 1 << 20
"""Rows of a file, about."""

ROW_COLUMNS = tuple(name for name in PER_ROW if name != "patient")
_SCHEMA = pa.schema(
    [pa.field("patient", pa.string(), nullable=False)]
    + [pa.field(name, pa.from_numpy_dtype(DTYPES[name]), nullable=False) for name in (*PER_PATIENT, *ROW_COLUMNS)]
    + [pa.field("act", pa.string(), nullable=False)]
)
_PATIENTS = pa.schema(
    [pa.field("patient", pa.string(), nullable=False)]
    + [pa.field(name, pa.from_numpy_dtype(DTYPES[name]), nullable=False) for name in PER_PATIENT]
    + [
        pa.field("rows", pa.int32(), nullable=False),
        pa.field("group", pa.int32(), nullable=False),
        pa.field("digest", pa.binary(32), nullable=False),
    ]
)
_DISTINCT = ("at", "end", "position", "recorded", "signed", "act")
"""Nearly every row says something else: kept as they are. The others are numbers of few values."""


class Patients(NamedTuple):
    """The lines of `NAME.patients.parquet`."""

    ids: tuple[str, ...]
    born: Ints
    sex: Ints
    category: Ints
    rows: Ints
    group: Ints
    digests: list[bytes]


class PartWriter:
    """Writes one part. Patients come in order; numbers are the mirror's."""

    def __init__(self, directory: Path, name: str) -> None:
        self.name = name
        self.rows = 0
        self.ids: list[str] = []
        self.digests: list[bytes] = []
        self.counts: list[int] = []
        self._directory = directory
        self._groups = 0
        self._patients: list[pa.RecordBatch] = []
        self._path = directory / f"{name}.parquet"
        self._file = _create(self._path)
        self._writer = pq.ParquetWriter(
            self._file,
            _SCHEMA,
            compression="snappy",
            use_dictionary=[name for name in _SCHEMA.names if name not in _DISTINCT],
            dictionary_pagesize_limit=1 << 23,
            write_statistics=["patient", "day"],
            data_page_size=1 << 22,
            write_page_checksum=True,
        )

    def write(self, rows: Rows, acts: pa.StringArray) -> None:
        """Patients after those before, as row groups."""
        with _named(self._path):
            for cut, ids in _groups(rows, acts):
                self._group(cut, ids)

    def close(self) -> Checksums:
        """End the files; they are durable then. What they are."""
        with _named(self._path):
            self._writer.close()
            _sync(self._file)
            self._file.close()
        path = self._directory / f"{self.name}.patients.parquet"
        with _named(path), _create(path) as file:
            table = pa.Table.from_batches(self._patients, _PATIENTS)
            pq.write_table(
                table,
                file,
                compression="snappy",
                use_dictionary=False,
                write_statistics=False,
                write_page_checksum=True,
            )
            _sync(file)
        return checksums_of(*_files(self._directory, self.name))

    def abandon(self) -> None:
        """Leave the files as they are: nobody will name them, and whoever writes sweeps them away."""
        with suppress(pa.ArrowException, OSError):
            self._writer.close()
        with suppress(OSError):
            self._file.close()

    def _group(self, rows: Rows, acts: pa.StringArray) -> None:
        columns = rows.columns
        counts = np.bincount(columns.patient, minlength=len(rows.patients)).astype(np.int32)
        digests = patient_digests(rows, acts)
        persons = [of_numbers(getattr(columns, name)) for name in PER_PATIENT]
        ids = texts(rows.patients)
        group = np.full(len(ids), self._groups, np.int32)
        self._patients.append(
            pa.record_batch(
                [ids, *persons, of_numbers(counts), of_numbers(group), of_bytes(digests, 32)], schema=_PATIENTS
            )
        )
        if len(columns.patient):
            index = of_numbers(columns.patient.astype(np.int32, copy=False))
            runs = [pa.DictionaryArray.from_arrays(index, ids).cast(pa.string())]
            runs += [of_numbers(getattr(columns, name)[columns.patient]) for name in PER_PATIENT]
            own = [of_numbers(getattr(columns, name)) for name in ROW_COLUMNS]
            self._writer.write_table(pa.Table.from_arrays([*runs, *own, acts], schema=_SCHEMA), row_group_size=1 << 40)
            self._groups += 1
        self.rows += len(columns.patient)
        self.ids += rows.patients
        self.digests += digests
        self.counts += counts.tolist()


class PartReader:
    """Reads one part. It is held open: a mirror that was changed meanwhile is read to the end as it was."""

    def __init__(self, directory: Path, name: str, checksums: Checksums) -> None:
        """`checksums` as `PartWriter.close` gave them. MirrorDamaged, and FileNotFoundError."""
        self._paths = _files(directory, name)
        self._checksums = checksums
        (self._bytes, self._mapped), self._patients_file = (
            self._read(path, lambda path=path: mapped(path)) for path in self._paths
        )
        self._require_written(0, ends_of(self._bytes) == checksums.ends)
        self._file: pq.ParquetFile | None = None
        self._patients: Patients | None = None

    @property
    def patients(self) -> Patients:
        """Whose rows are in the part."""
        if self._patients is None:
            whole, file = self._patients_file
            self._require_written(1, digest_of(whole) == self._checksums.patients)
            table = self._read(self._paths[1], lambda: pq.ParquetFile(file).read(use_threads=False).combine_chunks())
            ids, born, sex, category, rows, group, digests = (table[name] for name in _PATIENTS.names)
            self._patients = Patients(
                tuple(ids.to_pylist()),
                _values(born),
                _values(sex),
                _values(category),
                _values(rows),
                _values(group),
                digests.to_pylist(),
            )
        return self._patients

    @property
    def groups(self) -> int:
        """How many row groups there are."""
        return int(self._rows_file().num_row_groups)

    def read(self, group: int, columns: Sequence[str], numbered: Numbered, *, acts: bool) -> Rows:
        """A row group: whole patients. Of columns that are not named every value is 0."""
        wanted = [name for name in ROW_COLUMNS if name in columns]
        table = self._table(group, [*wanted, *(["act"] * acts)])
        patients = self.patients
        first, last = (int(place) for place in np.searchsorted(patients.group, [group, group + 1]))
        counts = patients.rows[first:last]
        count = int(counts.sum())
        found: dict[str, Ints] = {name: _values(table[name]) for name in wanted}
        self.require(all(len(values) == count for values in found.values()), "rows and patients do not fit")
        found["patient"] = np.repeat(np.arange(last - first, dtype=np.int32), counts)
        found |= {name: getattr(patients, name)[first:last] for name in PER_PATIENT}
        for name in PER_ROW:
            if name not in found:
                found[name] = np.zeros(count, DTYPES[name])  # never touched, so it takes no memory
        return Rows(
            read_only(Columns(**found)),
            patients=patients.ids[first:last],
            acts=tuple(table["act"].to_pylist()) if acts else (),
            **numbered._asdict(),
        )

    def require(self, holds: bool, why: str) -> None:
        """MirrorDamaged, of the file of rows, where it does not hold."""
        if not holds:
            raise _damaged(self._paths[0], why)

    def require_told_to_others(self, group: int) -> None:
        """MirrorDamaged where those columns of a row group were changed that only other readers take from there."""
        self._table(group, ["patient", *PER_PATIENT])

    def _table(self, group: int, columns: Sequence[str]) -> pa.Table:
        """These columns of a row group, none of them decoded before all of them are known to be what was written."""
        file, told = self._rows_file(), self._checksums.chunks[group]
        for place in map(_SCHEMA.names.index, columns):
            self._require_written(0, chunk_of(self._bytes, file.metadata, group, place) == chunk_in(told, place))
        return self._read(self._paths[0], lambda: file.read_row_group(group, columns, use_threads=False))

    def _rows_file(self) -> pq.ParquetFile:
        if self._file is None:
            self._file = self._read(self._paths[0], lambda: pq.ParquetFile(self._mapped))
        return self._file

    def _require_written(self, file: int, is_written: bool) -> None:
        if not is_written:
            raise _damaged(self._paths[file], "it is not what was written")

    def _read(self, path: Path, read: Any) -> Any:
        try:
            return read()
        except FileNotFoundError:
            raise
        except (pa.ArrowException, OSError) as error:
            raise _damaged(path, f"it cannot be read: {' '.join(str(error).split())}") from None


def _damaged(path: Path, why: str) -> MirrorDamaged:
    return MirrorDamaged(f"{path}: this file of the mirror is damaged ({why}); {REMEDY}")


def _files(directory: Path, name: str) -> list[Path]:
    """Where a part has its rows, and its patients."""
    return [directory / f"{name}{end}.parquet" for end in ("", ".patients")]


def _groups(rows: Rows, acts: pa.StringArray) -> Iterator[tuple[Rows, pa.StringArray]]:
    """The rows cut between patients, none much larger than `GROUP_ROWS`."""
    patients = len(rows.patients)
    ends = np.cumsum(np.bincount(rows.columns.patient, minlength=patients))
    first = row = 0
    while first < patients:
        last = max(first + 1, int(np.searchsorted(ends, row + GROUP_ROWS, side="right")))
        end = int(ends[last - 1])
        if first == 0 and last == patients:
            yield rows, acts
            return
        columns = {
            name: getattr(rows.columns, name)[first:last]
            if name in PER_PATIENT
            else getattr(rows.columns, name)[row:end]
            for name in Columns._fields
        }
        columns["patient"] = columns["patient"] - np.int32(first)
        yield rows._replace(columns=Columns(**columns), patients=rows.patients[first:last]), acts[row:end]
        first, row = last, end


def _values(column: pa.ChunkedArray) -> Ints:
    """The numbers of a column, not copied where they are of one piece."""
    return numbers_in(column.combine_chunks() if column.num_chunks != 1 else column.chunk(0))


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """The system does not say of an open file which one it could not write."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error


def _create(path: Path) -> Any:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")


def _sync(file: Any) -> None:
    file.flush()
    os.fsync(file.fileno())
