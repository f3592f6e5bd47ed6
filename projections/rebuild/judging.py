"""Rows in, decisions out: a judge's rules run over the mirror's columns.

The same for one patient and for ten million acts; whoever has more, hands over batch after batch.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from projections.mirror.columns import EVIDENCE, NONE, Ints, Rows, read_only
from projections.mirror.tabulating import day_number
from projections.rebuild.growing import NotTabled, Vocabulary
from projections.rebuild.memory import CLAUSE_SHIFT, NEEDED
from projections.rebuild.tables import Period, tables
from projections.rebuild.ways import pays_native, run_for
from projections.rules.case_in_force import CompiledSuccession
from projections.rules.decision import Decision
from projections.rules.judge import Judge
from projections.rules.record import RECORD
from projections.rules.register import Institution

ROOM = 4096
"""Integers for a patient's state, to begin with: for most there need not be more."""


class Outcome(NamedTuple):
    """What was decided, a value a row; what stands at a row of evidence means nothing.

    `fails`: bits of the clauses that fail, of the record from bit 0, of the rule from bit 16 on. Of the rule's first
    clause that fails, `blocking` is the row of the act counted last (-1: none) and `used` how much was used (`NONE`:
    the clause counts nothing).
    """

    payable: Ints  # int8
    fails: Ints  # int32
    blocking: Ints  # int32
    used: Ints  # int32


def table_of(judge: Judge, rows: Rows, institutions: Mapping[str, Institution]) -> Ints:
    """The judge's rules as a table for rows of these words. Raises NotTabled."""
    known = [institutions.get(name) or Institution(name) for name in rows.institutions]
    vocabulary = Vocabulary(rows.items, known, rows.orders)
    compiled = judge.compiled
    if not isinstance(compiled, CompiledSuccession):
        return tables([(compiled.rulebook, compiled.choice)], vocabulary)
    books = [(one.rulebook, one.choice) for one in compiled.compiled]
    periods = [Period(day_number(p.begin), compiled.place[p.rulebook.digest]) for p in compiled.succession.periods]
    return tables(books, vocabulary, periods, by_opening=compiled.transition == "by_episode_start")


def judge_rows(table: Ints, rows: Rows, whom: Ints | None = None) -> Outcome:
    """Decide every act of these rows, or of those patients only for whom `whom`, by their numbers, is true: of others
    nothing fails and nothing is payable.
    """
    count = len(rows.columns.patient)
    outcome = _undecided(count)
    columns = read_only(rows.columns)  # as the mirror's are: compiled code tells the two apart
    whom = np.ones(len(columns.born), bool) if whom is None else np.array(whom, bool)
    first, length = 0, len(table) + ROOM
    run = run_for(_asked(rows, whom))
    while first < count:
        memory = np.zeros(length, np.int64)
        memory[: len(table)] = table
        first = run(memory, len(table), first, columns, whom, *outcome)
        length = 2 * int(memory[NEEDED])  # of use only where a patient did not fit
    return outcome


def outcome_of(judge: Judge, rows: Rows, whom: Ints | None = None) -> Outcome:
    """Decide every act of rows that were tabulated from the judge's own evidence, by whichever way is sooner there."""
    if not pays_native(_asked(rows, whom)):
        return judge_plainly(judge, rows, whom)
    try:
        return judge_rows(table_of(judge, rows, judge.evidence.institutions), rows, whom)
    except NotTabled:
        return judge_plainly(judge, rows, whom)


def judge_plainly(judge: Judge, rows: Rows, whom: Ints | None = None) -> Outcome:
    """The same by the reference evaluator, which needs the judge's evidence; slower, and the measure of the other."""
    columns, count = rows.columns, len(rows.columns.patient)
    outcome = _undecided(count)
    ends = [*np.flatnonzero(np.diff(columns.patient)) + 1, count] if count else []
    first = 0
    for end in ends:
        if whom is not None and not whom[columns.patient[first]]:
            first = end
            continue
        places = [int(k) for k in range(first, end) if columns.kind[k] != EVIDENCE]
        decisions = list(judge.decisions(rows.patients[columns.patient[first]]))
        row_of = {(decision.kind, decision.act): k for k, decision in zip(places, decisions, strict=True)}
        by_id = {act: k for (_, act), k in row_of.items()}
        for place, decision in zip(places, decisions, strict=True):
            outcome.payable[place] = decision.payable
            outcome.fails[place] = _bits(judge, decision)
            told = next((f for f in decision.findings if not f.holds and not f.clause.startswith("record.")), None)
            if told is not None:
                outcome.blocking[place] = by_id[told.counted[-1]] if told.counted else -1
                outcome.used[place] = NONE if told.used is None else told.used
        first = end
    return outcome


def _asked(rows: Rows, whom: Ints | None) -> int:
    """How many rows are to be decided."""
    patient = rows.columns.patient
    return len(patient) if whom is None else int(np.count_nonzero(whom[patient]))


def _undecided(count: int) -> Outcome:
    return Outcome(
        np.zeros(count, np.int8),
        np.zeros(count, np.int32),
        np.full(count, -1, np.int32),
        np.full(count, NONE, np.int32),
    )


def _bits(judge: Judge, decision: Decision) -> int:
    denied = set(decision.denied_by)
    bits = sum(1 << k for k, clause in enumerate(RECORD) if clause in denied)
    book = judge.rulebook_of(decision)
    item = book.by_slug.get(decision.item) if book is not None else None
    for k, words in enumerate(item.clause if item is not None else ()):
        if words.clause in denied:
            bits |= 1 << (CLAUSE_SHIFT + k)
    return bits
