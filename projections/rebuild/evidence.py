"""Assessments as evidence: whether one extends a span, and whether one opens the next block at a gate.

As `rules.clauses.extension` and `rules.episode` have it.
"""

from projections.mirror.columns import IMPROVED, NONE
from projections.rebuild import layout as t
from projections.rebuild.dates import add_days, first_day_past
from projections.rebuild.memory import (
    ANY_IMPROVED,
    DAY,
    EPISODE,
    EPISODES,
    EVIDENCE_AT,
    IMPROVED_DAY,
    ITEM,
    LATEST,
    LATEST_DAY,
    MARK_FIELDS,
    MARKS_AT,
    OUTCOME,
    PROGRESS,
    RESULTS,
    SCALES,
    SEEN,
    SEEN_DAY,
    SEEN_EPISODE,
    SEEN_ITEM,
    SPENT,
    TREATING,
    Memory,
    book_at,
)
from projections.rebuild.native import native


@native
def supports(m: Memory, place: int, past: int) -> bool:
    """Whether a comprehensive assessment carries an act of the day; `past` NONE: whatever its own date."""
    book = book_at(m, place)
    mark = m[MARKS_AT] + (place * m[EPISODES] + m[EPISODE]) * MARK_FIELDS
    dated, says = m[mark + LATEST_DAY], m[mark + LATEST]
    if not m[book + t.LATEST] and m[mark + ANY_IMPROVED]:
        dated, says = m[mark + IMPROVED_DAY], 2
    if says != 2:
        return False
    if past != NONE:
        counts_from = m[book + t.COUNTS_FROM]
        if counts_from == t.AFTER_LIMIT and dated < past:
            return False
        if counts_from == t.DAYS_BEFORE and dated < add_days(past, -30):
            return False
    length = m[book + t.VALID_LENGTH]
    return length == 0 or m[DAY] < first_day_past(dated, length, m[book + t.VALID_UNIT])


@native
def mark(m: Memory, place: int) -> None:
    """A comprehensive assessment qualifies; later ones come later."""
    mark = m[MARKS_AT] + (place * m[EPISODES] + m[EPISODE]) * MARK_FIELDS
    m[mark + LATEST_DAY] = m[DAY]
    m[mark + LATEST] = 1
    if m[OUTCOME] == IMPROVED:
        m[mark + LATEST] = 2
        m[mark + IMPROVED_DAY] = m[DAY]
        m[mark + ANY_IMPROVED] = 1


@native
def note(m: Memory) -> None:
    """An assessment came into view."""
    books = m[t.BOOKS]
    seen = m[EVIDENCE_AT] + m[SEEN] * (SPENT + books)
    m[SEEN] += 1
    m[seen + SEEN_DAY] = m[DAY]
    m[seen + SEEN_EPISODE] = m[EPISODE]
    m[seen + SEEN_ITEM] = m[ITEM]
    m[seen + PROGRESS] = 1 if m[OUTCOME] == IMPROVED and m[RESULTS] > 0 else 0
    if m[OUTCOME] < IMPROVED:  # a baseline says nothing on improvement
        return
    for place in range(books):
        book = book_at(m, place)
        source = m[book + t.SOURCE]
        if not m[book + t.EXTENDING] or source == t.PAID or not m[m[book + t.EXTENDING] + m[ITEM]]:
            continue
        enough = m[TREATING] >= m[book + t.PERSONS] and m[SCALES] >= m[book + t.SCALES]
        if enough or source != t.VALID:
            mark(m, place)


@native
def proof_of_progress(m: Memory, c: int, since: int) -> int:
    """The earliest assessment in the act's episode with a result and progress, not yet spent at a gate: where it
    is; 0 without one.
    """
    items, place = m[c + t.C], m[c + t.G]
    width = SPENT + m[t.BOOKS]
    found = 0
    for k in range(m[SEEN] - 1, -1, -1):
        seen = m[EVIDENCE_AT] + k * width
        if m[seen + SEEN_DAY] < since:
            break
        if (
            m[seen + PROGRESS]
            and m[seen + SEEN_EPISODE] == m[EPISODE]
            and not m[seen + SPENT + place]
            and (items == 0 or m[items + m[seen + SEEN_ITEM]])
        ):
            found = seen
    return found
