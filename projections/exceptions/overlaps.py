"""Sessions that go on at once, found by sweeping over their starts: n log n, however many there are at a time.

Intervals are half-open. Two sessions overlap when they share more than a tolerance: each is taken to end that much
earlier, which is the same. A session without a stop later than its start takes no time that anybody knows, and
overlaps with none.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from heapq import heappop, heappush
from typing import NamedTuple

from projections.exceptions.performed import Performed

Label = Callable[[Performed], Hashable]


class Overlap(NamedTuple):
    """Sessions that overlap, or are linked by others that do; over how many minutes two or more of them went on, and
    how many of them, at most, at once.
    """

    acts: list[Performed]
    minutes: int
    at_once: int


def clashing(sessions: Sequence[Performed], party: Label, room: Label, tolerance: timedelta) -> Iterator[Overlap]:
    """Overlapping sessions of different parties in different rooms. `sessions` are sorted by start.

    Two sessions clash when they overlap, and neither label is the same. Every session that clashes with another is in
    exactly one overlap.
    """
    for piece in _linked(sessions, tolerance):
        if len(piece) > 1:
            clashes = _clashing_in(piece, party, room, tolerance)
            yield from (_overlap(part, tolerance) for part in _linked(clashes, tolerance))


def crowded(sessions: Sequence[Performed], most: int, tolerance: timedelta) -> Iterator[Overlap]:
    """Linked overlapping sessions of which more than `most` patients are treated at one time. Sorted by start."""
    for piece in _linked(sessions, tolerance):
        overlap = _overlap(piece, tolerance)
        if overlap.at_once > most:
            yield overlap


def minutes_of(lengths: Iterable[timedelta]) -> int:
    """Whole minutes of these times together."""
    return sum(lengths, timedelta()) // timedelta(minutes=1)


class _Active:
    """The sessions that go on, counted by room and party; those that are not known to clash are held by name."""

    def __init__(self, party: Label, room: Label) -> None:
        self._party, self._room = party, room
        self._ends: list[tuple[datetime, int, Hashable, Hashable]] = []
        self._of_party: Counter[Hashable] = Counter()
        self._in_room: Counter[Hashable] = Counter()
        self._both: Counter[tuple[Hashable, Hashable]] = Counter()
        self._unmarked: dict[Hashable, dict[Hashable, dict[int, None]]] = {}

    def leave(self, now: datetime) -> None:
        """Those that ended by now are gone."""
        while self._ends and self._ends[0][0] <= now:
            _, place, room, party = heappop(self._ends)
            self._in_room[room] -= 1
            self._of_party[party] -= 1
            self._both[room, party] -= 1
            self._unmarked.get(room, {}).get(party, {}).pop(place, None)

    def clashes_with(self, act: Performed) -> int:
        """How many of those that go on clash with the act."""
        room, party = self._room(act), self._party(act)
        return len(self._ends) - self._in_room[room] - self._of_party[party] + self._both[room, party]

    def take_clashing(self, act: Performed) -> list[int]:
        """The unmarked ones that clash with the act; they are marked from now on, so that each is taken once."""
        room, party = self._room(act), self._party(act)
        taken: list[int] = []
        for other, parties in list(self._unmarked.items()):
            if other != room:
                for whose in [whose for whose in parties if whose != party]:
                    taken += parties.pop(whose)
                if not parties:
                    del self._unmarked[other]
        return taken

    def enter(self, place: int, act: Performed, end: datetime, *, marked: bool) -> None:
        """The act goes on until `end`."""
        room, party = self._room(act), self._party(act)
        heappush(self._ends, (end, place, room, party))
        self._in_room[room] += 1
        self._of_party[party] += 1
        self._both[room, party] += 1
        if not marked:
            self._unmarked.setdefault(room, {}).setdefault(party, {})[place] = None


def _clashing_in(sessions: Sequence[Performed], party: Label, room: Label, tolerance: timedelta) -> list[Performed]:
    """Those that clash with any other, in the order given."""
    active = _Active(party, room)
    clash = [False] * len(sessions)
    for place, act in enumerate(sessions):
        active.leave(act.at)
        if active.clashes_with(act):
            clash[place] = True
            for other in active.take_clashing(act):
                clash[other] = True
        assert act.end is not None, "what is linked has a stop"  # noqa: S101
        active.enter(place, act, act.end - tolerance, marked=clash[place])
    return [act for act, marked in zip(sessions, clash, strict=True) if marked]


def _linked(acts: Iterable[Performed], tolerance: timedelta) -> Iterator[list[Performed]]:
    """The acts that take more than the tolerance, in pieces that no overlap links. Sorted by start, in and out."""
    piece: list[Performed] = []
    until: datetime | None = None
    for act in acts:
        if act.end is None or act.end - act.at <= tolerance:
            continue
        end = act.end - tolerance
        if until is None or act.at >= until:
            if piece:
                yield piece
            piece, until = [act], end
        else:
            piece.append(act)
            until = max(until, end)
    if piece:
        yield piece


def _overlap(acts: list[Performed], tolerance: timedelta) -> Overlap:
    """Minutes are counted to the real stops; how many at once, without what is tolerated."""
    return Overlap(acts, minutes_of([_shared(acts)]), _most_at_once(acts, tolerance))


def _shared(acts: Iterable[Performed]) -> timedelta:
    """How long two or more of them went on."""
    steps = sorted(step for act in acts if act.end is not None for step in ((act.at, 1), (act.end, -1)))
    shared, going, since = timedelta(), 0, None
    for at, step in steps:
        if going > 1 and since is not None:
            shared += at - since
        going, since = going + step, at
    return shared


def _most_at_once(acts: Iterable[Performed], tolerance: timedelta) -> int:
    """The most patients treated at one time."""
    steps = sorted(
        (at, step, act.patient)
        for act in acts
        if act.end is not None
        for at, step in ((act.at, 1), (act.end - tolerance, -1))
    )
    going: Counter[str] = Counter()
    most = 0
    for _, step, patient in steps:
        going[patient] += step
        if not going[patient]:
            del going[patient]
        most = max(most, len(going))
    return most
