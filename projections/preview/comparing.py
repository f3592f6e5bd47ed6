"""Rows judged by two rulings side by side: which acts move, one way or the other."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import repeat
from typing import NamedTuple

import numpy as np

from projections.mirror.columns import EVIDENCE, Ints, Rows
from projections.preview.ahead import ahead
from projections.preview.reaching import Reaching
from projections.rebuild.judging import Outcome, judge_rows, table_of
from projections.rules.judge import Judge
from projections.rules.register import Institution

Side = Judge
"""What judges one side: its evidence is not asked, only its rules."""


Decide = Callable[[Judge, Rows, Ints], Outcome]
"""Another way to decide the acts of the patients for whom the last is true, by their numbers."""


class Comparison(NamedTuple):
    """A batch, and how each side decides the acts of the patients whom the change can reach (`reached`, by their
    numbers). What the sides say of others means nothing.

    `gained` and `lost` are the places of the acts that move.
    """

    rows: Rows
    reached: Ints
    now: Outcome
    then: Outcome
    gained: Ints
    lost: Ints


def compare(
    now: Judge,
    then: Judge,
    batches: Iterable[Rows],
    institutions: Mapping[str, Institution],
    *,
    decide: Decide | None = None,
    before: Iterable[Outcome] | None = None,
) -> Iterator[Comparison]:
    """Judge every batch under both: by columns, or by `decide`. Raises NotTabled.

    `before` has how `now` decides, batch by batch, where that is known: all of it, reached or not. Batches, and these,
    are got by another thread, one ahead. ValueError where there are not as many of the one as of the other.
    """
    reaching = Reaching(now, then)
    sides = _Sides(now, then, institutions, decide)
    known = repeat(None) if before is None else before
    for batch, decided in ahead(zip(batches, known, strict=before is not None)):
        whom = reaching.patients(batch)
        columns = batch.columns
        earlier = decided if decided is not None else sides.decided(0, batch, whom)
        later = sides.decided(1, batch, whom)
        moved = np.flatnonzero(earlier.payable != later.payable)
        moved = moved[(columns.kind[moved] != EVIDENCE) & whom[columns.patient[moved]]]
        gains = later.payable[moved] > 0
        yield Comparison(batch, whom, earlier, later, gained=moved[gains], lost=moved[~gains])


class _Sides:
    """Both sides, and their tables for the words that were met last."""

    def __init__(self, now: Judge, then: Judge, institutions: Mapping[str, Institution], decide: Decide | None) -> None:
        self._judges = (now, then)
        self._institutions = institutions
        self._decide = decide
        self._words: object = None
        self._tables: list[Ints | None] = [None, None]

    def decided(self, side: int, rows: Rows, whom: Ints) -> Outcome:
        """How one side decides the acts of these patients."""
        judge = self._judges[side]
        if self._decide is not None:
            return self._decide(judge, rows, whom)
        words = (rows.items, rows.institutions, rows.orders)
        if words != self._words:
            self._words, self._tables = words, [None, None]
        table = self._tables[side]
        if table is None:
            table = self._tables[side] = table_of(judge, rows, self._institutions)
        return judge_rows(table, rows, whom)
