"""The case that goes on by itself for a while, to see what would be paid: kept, moved on, and put back.

As `rules.case.PatientCase.fork`; but the state is copied once and the case itself moved on, until it is put back.
"""

from projections.mirror.columns import EVIDENCE, Columns
from projections.rebuild import layout as t
from projections.rebuild.deciding import decide, load
from projections.rebuild.evidence import note
from projections.rebuild.memory import (
    ALONE_AT,
    DERIVED_EPISODE,
    FORK_FIELDS,
    ITEM,
    KIND,
    LAST_PERFORMED,
    SEEN,
    STATE_END,
    Memory,
)
from projections.rebuild.native import native
from projections.rebuild.uses import commit, perform


@native
def keep(m: Memory, at: int) -> None:
    """Copy the state to a place in the memory."""
    m[at] = m[DERIVED_EPISODE]
    m[at + 1] = m[LAST_PERFORMED]
    m[at + 2] = m[SEEN]
    begin = m[ALONE_AT]
    for k in range(m[STATE_END] - begin):
        m[at + FORK_FIELDS + k] = m[begin + k]


@native
def put_back(m: Memory, at: int) -> None:
    """The state as it was when it was kept there."""
    m[DERIVED_EPISODE] = m[at]
    m[LAST_PERFORMED] = m[at + 1]
    m[SEEN] = m[at + 2]
    begin = m[ALONE_AT]
    for k in range(m[STATE_END] - begin):
        m[begin + k] = m[at + FORK_FIELDS + k]


@native
def go_on(m: Memory, columns: Columns, i: int, contest: int) -> bool:
    """Move on by one row, and whether its act would be paid. Rules that the contest does not rest on are not asked."""
    load(m, columns, i)
    if m[KIND] == EVIDENCE:
        note(m)
        return False
    if not m[m[contest + t.C] + m[ITEM]]:
        perform(m)
        return False
    pays = decide(m, m[contest + t.D])
    commit(m, pays)
    return pays


@native
def repeat(m: Memory, columns: Columns, i: int, paid: bool) -> None:
    """Move on by one row whose act was decided already."""
    load(m, columns, i)
    if m[KIND] == EVIDENCE:
        note(m)
    else:
        commit(m, paid)
