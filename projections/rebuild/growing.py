"""A table while it is written: numbers put at its end, and the room that clauses keep in a patient's state."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from projections.rebuild.layout import ALONE, CELL, SCOPE


class NotTabled(ValueError):
    """A rulebook or a reading that the tables cannot say; the reference evaluator can."""


class Vocabulary(NamedTuple):
    """The words of a batch of rows: items, sets of items in force, and what institutions are."""

    items: Sequence[str]
    institutions: Sequence[Any]  # of `rules.register.Institution`
    orders: Sequence[frozenset[str]]


class Growing:
    """The numbers so far; how many integers clauses keep once a patient, and for each of what counts together."""

    def __init__(self, words: Vocabulary, first: int) -> None:
        self.words = words
        self.numbers = [0] * first
        self.alone = 0
        self.scoped = 0
        self.seldom = False  # whether a clause asks columns that few ask

    def put(self, numbers: Sequence[int]) -> int:
        """More of the table, and where it begins."""
        self.numbers.extend(numbers)
        return len(self.numbers) - len(numbers)

    def put_set(self, members: Iterable[bool]) -> int:
        """A set, as a one or a zero for each that could be in it."""
        return self.put([int(one) for one in members])

    def keep(self, row: list[int], width: int, scope: int = ALONE) -> None:
        """Room in the state for a clause: once a patient, or once for each of what counts together."""
        row[SCOPE] = scope
        if scope == ALONE:
            row[CELL] = self.alone
            self.alone += width
        else:
            row[CELL] = self.scoped
            self.scoped += width
