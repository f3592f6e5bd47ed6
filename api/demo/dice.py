"""Chance, from a seed. Why: the demo must be the same year on every machine and with every Python.

Only `random.Random.random()` is used, whose sequence the Python manual promises for a seed; whole numbers are
drawn from it here, because `randrange` and `choice` may change between versions.
"""

import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """A stream of draws; two with the same seed give the same."""

    __slots__ = ("_random",)

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed).random  # noqa: S311 — invented patients need no secrets

    def below(self, n: int) -> int:
        """A whole number from 0 to n − 1."""
        return int(self._random() * n)

    def between(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return low + int(self._random() * (high - low + 1))

    def pick(self, of: Sequence[T]) -> T:
        """One of them."""
        return of[int(self._random() * len(of))]

    def chance(self, share: float) -> bool:
        """True in that share (0 to 1) of the draws."""
        return self._random() < share
