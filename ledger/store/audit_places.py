"""Ranges of the log as an audit meets them: ranges of indexes, and the stretches in which there are entries at all.

A position is any number of 63 bits: one forged entry far out, and a log seems to have 10¹⁸ entries. So nothing here
costs what lies between entries, neither time nor memory: only what there is.
"""

import sqlite3
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import Final


class Ranges:
    """Indexes of entries, as ranges; 16 bytes a range, however long it is."""

    def __init__(self, ranges: Iterable[tuple[int, int]] = ()) -> None:
        """`ranges`: (first, last) each, in any order."""
        self._first = array("q")
        self._last = array("q")
        for first, last in sorted(ranges):
            self.add(first, last)

    def add(self, first: int, last: int) -> None:
        """One more range, which begins nowhere before those that are there; it goes on the last one if it can."""
        if self._last and first <= self._last[-1] + 1:
            self._last[-1] = max(self._last[-1], last)
        else:
            self._first.append(first)
            self._last.append(last)

    def touches(self, first: int, last: int) -> bool:
        """Whether one of them is among first … last."""
        place = bisect_right(self._first, last) - 1
        return place >= 0 and self._last[place] >= first

    def __contains__(self, index: object) -> bool:
        return isinstance(index, int) and self.touches(index, index)

    def __iter__(self) -> Iterator[tuple[int, int]]:
        """(first, last) of each range, in order."""
        return zip(self._first, self._last, strict=True)

    def __len__(self) -> int:
        """How many ranges."""
        return len(self._first)

    def first(self, otherwise: int) -> int:
        """The smallest of them."""
        return self._first[0] if self._first else otherwise


NOWHERE: Final = Ranges()
EVERYWHERE: Final = Ranges([(0, 2**63 - 1)])


def stretches(connection: sqlite3.Connection, size: int, width: int) -> list[tuple[int, int]]:
    """Every (after, upto) of so many neighbouring positions, of the first `size`, in which there is an entry."""
    found: list[tuple[int, int]] = []
    sql = "SELECT position FROM entries NOT INDEXED WHERE position > ? AND position <= ? ORDER BY position LIMIT 1"
    upto = 0
    while (row := connection.execute(sql, (upto, size)).fetchone()) is not None:
        after = (row[0] - 1) // width * width
        upto = min(after + width, size)
        found.append((after, upto))
    return found
