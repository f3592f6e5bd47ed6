"""`judge(batches) -> batches`: rows of the mirror in, decisions out; the same in a plain loop and in Spark's.

It can be pickled, and carries all that it needs along: the rules as one table of integers, and the words of the mirror
that they were made for. It opens no file, and knows neither the log nor Spark.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from projections.mirror.columns import EVIDENCE, NONE, Rows
from projections.mirror.mirror import JUDGED, Mirror
from projections.rebuild.failing import rulebook_places
from projections.rebuild.judging import judge_rows, table_of
from projections.rules.evidence import Evidence
from projections.rules.judge import Judge
from projections.spark.joining import rows_of, whole_patients

ASKED = (*JUDGED, "position")
"""The columns of the mirror that a batch has, beside `act`: those that rules ask for, and what names a decision."""

DECISIONS = pa.schema(
    [
        ("patient", pa.string()),
        ("position", pa.int64()),
        ("act", pa.string()),
        ("payable", pa.bool_()),
        ("fails", pa.int32()),
        ("blocking", pa.int64()),
        ("used", pa.int32()),
        ("rulebook", pa.string()),
    ]
)
"""A decision a row, in the order of judging within a patient. `position` is that of the line that opens the act.

`fails`: bits of the clauses that fail, as `rebuild.judging.Outcome` has them; `rebuild.failing` names them. Of the
rule's first clause that fails `blocking` is the position of the act counted last (null: none), and `used` how much was
used (null: it counts nothing). `rulebook` is the digest of the text that decided; null: none in force.
"""


class Judging:
    """A judge's rules over one mirror's words; `by` is the judge."""

    def __init__(self, judge: Judge, mirror: Mirror) -> None:
        """Of the mirror its words are kept, and of the judge everything but the evidence. Raises NotTabled."""
        self.by = Judge(Evidence([]), judge.rulebook, judge.readings, profile=judge.profile)
        self._words = mirror.words
        nothing = rows_of(pa.record_batch({"patient": pa.array([], pa.string())}), mirror.words)
        self._table = table_of(judge, nothing, mirror.institutions)

    def judge(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Decide every act of the rows (`ASKED` and `act`, as the mirror's files have them), batch by batch.

        A patient's rows come one after another, and may be cut over batches. Raises PatientSplit where they do not.
        """
        for batch in whole_patients(batches):
            yield self._decisions(batch, rows_of(batch, self._words))

    def _decisions(self, batch: pa.RecordBatch, rows: Rows) -> pa.RecordBatch:
        columns, outcome = rows.columns, judge_rows(self._table, rows)
        acts = np.flatnonzero(columns.kind != EVIDENCE)
        chosen = pa.array(acts)
        blocking, used = outcome.blocking[acts], outcome.used[acts]
        digests = pa.array([book.digest for book in self.by.rulebooks], pa.string())
        places = rulebook_places(self.by, columns)[acts]
        decided: list[Any] = [
            batch.column("patient").take(chosen),
            columns.position[acts],
            batch.column("act").take(chosen),
            outcome.payable[acts] == 1,
            outcome.fails[acts],
            pa.array(columns.position[blocking], mask=blocking < 0),
            pa.array(used, mask=used == NONE),
            digests.take(pa.array(places, mask=places < 0)),
        ]
        return pa.record_batch(decided, schema=DECISIONS)
