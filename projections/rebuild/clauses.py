"""Whether a clause holds for the act in the memory. Each branch is the clause of its name in `rules.clauses`."""

from projections.mirror.columns import NONE
from projections.rebuild import layout as t
from projections.rebuild.dates import add_months, add_years, first_of_year, has_turned, month_index
from projections.rebuild.evidence import proof_of_progress, supports
from projections.rebuild.limits import days_hold, is_full, limbs_hold, span_holds, window_holds
from projections.rebuild.memory import (
    AT,
    BORN,
    CATEGORY,
    COUNTED,
    COUNTED_LAST,
    DAY,
    FINDINGS,
    GROUP,
    IN_FORCE,
    INSTITUTION,
    PROVIDER,
    SCALES,
    SERVES,
    SEX,
    TREATING,
    WITHOUT,
    Memory,
    cell_of,
    month_of,
    stay_cell,
)
from projections.rebuild.native import inlined, native
from projections.rebuild.rings import first_within, newest_at


@inlined
def holds(m: Memory, c: int) -> bool:
    """Whether a clause holds for an act; `said` gets what it counted. Changes nothing but `said`."""
    kind = m[c + t.KIND]
    day = m[DAY]
    m[COUNTED_LAST] = 0
    m[COUNTED] = NONE
    if kind == t.INDICATION:
        return is_indicated(m, c)
    if kind == t.SPAN:
        return span_holds(m, c)
    if kind == t.WINDOW_COUNT:
        return window_holds(m, c)
    if kind == t.CONTAINER_COUNT:
        cell = stay_cell(m, c)
        if cell < 0:
            return True
        m[COUNTED] = m[cell]
        m[COUNTED_LAST] = m[cell + 1]
        return m[cell] < m[c + t.A]
    if kind == t.EXCLUSIVE:
        return exclusive_holds(m, c)
    if kind == t.GAP:
        cell = cell_of(m, c)
        if not m[cell]:
            return True
        m[COUNTED_LAST] = m[cell + 2]
        return day - m[cell + 1] >= m[c + t.A]
    if kind == t.DAYS:
        return days_hold(m, c)
    if kind == t.GATE:
        cell = cell_of(m, c)
        m[COUNTED] = (day - m[cell + 1] if m[c + t.B] else m[cell]) if m[cell] else 0
        if not m[cell] or not is_full(m, c, cell, day):
            return True
        return proof_of_progress(m, c, m[cell + 1]) > 0
    if kind == t.STAFF:
        return m[TREATING] >= m[c + t.A]
    if kind == t.PARTS:
        return m[SCALES] >= m[c + t.A]
    if kind == t.SITE:
        return m[m[c + t.A] + m[INSTITUTION]] == 1
    if kind == t.LINK:
        named = m[SERVES] if m[c + t.A] else m[IN_FORCE]
        return named >= 0 and m[m[c + t.B] + named] == 1
    if kind == t.PROVIDER:
        return m[PROVIDER] & m[c + t.A] != 0
    if kind == t.OPEN:
        return m[c + t.A] == 1
    if kind == t.MODE:
        if not m[GROUP]:
            return True
        cell = cell_of(m, c)
        return m[c + t.A] == 1 and 2 * m[cell] > m[cell + 1] + 1
    return rarer_holds(m, c)


@native
def is_indicated(m: Memory, c: int) -> bool:
    """What an item needs was found."""
    found = m[FINDINGS]
    if found & m[c + t.A] != m[c + t.A]:
        return False
    some = m[c + t.B]
    if some and (found & some == 0 or (m[c + t.C] and found & some != some)):
        return False
    return m[c + t.D] < 0 or (m[c + t.E] >> (found >> m[c + t.D] & 3)) & 1 == 1


@native
def exclusive_holds(m: Memory, c: int) -> bool:
    """Nobody of the other side who is together with the act was paid, or will be instead."""
    contest = m[c + t.B]
    if contest and m[WITHOUT] == contest:
        return True
    if not is_free(m, c):
        m[COUNTED_LAST] = m[cell_of(m, c) + 2]
        return False
    if contest:
        m[COUNTED_LAST] = m[c + t.D]
        return m[c + t.D] == 0
    return True


@native
def is_free(m: Memory, c: int) -> bool:
    """Nobody of the other side who is together with the act was paid."""
    cell = cell_of(m, c)
    if m[cell + 2] == 0:
        return True
    if m[c + t.A] == t.SAME_DAY:
        return m[cell] != m[DAY]
    return m[c + t.A] == t.OVERLAPPING and m[AT] >= m[cell]


@native
def rarer_holds(m: Memory, c: int) -> bool:
    """The clauses of few items: ages, years, limbs."""
    kind = m[c + t.KIND]
    day = m[DAY]
    born = m[BORN]
    if kind == t.AGE:
        return born != NONE and not has_turned(day, born, m[c + t.A])
    if kind == t.WORKING_AGE:
        return born != NONE and has_turned(day, born, m[c + t.A]) and day < retired_on(m, c)
    if kind == t.PROOF:
        if born != NONE and not has_turned(day, born, m[c + t.A]):
            return True
        return supports(m, m[c + t.G], NONE)
    cell = cell_of(m, c)
    if kind == t.YEAR:
        if born == NONE:
            return False
        room = m[c + t.G]
        turning = add_years(born, m[c + t.A])
        begin = first_of_year(day, m[c + t.D])
        if day >= turning and m[c + t.E]:
            begin = max(begin, turning)
        used = m[cell] - first_within(m, cell, room, begin)
        m[COUNTED] = used
        if used > 0:
            newest = newest_at(m, cell, room)
            m[COUNTED_LAST] = m[newest + room]
            if m[newest] == day if m[c + t.F] else month_index(m[newest]) == month_of(m):
                return True
        return used < (m[c + t.C] if day >= turning else m[c + t.B])
    if kind == t.YEARS:
        if not m[cell]:
            m[COUNTED] = 0
            return True
        if m[c + t.B]:
            m[COUNTED] = day - m[cell + 1]
            m[COUNTED_LAST] = m[cell + 3]
            return day < add_years(m[cell + 1], m[c + t.A])
        m[COUNTED] = m[cell]
        m[COUNTED_LAST] = m[cell + 4]
        return m[cell] < m[c + t.A] or month_of(m) // 12 == m[cell + 2]
    if kind == t.YEAR_DAYS:
        used = m[cell] - first_within(m, cell, m[c + t.G], first_of_year(day, m[c + t.D]))
        m[COUNTED] = used
        if used > 0:
            newest = newest_at(m, cell, m[c + t.G])
            m[COUNTED_LAST] = m[newest + m[c + t.G]]
            if m[newest] == day:
                return True
        return used < m[c + t.A]
    return limbs_hold(m, cell, c)


@native
def retired_on(m: Memory, c: int) -> int:
    """The first day of statutory retirement."""
    row = m[c + t.C]
    if m[SEX] != 1:
        row += t.RETIREMENT_WIDTH * (1 if m[CATEGORY] == 2 else 2)
    months = 0
    since = month_index(m[BORN]) - m[row + 1]
    if since >= 0 and not m[c + t.B]:
        months = min(since // m[row + 2] + 1, m[row + 3])
    return add_months(m[BORN], m[row] * 12 + months)
