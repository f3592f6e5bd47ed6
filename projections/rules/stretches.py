"""Stretches of days, put together once so that any day is looked up by halving, however many lines there were.

A register is written by others and may have thousands of lines on one person; what is asked of it for every act must
not walk them. Plain dates in, dates out: nothing here knows what is held, or by whom.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from heapq import heappop, heappush
from typing import Generic, TypeVar

from projections.rules.calendar import add_days

Stretch = tuple[date, date | None]
"""First and last day, both inclusive; None: without end."""
T = TypeVar("T")


class Stretches:
    """Days covered by any of some stretches: sorted, none touching the next."""

    __slots__ = ("_begins", "_ends")

    def __init__(self, stretches: Iterable[Stretch]) -> None:
        self._begins: list[date] = []
        self._ends: list[date] = []
        for begin, end in sorted((begin, end or date.max) for begin, end in stretches):
            if end < begin:
                continue
            if self._ends and begin <= add_days(self._ends[-1], 1):
                self._ends[-1] = max(self._ends[-1], end)
            else:
                self._begins.append(begin)
                self._ends.append(end)

    def covers(self, day: date) -> bool:
        """Whether the day lies in one of them."""
        place = bisect_right(self._begins, day)
        return place > 0 and day <= self._ends[place - 1]

    def first(self, day: date) -> date | None:
        """The first covered day that is not before `day`."""
        if self.covers(day):
            return day
        place = bisect_right(self._begins, day)
        return self._begins[place] if place < len(self._begins) else None

    def gaps(self) -> Iterator[Stretch]:
        """The stretches between them, before the first and after the last."""
        day = date.min
        for begin, end in zip(self._begins, self._ends, strict=True):
            if day < begin:
                yield day, add_days(begin, -1)
            if end == date.max:
                return
            day = add_days(end, 1)
        yield day, None

    def turns(self, after: date = date.min) -> list[date]:
        """The days later than `after` that begin a stretch, or follow the last of one. Ascending."""
        place = max(0, bisect_right(self._begins, after) - 1)
        turns = []
        for begin, end in zip(self._begins[place:], self._ends[place:], strict=True):
            turns += [begin, add_days(end, 1)] if end < date.max else [begin]
        return [turn for turn in turns if turn > after]


def in_all(every: Sequence[Stretches]) -> Stretches:
    """The days that each of them covers; steps as many as the one with the fewest stretches has, times how many."""
    found: list[Stretch] = []
    day: date | None = date.min
    while day is not None:
        begin = _first_in_all(every, day)
        if begin is None:
            break
        end = min(stretches._ends[bisect_right(stretches._begins, begin) - 1] for stretches in every)
        found.append((begin, end))
        day = add_days(end, 1) if end < date.max else None
    return Stretches(found)


def _first_in_all(every: Sequence[Stretches], day: date) -> date | None:
    """The first day not before `day` that each of them covers."""
    while True:
        begin = day
        for stretches in every:
            first = stretches.first(day)
            if first is None:
                return None
            day = first
        if day == begin:
            return day


class Highest(Generic[T]):
    """For every day the highest rank among the stretches that cover it, and the first day on which that is no higher.

    `lowest` stands where none covers. Ranks have to be comparable.
    """

    __slots__ = ("_begins", "_minima")

    def __init__(self, ranked: Iterable[tuple[T, date, date | None]], lowest: T) -> None:
        stretches = sorted(
            ((begin, end or date.max, rank) for rank, begin, end in ranked if end is None or begin <= end),
            key=lambda one: one[0],
        )
        cuts = {date.min, *(begin for begin, _, _ in stretches)}
        cuts.update(add_days(end, 1) for _, end, _ in stretches if end < date.max)
        self._begins = sorted(cuts)
        highest: list[T] = []
        open_: list[tuple[_Descending[T], date]] = []
        coming = 0
        for day in self._begins:
            while coming < len(stretches) and stretches[coming][0] <= day:
                heappush(open_, (_Descending(stretches[coming][2]), stretches[coming][1]))
                coming += 1
            while open_ and open_[0][1] < day:
                heappop(open_)
            highest.append(open_[0][0].rank if open_ else lowest)
        self._minima = [highest]  # of one stretch each, of two, of four, …
        while len(self._minima[-1]) > 1:
            below = self._minima[-1]
            self._minima.append([min(below[place : place + 2]) for place in range(0, len(below), 2)])  # type: ignore[type-var]

    def at(self, day: date) -> T:
        """The highest rank on the day."""
        return self._minima[0][bisect_right(self._begins, day) - 1]

    def first(self, day: date, limit: T) -> date | None:
        """The first day not before `day` whose highest rank is not above `limit`."""
        place, level = bisect_right(self._begins, day) - 1, 0
        while self._is_above(level, place, limit):
            place += 1
            while place % 2 == 0 and level + 1 < len(self._minima):
                place, level = place // 2, level + 1
        if place >= len(self._minima[level]):
            return None
        while level:
            place, level = place * 2, level - 1
            place += self._is_above(level, place, limit)
        return max(day, self._begins[place])

    def turns(self) -> list[date]:
        """The days on which the highest rank may change."""
        return self._begins[1:]

    def _is_above(self, level: int, place: int, limit: T) -> bool:
        minima = self._minima[level]
        return place < len(minima) and minima[place] > limit  # type: ignore[operator]


class _Descending(Generic[T]):
    """A rank that sorts the other way round: a heap gives the least first."""

    __slots__ = ("rank",)

    def __init__(self, rank: T) -> None:
        self.rank = rank

    def __lt__(self, other: "_Descending[T]") -> bool:
        return bool(self.rank > other.rank)  # type: ignore[operator]
