"""Whom a change can reach: the patients with an act that two sides may be the first to decide otherwise.

A side is one ruling, or several in force one after another; so the question is asked of each act with the two rulings
that decide it. Why nobody else can be reached is said in `difference`.
"""

import numpy as np
from numpy.typing import NDArray

from projections.mirror.columns import EVIDENCE, Ints, Rows
from projections.preview.difference import Ruling, differing_items
from projections.rebuild.failing import rulebook_places
from projections.rules.case_in_force import CompiledSuccession
from projections.rules.judge import Judge


class Reaching:
    """What the rules of two judges reach; their evidence is not asked."""

    def __init__(self, now: Judge, then: Judge) -> None:
        self._sides = (now, then)
        ours, theirs = _rulings(now), _rulings(then)
        alone = len(ours) == len(theirs) == 1
        # By the rulings on both sides, in the order of `_rulings`.
        self._differing = [[differing_items(one, other, alone=alone) for other in theirs] for one in ours]
        self._words: tuple[str, ...] | None = None
        self._table: NDArray[np.bool_] = np.zeros((1, 1, 0), np.bool_)

    def patients(self, rows: Rows) -> Ints:
        """Whether each patient is reached, by their numbers."""
        columns = rows.columns
        reached = np.zeros(len(rows.patients), bool)
        table = self._table_of(rows.items)
        anywhere: Ints = np.logical_or.reduce(table, axis=(0, 1))
        if anywhere.any():
            acts = np.flatnonzero(anywhere[columns.item])
            acts = acts[columns.kind[acts] != EVIDENCE]
            of_these = columns._replace(day=columns.day[acts], opened=columns.opened[acts])
            now, then = (_places(judge, rulebook_places(judge, of_these)) for judge in self._sides)
            reached[columns.patient[acts[table[now, then, columns.item[acts]]]]] = True
        return reached

    def _table_of(self, items: tuple[str, ...]) -> NDArray[np.bool_]:
        """Whether each of these items differs, by the rulings on both sides."""
        if items != self._words:
            self._words = items
            self._table = np.array(
                [[[some is None or one in some for one in items] for some in row] for row in self._differing], np.bool_
            )
        return self._table


def _rulings(judge: Judge) -> list[Ruling]:
    """The rulings of a side: where several follow one another, first what holds as long as none is in force."""
    compiled = judge.compiled
    if not isinstance(compiled, CompiledSuccession):
        return [Ruling(compiled)]
    return [Ruling(compiled.compiled[0], silent=True), *map(Ruling, compiled.compiled)]


def _places(judge: Judge, rulebooks: Ints) -> Ints:
    """Where, in `_rulings`, the ruling of a rulebook is."""
    return rulebooks + 1 if isinstance(judge.compiled, CompiledSuccession) else rulebooks
