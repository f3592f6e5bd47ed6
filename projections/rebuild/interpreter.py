"""The one interpreter of the tables: a patient's rows in order, each decided against what was paid before.

Compiled where numba is installed: plain loops over plain integers, on purpose.
"""

import numpy as np

from projections.mirror.columns import EVIDENCE, Columns, Ints
from projections.rebuild import layout as t
from projections.rebuild.cases import begin_case, end_of
from projections.rebuild.dearest import judge_contested
from projections.rebuild.deciding import decide, in_force, load
from projections.rebuild.evidence import note
from projections.rebuild.memory import BLOCKING, CLAUSE_SHIFT, CLAUSES_FAIL, KIND, RECORD_FAILS, USED
from projections.rebuild.native import native
from projections.rebuild.uses import commit

ROOM = 4096
"""Integers for a patient's state, to begin with: for most there need not be more."""


@native
def run(table: Ints, columns: Columns, payable: Ints, fails: Ints, blocking: Ints, used: Ints) -> None:
    """Judge a batch of whole patients, each from the beginning.

    Of each row's act, `payable` gets 1 or 0, `fails` the bits of the clauses that fail (those of the record first, then
    from `CLAUSE_SHIFT` on the rule's), `blocking` the row (-1: none) and `used` the number that the first of the rule's
    counted. Rows of evidence are passed over.
    """
    rows = columns.patient.shape[0]
    begin = table.shape[0]
    m = np.zeros(begin + ROOM, np.int64)
    m[:begin] = table
    first = 0
    while first < rows:
        end = end_of(columns, first)
        room = begin_case(m, columns, first, end, begin, m.shape[0])
        if room > m.shape[0]:
            m = np.zeros(2 * room, np.int64)
            m[:begin] = table
            begin_case(m, columns, first, end, begin, m.shape[0])
        if m[t.CONTESTS]:
            judge_contested(m, columns, first, end, payable, fails, blocking, used)
            first = end
            continue
        for i in range(first, end):
            load(m, columns, i)
            if m[KIND] == EVIDENCE:
                note(m)
                continue
            pays = decide(m, in_force(m))
            commit(m, pays)
            payable[i] = pays
            fails[i] = m[RECORD_FAILS] | m[CLAUSES_FAIL] << CLAUSE_SHIFT
            blocking[i] = m[BLOCKING] - 1
            used[i] = m[USED]
        first = end
