"""What the reference evaluator decides of the rows, beside what the tables say: every difference, in words."""

from collections.abc import Iterable, Sequence

import msgspec

from ledger.treatment.facts import Fact
from projections.mirror.columns import EVIDENCE, NONE, Rows
from projections.mirror.tabulating import tabulate
from projections.rebuild.judging import Outcome, judge_rows, table_of
from projections.rebuild.memory import CLAUSE_SHIFT
from projections.rules.decision import Decision
from projections.rules.evidence import Evidence
from projections.rules.judge import Judge
from projections.rules.record import RECORD
from projections.rules.rulebook import Rulebook

_OF_ONE_PATIENT = ("patient", "episode", "stay", "session", "assessment", "prescription", "act")


def judged(judge: Judge, rows: Rows | None = None) -> tuple[Rows, Outcome]:
    """All patients' rows, and what the tables say of them."""
    rows = tabulate(judge.evidence) if rows is None else rows
    return rows, judge_rows(table_of(judge, rows, judge.evidence.institutions), rows)


def differences(judge: Judge) -> list[str]:
    """Where the tables do not say what `Judge.decisions` says; empty where they agree on every act.

    Compared are whether it is payable, every clause that fails, and of the rule's first clause that fails the act
    counted last and how much was used. Raises AssertionError where an act has no row, or a row no act.
    """
    rows, outcome = judged(judge)
    decisions = {(decision.kind, decision.act): decision for decision in judge.decisions()}
    acts = [k for k in range(len(rows.acts)) if rows.columns.kind[k] != EVIDENCE]
    assert sorted(_key(rows, k) for k in acts) == sorted(decisions)
    found = []
    for k in acts:
        decision = decisions[_key(rows, k)]
        expected, told = _expected(decision), _told(judge.rulebook_of(decision), decision.item, rows, outcome, k)
        if told != expected:
            found.append(f"{decision.act} ({decision.item}): {told}, the reference {expected}")
    return found


def _key(rows: Rows, k: int) -> tuple[str, str]:
    return "session" if rows.columns.kind[k] == 0 else "assessment", rows.acts[k]


Said = tuple[bool, tuple[str, ...], str | None, int | None]
"""Payable, the clauses that fail, and of the rule's first of them the act counted last and what was used."""


def _expected(decision: Decision) -> Said:
    first = next((f for f in decision.findings if not f.holds and not f.clause.startswith("record.")), None)
    if first is None:
        return decision.payable, decision.denied_by, None, None
    return decision.payable, decision.denied_by, first.counted[-1] if first.counted else None, first.used


def _told(book: Rulebook | None, item: str, rows: Rows, outcome: Outcome, k: int) -> Said:
    fails, blocking, used = int(outcome.fails[k]), int(outcome.blocking[k]), int(outcome.used[k])
    names = [clause for place, clause in enumerate(RECORD) if fails >> place & 1]
    clauses = book.by_slug[item].clause if book is not None and item in book.by_slug else []
    names += [words.clause for place, words in enumerate(clauses) if fails >> (CLAUSE_SHIFT + place) & 1]
    assert fails >> (CLAUSE_SHIFT + len(clauses)) == 0, "a clause that the rule does not have"
    return (
        bool(outcome.payable[k]),
        tuple(names),
        rows.acts[blocking] if blocking >= 0 else None,
        None if used == NONE else used,
    )


def together(journals: Iterable[Sequence[Fact]]) -> Evidence:
    """Journals of one patient each, as the evidence of several: staff and institutions are the same, nothing else."""
    facts: list[Fact] = []
    for number, journal in enumerate(journals):
        facts += [_of(number, fact) for fact in journal]
    return Evidence(facts)


def _of(number: int, fact: Fact) -> Fact:
    own = {name: getattr(fact, name, None) for name in _OF_ONE_PATIENT}
    return msgspec.structs.replace(fact, **{name: f"{number}-{id}" for name, id in own.items() if id is not None})
