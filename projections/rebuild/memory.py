"""Where everything lies that the interpreter works with: one array of integers, the memory `m`.

First the act that is asked about, what is said of it, and the case itself; then the table of the rules (`tables`); from
its end on what the case remembers: what clauses keep once a patient, what they keep for each of what counts together,
what each episode's comprehensive assessments say, and the assessments seen. `c` is the place of a clause, `cell` that
of what a clause keeps. Acts are known by their number among the rows from 1: zero is none.

One array, because what a compiled function is handed costs more than what it does with it.
"""

from typing import Protocol

from projections.mirror.columns import NONE, RECORD_BIT
from projections.rebuild import layout as t
from projections.rebuild.dates import month_index
from projections.rebuild.native import native


class Memory(Protocol):
    """An array of 64-bit integers."""

    def __getitem__(self, place: int, /) -> int: ...
    def __setitem__(self, place: int | slice, number: int, /) -> None: ...


VOIDED = RECORD_BIT["record.voided"]
PHYSICIAN = RECORD_BIT["record.physician"]
THERAPIST = RECORD_BIT["record.therapist"]
CLAUSE_SHIFT = 16
"""Of `fails`: where the bits of the rule's clauses begin."""

(
    KIND, ITEM, AT, END, DAY, MONTH, EPISODE, OPENED, ANCHOR, STAY, HOUSE, INSTITUTION, RECORD, FINDINGS, TREATING,
    SCALES, RESULTS, OUTCOME, SERVES, LIMBS, GROUP, PROVIDER, IN_FORCE, BORN, SEX, CATEGORY, ROW, MONTH_DAY,
) = range(28)  # fmt: skip
"""The act that is asked about: its row of the mirror, its patient, its number among the rows from 1, and the month that
was asked for last with a day of it (see `month_of`)."""

RECORD_FAILS, CLAUSES_FAIL, BLOCKING, USED, COUNTED_LAST, COUNTED = range(28, 34)
"""What `decide` says: bits of the record, bits of the rule's clauses in their order, and of the first of these the act
counted last (its number, 0: none) and how much was used (`NONE`: not counted); then the same two of the clause asked
last."""

(
    DERIVED_EPISODE, LAST_PERFORMED, ALONE_AT, SCOPED_AT, MARKS_AT, EPISODES, EVIDENCE_AT, SEEN, FIRST_YEAR,
) = range(34, 43)  # fmt: skip
"""The case itself: the derived episode, the last day on which anything was performed, where the rest stands, how many
episodes there are, how much evidence was seen, and the year of the first row."""

NEEDED, STATE_END, CONTESTS_AT, LINES_AT, COPY_AT, FIRST_ROW, WITHOUT = range(43, 50)
"""How long the memory must be for the patient. Then, for contests (`winner=dearest`): where what clauses keep ends,
where contests keep what they need, where each has its line of a number or two a row, where a copy of the state lies,
the patient's first row, and the contest whose exclusions are not asked."""

if t.WORK < 50:
    raise AssertionError("the table leaves no room for the act and the case")

LATEST_DAY, LATEST, IMPROVED_DAY, ANY_IMPROVED, MARK_FIELDS = range(5)
"""What an episode's comprehensive assessments say; `LATEST` 0 nothing, 1 not improved, 2 improved."""

SEEN_DAY, SEEN_EPISODE, SEEN_ITEM, PROGRESS, SPENT = range(5)
"""An assessment seen; from `SPENT` on, whether each rulebook's gates have spent it."""

SETTLED, SETTLED_DAY, WINNER, LAST_ROW, GROUP_FIELDS = range(5)
"""What a contest keeps of a group: whether it is settled, of which day, the act that wins (its number, 0: none), and
the number of the last act of an episode."""

LINE_FROM, LINE_TO, LINE_GROUP, CHAIN, CHAIN_UNTIL, CONTEST_FIELDS = range(6)
"""What a contest keeps of a patient: the rows and the group that its line is about (`LINE_TO` 0: none); the number of
the first act of the chain that goes on (0: none) and its latest end."""

LINE_FIELDS = 2
FORK_FIELDS = 3
"""Of a copy of the state: what stands among the first integers, before the rest."""

DERIVED_EPISODE_DAYS = 90


@native
def book_at(m: Memory, place: int) -> int:
    """Where a rulebook is in the table."""
    return t.HEADER + place * (t.RULES + m[t.ITEMS])


@native
def cell_of(m: Memory, c: int) -> int:
    """Where a clause keeps what it remembers of the acts that count together with this one."""
    scope = m[c + t.SCOPE]
    if scope == t.ALONE:
        return m[ALONE_AT] + m[c + t.CELL]
    return m[SCOPED_AT] + scope_of(m, scope) * m[t.SCOPED_WIDTH] + m[c + t.CELL]


@native
def scope_of(m: Memory, scope: int) -> int:
    """The number of what counts together with an act."""
    if scope == t.DECLARED:
        return m[EPISODE]
    if scope == t.STAYS:
        return m[STAY] + 1
    if scope == t.DERIVED:
        return derived_episode(m)
    if scope == t.HOUSE:
        return m[HOUSE]
    return month_of(m) // 12 - m[FIRST_YEAR]


@native
def month_of(m: Memory) -> int:
    """The month of the act's day, by its index: worked out when it is asked for, which few clauses do."""
    if m[MONTH_DAY] != m[DAY]:
        m[MONTH_DAY] = m[DAY]
        m[MONTH] = month_index(m[DAY])
    return m[MONTH]


@native
def derived_episode(m: Memory) -> int:
    """Which stretch of treatment without 90 idle days the act lies in."""
    last = m[LAST_PERFORMED]
    idle = last != NONE and m[DAY] - last >= DERIVED_EPISODE_DAYS
    return m[DERIVED_EPISODE] + (1 if idle else 0)


@native
def stay_cell(m: Memory, c: int) -> int:
    """The cell of a count over a stay or an episode; -1 where the act counts with nothing."""
    if m[c + t.B]:
        if m[STAY] >= 0:
            return m[SCOPED_AT] + (m[STAY] + 1) * m[t.SCOPED_WIDTH] + m[c + t.CELL]
        if not m[c + t.C]:
            return -1
    return cell_of(m, c) + 2
