"""Whether an act is within a limit of days: spans, windows, paid days, blocks, limbs.

Each as the clause of its name in `rules.clauses` answers. Nothing changes but what was counted.
"""

from projections.mirror.columns import NONE
from projections.rebuild import layout as t
from projections.rebuild.dates import add_days, first_day_past
from projections.rebuild.evidence import supports
from projections.rebuild.memory import (
    ALONE_AT,
    ANCHOR,
    COUNTED,
    COUNTED_LAST,
    DAY,
    FINDINGS,
    ITEM,
    LIMBS,
    Memory,
    cell_of,
    month_of,
)
from projections.rebuild.native import native


@native
def span_holds(m: Memory, c: int) -> bool:
    """1个疾病过程支付不超过…"""
    day = m[DAY]
    m[COUNTED] = 0
    if m[c + t.E]:
        cell = cell_of(m, c)
        if not m[cell] or not m[cell + 2]:
            return True
        m[COUNTED] = m[cell + 2]
        m[COUNTED_LAST] = m[cell + 5]
        if m[cell + 4] == 0 or m[cell + 3] == day:
            return True
        past = add_days(m[cell + 4] - 1, 1) if m[cell + 4] > 0 else add_days(m[cell + 4], 1)
    else:
        if m[c + t.D] == t.EPISODE_ONSET:
            anchor = m[ANCHOR]
            if anchor == NONE:
                return True
            past = first_day_past(anchor, m[c + t.A], m[c + t.B])
        else:
            cell = cell_of(m, c)
            if not m[cell]:
                return True
            anchor, past = m[cell + 1], m[cell + 4]
            m[COUNTED_LAST] = m[cell + 5]
        m[COUNTED] = max(0, day - anchor)
        if day < past:
            return True
    return m[c + t.F] == 1 and supports(m, m[c + t.G], past)


@native
def window_holds(m: Memory, c: int) -> bool:
    """No more than so many in the window that ends with the act's day."""
    cell = m[ALONE_AT] + m[c + t.CELL]
    if m[c + t.C]:
        cell += m[m[c + t.E] + m[ITEM]] * m[c + t.D]
    day = m[DAY]
    if m[c + t.B] == t.ROLLING:
        begin = add_days(day, -29)
        used = 0
        for k in range(m[cell]):
            if m[cell + 1 + 3 * k] >= begin:
                used += m[cell + 2 + 3 * k]
                m[COUNTED_LAST] = m[cell + 3 + 3 * k]
    else:
        key = month_of(m) if m[c + t.B] == t.WHOLE_MONTH else day
        used = m[cell + 1] if m[cell] == key else 0
        if used:
            m[COUNTED_LAST] = m[cell + 2]
    m[COUNTED] = used
    return used < m[c + t.A]


@native
def days_hold(m: Memory, c: int) -> bool:
    """Distinct paid days, or days since the first, within a container."""
    cell = cell_of(m, c)
    limit = m[c + t.A]
    if m[c + t.B] >= 0:
        degree = m[FINDINGS] >> m[c + t.B] & 3
        if m[c + t.F] and m[cell]:
            degree = m[cell + 3]
        limit = m[c + t.C + degree - 1] if degree else -1
    m[COUNTED] = 0
    if not m[cell]:
        return limit >= 0
    day = m[DAY]
    m[COUNTED_LAST] = m[cell + 4]
    if m[c + t.G]:
        m[COUNTED] = day - m[cell + 1]
        return limit >= 0 and day - m[cell + 1] < limit
    m[COUNTED] = m[cell]
    return limit >= 0 and (m[cell] < limit or m[cell + 2] == day)


@native
def is_full(m: Memory, c: int, cell: int, day: int) -> bool:
    """Whether the block is full for an act of the day."""
    if m[c + t.B]:
        return day - m[cell + 1] >= m[c + t.A]
    return m[cell] >= m[c + t.A] and day != m[cell + 2]


@native
def limbs_hold(m: Memory, cell: int, c: int) -> bool:
    """Within the days of each limb; told is the one that denies, else the one nearer to its limit."""
    day = m[DAY]
    told, told_within, told_left = -1, True, 0
    for limb in range(2):
        if not m[LIMBS] >> limb & 1:
            continue
        days = cell + 4 * limb
        limit = m[c + t.A + limb]
        used = (day - m[days + 1] if m[c + t.C] else m[days]) if m[days] else 0
        within = (m[days] > 0 and not m[c + t.C] and m[days + 2] == day) or used < limit
        left = limit - used
        if told < 0 or (told_within and not within) or (told_within == within and left < told_left):
            told, told_within, told_left = limb, within, left
            m[COUNTED] = used
            m[COUNTED_LAST] = m[days + 3]
    return told >= 0 and told_within
