"""An act, decided: a row as the interpreter holds it, the rulebook in force for it, what fails.

As `rules.case` and `rules.case_in_force` decide; nothing is remembered here.
"""

from projections.mirror.columns import BOTH_BIT, NONE, Columns
from projections.rebuild import layout as t
from projections.rebuild.clauses import holds, is_indicated
from projections.rebuild.memory import (
    ANCHOR,
    AT,
    BLOCKING,
    CLAUSES_FAIL,
    COUNTED,
    COUNTED_LAST,
    DAY,
    END,
    EPISODE,
    FINDINGS,
    GROUP,
    HOUSE,
    IN_FORCE,
    INSTITUTION,
    ITEM,
    KIND,
    LIMBS,
    OPENED,
    OUTCOME,
    PHYSICIAN,
    PROVIDER,
    RECORD,
    RECORD_FAILS,
    RESULTS,
    ROW,
    SCALES,
    SERVES,
    STAY,
    THERAPIST,
    TREATING,
    USED,
    Memory,
    book_at,
)
from projections.rebuild.native import inlined, native


@inlined
def decide(m: Memory, place: int) -> bool:
    """Whether an act is payable by a rulebook (-1: by the record alone); `out` gets what fails. Changes no state."""
    book = book_at(m, max(place, 0))
    rule = m[book + t.RULES + m[ITEM]] if place >= 0 else 0
    record = m[RECORD]
    # The bit of the reading stands behind those of the clauses: it takes the place of record.physician's.
    if m[book + t.BOTH]:
        record = (record & ~PHYSICIAN) | (PHYSICIAN if record & BOTH_BIT else 0)
    record &= BOTH_BIT - 1
    if rule and not m[rule + t.STAFFED]:
        record &= ~THERAPIST
    m[RECORD_FAILS] = record
    m[CLAUSES_FAIL] = 0
    m[BLOCKING] = 0
    m[USED] = NONE
    if rule:
        bit = 1
        for c in range(m[rule + t.FIRST], m[rule + t.LAST], t.WIDTH):
            # Most rules begin with an indication, and most acts have it.
            if m[c + t.KIND] == t.INDICATION and is_indicated(m, c):
                bit <<= 1
                continue
            if not holds(m, c):
                if m[CLAUSES_FAIL] == 0:
                    m[BLOCKING] = m[COUNTED_LAST]
                    m[USED] = m[COUNTED]
                m[CLAUSES_FAIL] |= bit
            bit <<= 1
    return record == 0 and m[CLAUSES_FAIL] == 0


@native
def load(m: Memory, columns: Columns, i: int) -> None:
    """A row, as the interpreter holds it; what stands of the patient is there already."""
    m[KIND] = columns.kind[i]
    m[ITEM] = columns.item[i]
    m[DAY] = columns.day[i]
    m[EPISODE] = columns.episode[i]
    m[STAY] = columns.stay[i]
    m[HOUSE] = columns.house[i]
    m[INSTITUTION] = columns.institution[i]
    m[RECORD] = columns.record[i]
    m[FINDINGS] = columns.findings[i]
    m[TREATING] = columns.treating[i]
    m[SCALES] = columns.scales[i]
    m[RESULTS] = columns.results[i]
    m[OUTCOME] = columns.outcome[i]
    m[SERVES] = columns.serves[i]
    m[GROUP] = columns.group[i]
    m[PROVIDER] = columns.provider[i]
    m[IN_FORCE] = columns.in_force[i]
    m[ROW] = i + 1
    if m[t.SELDOM]:
        m[AT] = columns.at[i]
        m[END] = columns.end[i]
        m[OPENED] = columns.opened[i]
        m[ANCHOR] = columns.anchor[i]
        m[LIMBS] = columns.limbs[i]


@inlined
def in_force(m: Memory) -> int:
    """The place of the rulebook that judges an act; -1 where none was in force."""
    if m[t.BY_OPENING] and m[OPENED] != NONE:
        place = _period(m, m[OPENED])
        if place >= 0:
            return place
    return _period(m, m[DAY])


@inlined
def _period(m: Memory, day: int) -> int:
    place = -1
    for k in range(m[t.PERIODS]):
        if m[m[t.PERIODS_AT] + 2 * k] <= day:
            place = m[m[t.PERIODS_AT] + 2 * k + 1]
    return place
