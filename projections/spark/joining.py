"""Record batches put together again: whoever hands them over may cut them anywhere, also within a patient.

What is judged is a patient from the first row to the last, so a patient's rows have to follow one another.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from projections.mirror.arrays import numbers_in
from projections.mirror.columns import DTYPES, PER_PATIENT, PER_ROW, Columns, Ints, Rows, read_only
from projections.mirror.words import Numbered


class PatientSplit(ValueError):
    """A patient's rows did not come one after another: what would be decided of them is wrong."""


def whole_patients(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The same rows in the same order, cut between patients only. Raises PatientSplit."""
    seen: set[str] = set()
    held: list[pa.RecordBatch] = []  # the beginning of a patient who may go on in the next batch
    for batch in batches:
        if not batch.num_rows:
            continue
        last = int(_begins(batch)[-1])
        if last == 0 and held and _patient(batch, 0) == _patient(held[-1], 0):
            held.append(batch)
            continue
        whole = [*held, batch.slice(0, last)] if last else held
        held = [batch.slice(last)]
        if whole:
            yield _together(whole, seen)
    if held:
        yield _together(held, seen)


def rows_of(batch: pa.RecordBatch, words: Numbered) -> Rows:
    """A batch of whole patients as the evaluator takes it; columns that it lacks are 0, `acts` are left out."""
    begins = _begins(batch)
    counts = np.diff([*begins, batch.num_rows])
    columns: dict[str, Ints] = {"patient": np.repeat(np.arange(len(begins), dtype=np.int32), counts)}
    for name in (*PER_ROW, *PER_PATIENT):
        if name == "patient":
            continue
        column = _numbers(batch, name)
        columns[name] = column[begins] if name in PER_PATIENT else column
    patients = tuple(batch.column("patient").take(pa.array(begins)).to_pylist())
    return Rows(read_only(Columns(**columns)), patients=patients, acts=(), **words._asdict())


def _together(batches: list[pa.RecordBatch], seen: set[str]) -> pa.RecordBatch:
    whole = pa.concat_batches(batches)
    patients = whole.column("patient").take(pa.array(_begins(whole))).to_pylist()
    for patient in patients:
        if patient in seen:
            raise PatientSplit(
                f"patient {patient}: their rows do not follow one another; hand over whole patients, sorted as the "
                "mirror has them"
            )
        seen.add(patient)
    return whole


def _begins(batch: pa.RecordBatch) -> Ints:
    """Where each patient's rows begin."""
    ends = numbers_in(pc.run_end_encode(batch.column("patient")).run_ends)
    return np.concatenate([np.zeros(1, ends.dtype), ends])[:-1]


def _patient(batch: pa.RecordBatch, row: int) -> Any:
    return batch.column("patient")[row].as_py()


def _numbers(batch: pa.RecordBatch, name: str) -> Ints:
    if name not in batch.schema.names:
        return np.zeros(batch.num_rows, DTYPES[name])
    return numbers_in(batch.column(name))
