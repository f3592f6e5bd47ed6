"""Reading `winner: dearest`: of the acts of both sides that are together, the one with the highest fee is paid.

As `rules.clauses.winner` settles it: at the first act that would be paid but for the exclusion, for its day or its
episode. What would be paid is seen by going on from here without the exclusion; a line of the patient's rows keeps what
was foreseen. It holds good for later acts of the group as long as everything since was decided as foreseen, so that a
group is gone through once, however many of its acts are denied for other reasons before one settles it.

What overlaps makes no groups: see `chains`.
"""

from projections.mirror.columns import EVIDENCE, NONE, Columns, Ints
from projections.rebuild import layout as t
from projections.rebuild.chains import dearer, follow, meets_on
from projections.rebuild.clauses import is_free
from projections.rebuild.deciding import decide, in_force, load
from projections.rebuild.evidence import note
from projections.rebuild.forks import go_on, keep, put_back
from projections.rebuild.memory import (
    BLOCKING,
    CLAUSE_SHIFT,
    CLAUSES_FAIL,
    CONTEST_FIELDS,
    CONTESTS_AT,
    COPY_AT,
    DAY,
    FIRST_ROW,
    ITEM,
    KIND,
    LAST_ROW,
    LINE_FIELDS,
    LINE_FROM,
    LINE_GROUP,
    LINE_TO,
    LINES_AT,
    RECORD_FAILS,
    SETTLED,
    SETTLED_DAY,
    USED,
    WINNER,
    WITHOUT,
    Memory,
    book_at,
    cell_of,
    derived_episode,
    scope_of,
)
from projections.rebuild.native import native
from projections.rebuild.uses import commit


@native
def judge_contested(
    m: Memory, columns: Columns, first: int, end: int, payable: Ints, fails: Ints, blocking: Ints, used: Ints
) -> None:
    """Judge a patient as `interpreter.run` does, where acts may have to give way to acts to come."""
    for i in range(first, end):
        load(m, columns, i)
        if m[KIND] == EVIDENCE:
            note(m)
            continue
        place = in_force(m)
        find_rivals(m, columns, payable, i, end, place)
        pays = decide(m, place)
        committing(m, columns, i, end, pays)
        commit(m, pays)
        payable[i] = pays
        fails[i] = m[RECORD_FAILS] | m[CLAUSES_FAIL] << CLAUSE_SHIFT
        blocking[i] = m[BLOCKING] - 1
        used[i] = m[USED]


@native
def find_rivals(m: Memory, columns: Columns, payable: Ints, i: int, end: int, place: int) -> None:
    """Right before an act is decided: whom it gives way to, for each exclusion of its rule."""
    if place < 0:
        return
    rule = m[book_at(m, place) + t.RULES + m[ITEM]]
    if not rule:
        return
    for c in range(m[rule + t.FIRST], m[rule + t.LAST], t.WIDTH):
        if m[c + t.KIND] != t.EXCLUSIVE or not m[c + t.B]:
            continue
        rival = 0
        if is_free(m, c):
            if m[c + t.A] == t.OVERLAPPING:
                rival = dearer(m, columns, payable, i, end, c)
            else:
                rival = dearest(m, columns, i, end, c)
        m[c + t.D] = rival


@native
def committing(m: Memory, columns: Columns, i: int, end: int, pays: bool) -> None:
    """Right before an act is committed: lines that did not foresee it hold good no more, chains go on."""
    for k in range(m[t.CONTESTS]):
        contest = m[t.CONTESTS_TABLE] + k * t.WIDTH
        if m[contest + t.A] == t.OVERLAPPING:
            follow(m, columns, i, end, contest)
            meets_on(m, contest)
            continue
        at = m[CONTESTS_AT] + k * CONTEST_FIELDS
        foreseen = m[at + LINE_FROM] <= i < m[at + LINE_TO] and m[m[contest + t.C] + m[ITEM]]
        if foreseen and m[_line(m, end, contest, i)] != (1 if pays else 0):
            m[at + LINE_TO] = 0


