"""What an act uses up once it is part of the case: what its clauses are told of performed and of paid acts."""

from projections.mirror.columns import IMPROVED, NONE
from projections.rebuild import layout as t
from projections.rebuild.dates import add_days, first_day_past, month_index
from projections.rebuild.evidence import mark, proof_of_progress
from projections.rebuild.limits import is_full
from projections.rebuild.memory import (
    ALONE_AT,
    DAY,
    DERIVED_EPISODE,
    END,
    FINDINGS,
    GROUP,
    ITEM,
    LAST_PERFORMED,
    LIMBS,
    OUTCOME,
    RECORD,
    ROW,
    SPENT,
    VOIDED,
    Memory,
    book_at,
    cell_of,
    derived_episode,
    month_of,
    stay_cell,
)
from projections.rebuild.native import inlined, native
from projections.rebuild.rings import add_day, newest_at


@inlined
def commit(m: Memory, payable: bool) -> None:
    """The act is part of the case from here on, under every rulebook."""
    if m[RECORD] & VOIDED:
        return
    perform(m)
    for place in range(m[t.BOOKS]):
        book = book_at(m, place)
        rule = m[book + t.RULES + m[ITEM]]
        if not rule:
            continue
        for k in range(m[rule + t.TOLD_FIRST], m[rule + t.TOLD_LAST], t.TOLD_WIDTH):
            if m[k + t.OF_PERFORMED]:
                performed(m, m[k + t.TOLD])
            if payable and m[k + t.OF_PAID]:
                paid(m, m[k + t.TOLD])
        if payable and rule == m[book + t.PAID_EXTENSION] and m[OUTCOME] >= IMPROVED:
            mark(m, place)


@native
def perform(m: Memory) -> None:
    """Something was performed on the act's day, whatever it was."""
    if not m[RECORD] & VOIDED:
        # Clauses that are told ask for the derived episode again: of this very day, so it stays.
        m[DERIVED_EPISODE] = derived_episode(m)
        m[LAST_PERFORMED] = m[DAY]


@native
def performed(m: Memory, c: int) -> None:
    cell = cell_of(m, c)
    if m[c + t.KIND] == t.GAP:
        m[cell] = 1
        m[cell + 1] = m[DAY]
        m[cell + 2] = m[ROW]
    elif not m[cell]:
        anchor_span(m, c, cell)


@native
def anchor_span(m: Memory, c: int, cell: int) -> None:
    """The first of a span: its clock starts."""
    m[cell] = 1
    m[cell + 1] = m[DAY]
    m[cell + 5] = m[ROW]
    if not m[c + t.E]:
        m[cell + 4] = first_day_past(m[DAY], m[c + t.A], m[c + t.B])


@inlined
def paid(m: Memory, c: int) -> None:
    """An act of a watched rule was found payable: it uses up what there is to use up."""
    kind = m[c + t.KIND]
    day = m[DAY]
    if kind == t.CONTAINER_COUNT:
        cell = stay_cell(m, c)
        if cell >= 0:
            m[cell] += 1
            m[cell + 1] = m[ROW]
        return
    if kind == t.WINDOW_COUNT:
        window_paid(m, c)
        return
    cell = cell_of(m, c)
    if kind == t.SPAN:
        if not m[cell]:
            anchor_span(m, c, cell)
        if m[c + t.E] and (m[cell + 2] == 0 or m[cell + 3] != day):
            m[cell + 3] = day
            m[cell + 2] += 1
            if m[cell + 2] == m[c + t.C]:
                m[cell + 4] = day + 1 if day >= 0 else day  # zero is: not full
    elif kind == t.EXCLUSIVE:
        if m[c + t.A] == t.OVERLAPPING:
            end = m[END]
            if end != NONE and (m[cell + 2] == 0 or end > m[cell]):
                m[cell] = end
                m[cell + 2] = m[ROW]
        elif m[c + t.A] == t.SAME_DAY or m[cell + 2] == 0:
            m[cell] = day
            m[cell + 2] = m[ROW]
    elif kind == t.GAP:
        m[cell] = 1
        m[cell + 1] = day
        m[cell + 2] = m[ROW]
    elif kind == t.DAYS:
        if not m[cell]:
            m[cell + 1] = day
            m[cell + 3] = m[FINDINGS] >> m[c + t.B] & 3 if m[c + t.B] >= 0 else 0
        elif m[cell + 2] == day:
            return
        m[cell] += 1
        m[cell + 2] = day
        m[cell + 4] = m[ROW]
    elif kind == t.GATE:
        gate_paid(m, cell, c)
    elif kind == t.YEAR:
        room = m[c + t.G]
        if m[cell]:
            newest = newest_at(m, cell, room)
            if m[newest] == day if m[c + t.F] else month_index(m[newest]) == month_of(m):
                m[newest] = day
                return
        add_day(m, cell, room, day, m[ROW])
    elif kind == t.YEARS:
        year = month_of(m) // 12
        if not m[cell]:
            m[cell + 1] = day
            m[cell + 3] = m[ROW]
        elif m[cell + 2] == year:
            return
        m[cell] += 1
        m[cell + 2] = year
        m[cell + 4] = m[ROW]
    elif kind == t.YEAR_DAYS:
        if not m[cell] or m[newest_at(m, cell, m[c + t.G])] != day:
            add_day(m, cell, m[c + t.G], day, m[ROW])
    elif kind == t.MODE:
        m[cell] += 1 - m[GROUP]
        m[cell + 1] += 1
    elif kind == t.LIMB_DAYS:
        for limb in range(2):
            days = cell + 4 * limb
            if m[LIMBS] >> limb & 1 and (m[days] == 0 or m[days + 2] != day):
                if m[days] == 0:
                    m[days + 1] = day
                m[days] += 1
                m[days + 2] = day
                m[days + 3] = m[ROW]


@native
def window_paid(m: Memory, c: int) -> None:
    cell = m[ALONE_AT] + m[c + t.CELL]
    if m[c + t.C]:
        cell += m[m[c + t.E] + m[ITEM]] * m[c + t.D]
    day = m[DAY]
    if m[c + t.B] != t.ROLLING:
        key = month_of(m) if m[c + t.B] == t.WHOLE_MONTH else day
        m[cell + 1] = m[cell + 1] + 1 if m[cell] == key else 1
        m[cell] = key
        m[cell + 2] = m[ROW]
        return
    begin = add_days(day, -29)
    kept = 0
    for k in range(m[cell]):
        if m[cell + 1 + 3 * k] >= begin:
            for field in range(1, 4):
                m[cell + field + 3 * kept] = m[cell + field + 3 * k]
            kept += 1
    last = cell + 3 * (kept - 1)
    if kept and m[last + 1] == day:
        m[last + 2] += 1
        m[last + 3] = m[ROW]
    else:
        m[cell + 1 + 3 * kept] = day
        m[cell + 2 + 3 * kept] = 1
        m[cell + 3 + 3 * kept] = m[ROW]
        kept += 1
    m[cell] = kept


@native
def gate_paid(m: Memory, cell: int, c: int) -> None:
    day = m[DAY]
    if m[cell]:
        if not is_full(m, c, cell, day):
            if day != m[cell + 2]:
                m[cell] += 1
                m[cell + 2] = day
            return
        proof = proof_of_progress(m, c, m[cell + 1])
        if proof:
            m[proof + SPENT + m[c + t.G]] = 1
    m[cell] = 1
    m[cell + 1] = day
    m[cell + 2] = day
