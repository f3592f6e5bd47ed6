"""The pieces of a mirror, by number: what is handed out, to be read wherever it is judged.

A piece is a row group of whole patients, so no patient is ever in two of them; what a newer file says anew of a patient
is the mirror's own matter. Whoever reads a piece finds the mirror under the same path, and as it was when the pieces
were numbered.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

import pyarrow as pa

from projections.mirror.columns import PER_PATIENT, PER_ROW, Rows
from projections.mirror.mirror import Mirror
from projections.mirror.refusal import MirrorError
from projections.spark.judging import ASKED


class Pieces:
    """A mirror's pieces, numbered from 0. It can be pickled; the files stay where they are."""

    def __init__(self, mirror: Mirror) -> None:
        self._directory = mirror.directory.resolve()
        self._is = _identity(mirror)
        self._pieces = mirror.pieces()

    def __len__(self) -> int:
        return len(self._pieces)

    def batches(self, numbers: Iterable[int]) -> Iterator[pa.RecordBatch]:
        """The rows of these pieces, a batch each, as `Judging.judge` takes them; none where nobody has rows any more.

        MirrorError where the mirror is not there, or is another one by now.
        """
        for number in numbers:
            mirror = _opened(self._directory, self._is)
            rows = mirror.read(self._pieces[number], ASKED)
            if rows.patients:
                yield batch_of(rows)

    def require_same(self) -> None:
        """MirrorError where another mirror is in the directory by now."""
        _require(Mirror.open(self._directory), self._is)


def batch_of(rows: Rows) -> pa.RecordBatch:
    """Rows as their file has them: `patient` by name, and what a patient is in each of their rows."""
    columns = rows.columns
    number = pa.array(columns.patient)
    named = {"patient": pa.array(rows.patients, pa.string()).take(number)}
    named |= {name: pa.array(getattr(columns, name)).take(number) for name in PER_PATIENT}
    named |= {name: pa.array(getattr(columns, name)) for name in PER_ROW if name in ASKED and name != "patient"}
    return pa.record_batch({**named, "act": pa.array(rows.acts, pa.string())})


Identity = tuple[str, tuple[str, ...]]
"""Of a mirror: its digest, and its files, for the same rows may be put into others."""


def _identity(mirror: Mirror) -> Identity:
    return mirror.digest, tuple(part.name for part in mirror.manifest.parts)


@lru_cache(maxsize=1)
def _opened(directory: Path, wanted: Identity) -> Mirror:
    """Opened once a process: it judges many pieces."""
    return _require(Mirror.open(directory), wanted)


def _require(mirror: Mirror, wanted: Identity) -> Mirror:
    if _identity(mirror) != wanted:
        raise MirrorError(f"{mirror.directory}: the mirror was written anew meanwhile; judge it again")
    return mirror
