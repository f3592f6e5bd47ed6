"""The days that count within any year, oldest first, in a ring: how many there are, where it begins, the days, and
the number of an act for each.
"""

from projections.rebuild.dates import add_days
from projections.rebuild.memory import Memory
from projections.rebuild.native import native


@native
def first_within(m: Memory, ring: int, room: int, begin: int) -> int:
    """How many days of a ring lie before `begin`."""
    low, high, head = 0, m[ring], m[ring + 1]
    while low < high:
        middle = (low + high) // 2
        if m[ring + 2 + (head + middle) % room] < begin:
            low = middle + 1
        else:
            high = middle
    return low


@native
def newest_at(m: Memory, ring: int, room: int) -> int:
    """Where the newest day of a ring stands."""
    return ring + 2 + (m[ring + 1] + m[ring] - 1) % room


@native
def add_day(m: Memory, ring: int, room: int, day: int, row: int) -> None:
    """One more in a ring, without those older than any year."""
    gone = first_within(m, ring, room, add_days(day, -366))
    m[ring + 1] = (m[ring + 1] + gone) % room
    m[ring] += 1 - gone
    place = newest_at(m, ring, room)
    m[place] = day
    m[place + room] = row
