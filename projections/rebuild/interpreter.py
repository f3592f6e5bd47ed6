"""The one interpreter of the tables: a patient's rows in order, each decided against what was paid before.

Compiled where numba is installed: plain loops over plain integers, on purpose.
"""

from projections.mirror.columns import EVIDENCE, Columns, Ints
from projections.rebuild import layout as t
from projections.rebuild.cases import begin_case, end_of
from projections.rebuild.dearest import judge_contested
from projections.rebuild.deciding import decide, in_force, load
from projections.rebuild.evidence import note
from projections.rebuild.memory import BLOCKING, CLAUSE_SHIFT, CLAUSES_FAIL, KIND, NEEDED, RECORD_FAILS, USED
from projections.rebuild.native import native
from projections.rebuild.uses import commit


@native
def run(
    m: Ints,
    begin: int,
    first: int,
    columns: Columns,
    whom: Ints,
    payable: Ints,
    fails: Ints,
    blocking: Ints,
    used: Ints,
) -> int:
    """Judge whole patients, each from the beginning, from the one on whose rows begin with `first`; only those that
    `whom` says, by their numbers.

    `m` has the table, and room for a patient from `begin` on. Where that is not enough for one, this ends: it returns
    the patient's first row, and `m` says how much is `NEEDED`. Else it returns how many rows there are.

    Of each row's act, `payable` gets 1 or 0, `fails` the bits of the clauses that fail (those of the record first, then
    from `CLAUSE_SHIFT` on the rule's), `blocking` the row (-1: none) and `used` the number that the first of the rule's
    counted. Rows of evidence are passed over.
    """
    rows = columns.patient.shape[0]
    while first < rows:
        end = end_of(columns, first)
        if not whom[columns.patient[first]]:
            first = end
            continue
        m[NEEDED] = begin_case(m, columns, first, end, begin, m.shape[0])
        if m[NEEDED] > m.shape[0]:
            return first
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
    return first
