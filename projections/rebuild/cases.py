"""A patient's case laid out in the memory: where what clauses keep stands, all clear."""

from projections.mirror.columns import EVIDENCE, NONE, Columns
from projections.rebuild import layout as t
from projections.rebuild.dates import month_index
from projections.rebuild.memory import (
    ALONE_AT,
    BORN,
    CATEGORY,
    CONTEST_FIELDS,
    CONTESTS_AT,
    COPY_AT,
    DERIVED_EPISODE,
    DERIVED_EPISODE_DAYS,
    EPISODES,
    EVIDENCE_AT,
    FIRST_ROW,
    FIRST_YEAR,
    FORK_FIELDS,
    LAST_PERFORMED,
    LAST_ROW,
    LINE_FIELDS,
    LINES_AT,
    MARK_FIELDS,
    MARKS_AT,
    MONTH_DAY,
    SCOPED_AT,
    SEEN,
    SEX,
    SPENT,
    STATE_END,
    VOIDED,
    WITHOUT,
    Memory,
)
from projections.rebuild.native import inlined, native


@inlined
def end_of(columns: Columns, first: int) -> int:
    """Where the rows of a patient end that begin here."""
    end = first + 1
    while end < columns.patient.shape[0] and columns.patient[end] == columns.patient[first]:
        end += 1
    return end


@inlined
def begin_case(m: Memory, columns: Columns, first: int, end: int, begin: int, size: int) -> int:
    """Lay out a patient's state from `begin` on, all clear; where it ends. More than there is room for: try again."""
    episodes, most, derived, seen, last = 1, 1, 2, 0, NONE
    for i in range(first, end):
        episodes = max(episodes, columns.episode[i] + 1)
        if columns.kind[i] == EVIDENCE:
            seen += 1
            continue
        most = max(most, columns.stay[i] + 2, columns.house[i] + 1)
        if last != NONE and columns.day[i] - last >= DERIVED_EPISODE_DAYS:
            derived += 1
        if not columns.record[i] & VOIDED:
            last = columns.day[i]
    year = month_index(columns.day[first]) // 12
    most = max(most, episodes, derived, month_index(columns.day[end - 1]) // 12 - year + 1)
    books = m[t.BOOKS]
    scoped = begin + m[t.ALONE_WIDTH]
    marks = scoped + most * m[t.SCOPED_WIDTH]
    evidence = marks + books * episodes * MARK_FIELDS
    room = evidence + seen * (SPENT + books)
    contests = m[t.CONTESTS]
    m[STATE_END] = m[CONTESTS_AT] = room
    room += contests * CONTEST_FIELDS
    m[begin : min(room, size)] = 0
    m[LINES_AT] = room
    m[COPY_AT] = room + contests * LINE_FIELDS * (end - first)
    if contests:
        room = m[COPY_AT] + (1 + contests) * (FORK_FIELDS + m[STATE_END] - begin)
    m[FIRST_ROW] = first
    patient = columns.patient[first]
    m[BORN] = columns.born[patient]
    m[SEX] = columns.sex[patient]
    m[CATEGORY] = columns.category[patient]
    m[MONTH_DAY] = NONE
    m[WITHOUT] = 0
    m[DERIVED_EPISODE] = 0
    m[LAST_PERFORMED] = NONE
    m[ALONE_AT] = begin
    m[SCOPED_AT] = scoped
    m[MARKS_AT] = marks
    m[EPISODES] = episodes
    m[EVIDENCE_AT] = evidence
    m[SEEN] = 0
    m[FIRST_YEAR] = year
    if contests and room <= size:
        _end_groups(m, columns, first, end)
    return room


@native
def _end_groups(m: Memory, columns: Columns, first: int, end: int) -> None:
    """Note the last row of each declared episode or stay, for contests over these."""
    for k in range(m[t.CONTESTS]):
        contest = m[t.CONTESTS_TABLE] + k * t.WIDTH
        scope = m[contest + t.SCOPE]
        if scope != t.DECLARED and scope != t.STAYS:
            continue
        for i in range(first, end):
            if columns.kind[i] != EVIDENCE:
                group = columns.episode[i] if scope == t.DECLARED else columns.stay[i] + 1
                m[m[SCOPED_AT] + group * m[t.SCOPED_WIDTH] + m[contest + t.CELL] + LAST_ROW] = i + 1