@native
def dearest(m: Memory, columns: Columns, i: int, end: int, c: int) -> int:
    """The number of the act of the other side that wins over this one; 0 when this one need not give way."""
    contest = m[c + t.B]
    cell = cell_of(m, contest)
    by_day = m[contest + t.A] == t.SAME_DAY
    day = m[DAY]
    if m[cell + SETTLED] and (not by_day or m[cell + SETTLED_DAY] == day):
        winner = m[cell + WINNER]
    else:
        at = m[CONTESTS_AT] + m[contest + t.E] * CONTEST_FIELDS
        group = day if by_day else scope_of(m, m[contest + t.SCOPE])
        stands = True
        winner = 0
        known = m[at + LINE_FROM] <= i < m[at + LINE_TO] and m[at + LINE_GROUP] == group
        if known or _others_ahead(m, columns, i, end, c, cell):
            if not known:
                _foresee(m, columns, i, end, contest, cell, group)
                load(m, columns, i)
            line = _line(m, end, contest, i)
            stands = m[line] == 1
            winner = m[line + 1]
        if stands:
            m[cell + SETTLED] = 1
            m[cell + SETTLED_DAY] = day
            m[cell + WINNER] = winner
    if winner == 0 or winner == i + 1 or not m[m[c + t.C] + columns.item[winner - 1]]:
        return 0
    return winner


@native
def _line(m: Memory, end: int, contest: int, i: int) -> int:
    """Where what a contest foresees of a row stands: whether it would be paid, and who wins from it on."""
    rows = end - m[FIRST_ROW]
    return m[LINES_AT] + (m[contest + t.E] * rows + i - m[FIRST_ROW]) * LINE_FIELDS


@native
def _others_ahead(m: Memory, columns: Columns, i: int, end: int, c: int, cell: int) -> bool:
    """Whether any act of the other side can still be of the group."""
    contest = m[c + t.B]
    for j in range(i + 1, _until(m, columns, i, end, contest, cell)):
        if columns.kind[j] != EVIDENCE and m[m[c + t.C] + columns.item[j]]:
            return True
    return False


@native
def _until(m: Memory, columns: Columns, i: int, end: int, contest: int, cell: int) -> int:
    """Behind the last row that can be of the group; of one derived from gaps, a row too many is no harm."""
    if m[contest + t.A] == t.SAME_EPISODE:
        return end if m[contest + t.SCOPE] == t.DERIVED else m[cell + LAST_ROW]
    last = i + 1
    while last < end and columns.day[last] == columns.day[i]:
        last += 1
    return last


@native
def _foresee(m: Memory, columns: Columns, i: int, end: int, contest: int, cell: int, group: int) -> None:
    """Go on from here without the exclusion; then, from the last act back, who wins of those that would be paid."""
    keep(m, m[COPY_AT])
    m[WITHOUT] = contest
    scope = m[contest + t.SCOPE]
    together = m[contest + t.B]
    last = _until(m, columns, i, end, contest, cell)
    for j in range(i, last):
        pays = go_on(m, columns, j, contest)
        line = _line(m, end, contest, j)
        m[line] = 1 if pays else 0
        # What was committed is of its own day: the derived episode is that of the act.
        if scope == t.DERIVED and columns.kind[j] != EVIDENCE and derived_episode(m) != group:
            last = j
            break
        is_in = m[contest + t.A] == t.SAME_DAY or scope_of(m, scope) == group
        m[line + 1] = j + 1 if pays and is_in and m[together + m[ITEM]] else 0
    m[WITHOUT] = 0
    put_back(m, m[COPY_AT])
    first, best, fee, missing = 0, 0, NONE, False
    for j in range(last - 1, i - 1, -1):
        line = _line(m, end, contest, j)
        if m[line + 1]:
            first = j + 1
            missing = missing or columns.fee[j] == NONE
            if columns.fee[j] >= fee:  # of equal fees the first
                best, fee = j + 1, columns.fee[j]
        m[line + 1] = first if missing else best
    at = m[CONTESTS_AT] + m[contest + t.E] * CONTEST_FIELDS
    m[at + LINE_FROM] = i
    m[at + LINE_TO] = last
    m[at + LINE_GROUP] = group
