"""Rows judged by two rulings side by side: which acts move, one way or the other."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

import numpy as np

from projections.mirror.columns import EVIDENCE, PER_PATIENT, Columns, Ints, Rows
from projections.preview.difference import differing_items
from projections.rebuild.judging import Outcome, judge_rows, table_of
from projections.rules.compile import Compiled
from projections.rules.judge import Judge
from projections.rules.register import Institution

Side = Judge
"""What judges one side: its evidence is not asked, only its rules."""


Decide = Callable[[Judge, Rows], Outcome]
"""Another way to decide the acts of rows."""


class Comparison(NamedTuple):
    """A batch: the rows of the patients whom the change can reach, and how each side decides them.

    `gained` and `lost` are the places of the acts that move. `acts` and `patients` count the whole batch, reached or
    not.
    """

    rows: Rows
    now: Outcome
    then: Outcome
    gained: Ints
    lost: Ints
    acts: int
    patients: int


def compare(
    now: Judge,
    then: Judge,
    batches: Iterable[Rows],
    institutions: Mapping[str, Institution],
    *,
    decide: Decide | None = None,
) -> Iterator[Comparison]:
    """Judge every batch under both: by columns, or by `decide`. Raises NotTabled."""
    differing = (
        differing_items(now.compiled, then.compiled)
        if isinstance(now.compiled, Compiled) and isinstance(then.compiled, Compiled)
        else None
    )
    tables: dict[tuple[object, ...], tuple[Ints, Ints]] = {}
    for batch in batches:
        rows = batch if differing is None else reached(batch, differing)
        if decide is not None:
            before, after = decide(now, rows), decide(then, rows)
        else:
            words = (rows.items, rows.institutions, rows.orders)
            if words not in tables:
                tables = {words: (table_of(now, rows, institutions), table_of(then, rows, institutions))}
            before, after = (judge_rows(table, rows) for table in tables[words])
        is_act = rows.columns.kind != EVIDENCE
        yield Comparison(
            rows=rows,
            now=before,
            then=after,
            gained=np.flatnonzero(is_act & (after.payable > before.payable)),
            lost=np.flatnonzero(is_act & (after.payable < before.payable)),
            acts=int(np.count_nonzero(batch.columns.kind != EVIDENCE)),
            patients=len(batch.patients),
        )


def reached(rows: Rows, items: frozenset[str]) -> Rows:
    """Only the patients with an act of one of the items."""
    columns = rows.columns
    concerned = np.array([item in items for item in rows.items], bool)
    acts = concerned[columns.item] & (columns.kind != EVIDENCE) if len(concerned) else np.zeros(0, bool)
    patients = np.zeros(len(rows.patients), bool)
    patients[columns.patient[acts]] = True
    if patients.all():
        return rows
    kept = patients[columns.patient]
    number = np.cumsum(patients, dtype=np.int32) - 1
    narrowed = {
        name: column[patients] if name in PER_PATIENT else column[kept] for name, column in columns._asdict().items()
    }
    narrowed["patient"] = number[narrowed["patient"]]
    return rows._replace(
        columns=Columns(**narrowed),
        patients=tuple(one for one, keep in zip(rows.patients, patients, strict=True) if keep),
        acts=tuple(rows.acts[k] for k in np.flatnonzero(kept)) if rows.acts else (),
    )
