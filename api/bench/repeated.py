"""Many acts to judge: the first fifty of each patient of the invented year, repeated under other ids.

There are as many as asked for, and some more: patients are whole. Nothing is drawn, so it is the same in each run.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from projections.mirror.columns import EVIDENCE, PER_PATIENT, Columns, Rows
from projections.mirror.house import houses
from projections.mirror.mirror import together
from projections.mirror.parts import GROUP_ROWS
from projections.mirror.tabulating import tabulate
from projections.mirror.words import Numbered
from projections.mirror.writing import write_mirror
from projections.rules.evidence import Evidence

ACTS_A_PATIENT = 50


def write_repeated(directory: Path, evidence: Evidence, acts: int) -> None:
    """A mirror of so many acts, or some more, made of the evidence."""
    base = _first(tabulate(evidence), ACTS_A_PATIENT)
    write_mirror(directory, _repeated(base, acts), houses(evidence.institutions))


def acts_in(rows: Rows) -> int:
    """How many of the rows are acts."""
    return int(np.count_nonzero(rows.columns.kind != EVIDENCE))


def _first(rows: Rows, most: int) -> Rows:
    """Of each patient the rows up to so many acts."""
    columns = rows.columns
    before = np.cumsum(columns.kind != EVIDENCE)
    begins = np.searchsorted(columns.patient, np.arange(len(rows.patients)))
    earlier = np.where(begins > 0, before[begins - 1], 0)[columns.patient]
    kept = before - earlier <= most
    narrowed = {name: column if name in PER_PATIENT else column[kept] for name, column in columns._asdict().items()}
    return rows._replace(columns=Columns(**narrowed), acts=tuple(rows.acts[k] for k in np.flatnonzero(kept)))


def _repeated(base: Rows, acts: int) -> Iterator[Rows]:
    """The same patients again and again, under other ids and at other places of the log, in the order of ids; as many
    rows at once as the mirror's groups have.
    """
    lines, times = int(base.columns.position.max()), -(-acts // acts_in(base))
    words = Numbered(base.items, base.institutions, base.orders, base.practitioners)
    at_once = max(1, GROUP_ROWS // len(base.columns.patient))
    for first in range(0, times, at_once):
        yield together([_again(base, k, k * lines) for k in range(first, min(first + at_once, times))], words)


def _again(base: Rows, k: int, later: int) -> Rows:
    return base._replace(
        columns=base.columns._replace(position=base.columns.position + later),
        patients=tuple(f"{k:06}-{patient}" for patient in base.patients),
        acts=tuple(f"{k}-{act}" for act in base.acts),
    )
