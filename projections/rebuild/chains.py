"""Reading `winner: dearest` with `together: overlapping`: who is paid of acts that meet one another in a chain.

As `rules.clauses.contest` has it: each act has a contest of its own, with all acts of both sides that it meets, asked
from the state before the first of them. The state before a chain is kept while the chain goes on.
"""

from projections.mirror.columns import EVIDENCE, NONE, Columns, Ints
from projections.rebuild import layout as t
from projections.rebuild.deciding import load
from projections.rebuild.forks import go_on, keep, put_back, repeat
from projections.rebuild.memory import (
    ALONE_AT,
    AT,
    CHAIN,
    CHAIN_UNTIL,
    CONTEST_FIELDS,
    CONTESTS_AT,
    COPY_AT,
    END,
    FIRST_ROW,
    FORK_FIELDS,
    ITEM,
    LINE_FIELDS,
    LINES_AT,
    STATE_END,
    WITHOUT,
    Memory,
)
from projections.rebuild.native import native


@native
def follow(m: Memory, columns: Columns, i: int, end: int, contest: int) -> None:
    """Keep the chain that the act belongs to, or begin one, right before the act is committed."""
    at = m[CONTESTS_AT] + m[contest + t.E] * CONTEST_FIELDS
    if m[at + CHAIN]:
        if m[AT] <= m[at + CHAIN_UNTIL]:
            return
        m[at + CHAIN] = 0
    if not m[m[contest + t.B] + m[ITEM]] or not _reaches(m, columns, i, end, m[contest + t.B]):
        return
    m[at + CHAIN] = i + 1
    m[at + CHAIN_UNTIL] = m[AT]
    keep(m, _kept(m, contest))


@native
def meets_on(m: Memory, contest: int) -> None:
    """An act of one of the sides carries the chain on."""
    at = m[CONTESTS_AT] + m[contest + t.E] * CONTEST_FIELDS
    if m[at + CHAIN] and m[END] != NONE and m[m[contest + t.B] + m[ITEM]]:
        m[at + CHAIN_UNTIL] = max(m[at + CHAIN_UNTIL], m[END])


@native
def dearer(m: Memory, columns: Columns, payable: Ints, i: int, end: int, c: int) -> int:
    """The number of the act of the other side that is taken before this one and meets it; 0 without one."""
    if not _reaches(m, columns, i, end, m[c + t.C]):
        return 0
    contest = m[c + t.B]
    sides = m[contest + t.B]
    at = m[CONTESTS_AT] + m[contest + t.E] * CONTEST_FIELDS
    goes_on = m[at + CHAIN] > 0 and m[AT] <= m[at + CHAIN_UNTIL]
    begin = m[at + CHAIN] - 1 if goes_on else i
    able = m[LINES_AT] + m[contest + t.E] * LINE_FIELDS * (end - m[FIRST_ROW])
    taken = able + end - m[FIRST_ROW]
    keep(m, m[COPY_AT])
    if goes_on:
        put_back(m, _kept(m, contest))
    m[WITHOUT] = contest
    count, taking = 0, 0
    asking = False
    for j in range(begin, end):
        competes = columns.kind[j] != EVIDENCE and m[sides + columns.item[j]] == 1 and _meet(columns, j, i)
        if j > i and columns.kind[j] != EVIDENCE and not _meet(columns, i, j):
            break
        asking = asking or competes
        if not asking:
            repeat(m, columns, j, payable[j] == 1)
            continue
        pays = go_on(m, columns, j, contest)
        if competes and pays:
            m[able + count] = j
            count += 1
        if competes and j < i and payable[j]:
            m[taken + taking] = j
            taking += 1
    m[WITHOUT] = 0
    put_back(m, m[COPY_AT])
    load(m, columns, i)
    _dearest_first(m, columns, able, count)
    for k in range(count):
        j = m[able + k]
        if j == i:
            break
        if j > i and not _is_forbidden(m, columns, c, taken, taking, j):
            m[taken + taking] = j
            taking += 1
    for k in range(taking):
        if _forbids(m, columns, c, m[taken + k], i):
            return m[taken + k] + 1
    return 0


@native
def _kept(m: Memory, contest: int) -> int:
    """Where the state before a contest's chain is kept: behind the copy that a fork is put back from."""
    return m[COPY_AT] + (1 + m[contest + t.E]) * (FORK_FIELDS + m[STATE_END] - m[ALONE_AT])


@native
def _reaches(m: Memory, columns: Columns, i: int, end: int, items: int) -> bool:
    """Whether an act of these items starts before this one ends, or with it."""
    for j in range(i + 1, end):
        if columns.kind[j] == EVIDENCE:
            continue
        if not _meet(columns, i, j):
            return False
        if m[items + columns.item[j]]:
            return True
    return False


@native
def _meet(columns: Columns, one: int, other: int) -> bool:
    """Whether the two half-open intervals meet; acts that start at the same instant always do."""
    earlier, later = min(one, other), max(one, other)
    if columns.at[earlier] == columns.at[later]:
        return True
    return bool(columns.end[earlier] != NONE and columns.at[later] < columns.end[earlier])


@native
def _dearest_first(m: Memory, columns: Columns, able: int, count: int) -> None:
    """In order of their fees, of equal ones the first first; as they are where one was not confirmed."""
    for k in range(count):
        if columns.fee[m[able + k]] == NONE:
            return
    for k in range(1, count):
        j = m[able + k]
        place = k
        while place > 0 and columns.fee[m[able + place - 1]] < columns.fee[j]:
            m[able + place] = m[able + place - 1]
            place -= 1
        m[able + place] = j


@native
def _is_forbidden(m: Memory, columns: Columns, c: int, taken: int, taking: int, j: int) -> bool:
    """Whether any that was taken excludes the act."""
    found = False
    for k in range(taking):
        found = found or _forbids(m, columns, c, m[taken + k], j)
    return found


@native
def _forbids(m: Memory, columns: Columns, c: int, one: int, other: int) -> bool:
    """Whether the one, if paid, excludes the other: they are of two sides, and together."""
    own = m[c + t.E]
    return bool(m[own + columns.item[one]] != m[own + columns.item[other]]) and _meet(columns, one, other)
