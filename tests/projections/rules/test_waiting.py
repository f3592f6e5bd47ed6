"""The search for the next day against brute force: every clause asked on every day, under readings drawn at random."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from random import Random
from typing import NamedTuple

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.treatment.facts import (
    AssessmentRecorded,
    AssessmentVoided,
    Fact,
    FeeConfirmed,
    FindingsRecorded,
    PrescriptionIssued,
    PrescriptionStopped,
    SessionSigned,
    SessionStarted,
    SessionStopped,
    SessionVoided,
)
from projections.rules import schema
from projections.rules.acts import Act
from projections.rules.case import PatientCase
from projections.rules.clauses.clause import ClauseJudge
from projections.rules.decision import Decision
from projections.rules.judge import Judge
from tests.projections.rules.building import SHANGHAI, moment
from tests.projections.rules.random_journals import CHOICES, OPTIONS, journal_of

SEEDS = st.integers(0, 2**32)
KIND = {
    words.clause: type(words) for item in SHANGHAI.items for words in item.clause if isinstance(words, schema.Clause)
}
HELPED = {
    schema.WorkingAgeClause, schema.SpanClause, schema.CountClause, schema.DaysClause, schema.GateClause,
    schema.YearClause, schema.ExclusiveClause, schema.GapClause, schema.StaffClause, schema.ProviderClause,
}  # fmt: skip
"""The kinds of clauses that waiting alone can make hold. Who was too young grows older, the too old never younger."""
AHEAD = 800


class Asked(NamedTuple):
    """An act right before it is committed, with the case it meets and what is decided."""

    case: PatientCase
    act: Act
    decision: Decision


def chosen(random: Random) -> dict[str, str]:
    """One option of every reading, drawn at random."""
    return {name: random.choice(options) for name, options in OPTIONS.items()}


def judged(seed: int, readings: Mapping[str, str]) -> Iterator[Asked]:
    """The fold over a random journal, act by act."""
    judge = Judge(journal_of(seed), SHANGHAI, readings)
    case = judge.case("P1", until=moment("2000-01-01"))
    assert isinstance(case, PatientCase)
    for act in judge.acts("P1"):
        decision = case.decide(act)
        yield Asked(case, act, decision)
        case.commit(act, decision.payable)


def clauses_of(case: PatientCase, act: Act) -> Sequence[ClauseJudge]:
    rule = case.compiled.rules.get(act.item)
    return rule.clauses if rule is not None else ()


def days_ahead(act: Act) -> list[date]:
    """Every day of two years and more, and single days for forty years after."""
    near = [act.day + timedelta(n) for n in range(1, AHEAD + 1)]
    return near + [near[-1] + timedelta(n) for n in range(1, 40 * 366, 97)]


def answers(case: PatientCase, clause: ClauseJudge, act: Act, days: Sequence[date]) -> dict[date, bool]:
    """What the clause says on each of these days; a copy of the act on each."""
    said = {}
    for day in days:
        moved = act.later(day)
        said[day] = clause.judge(case, moved, case.view(moved)).holds
    return said


def first(said: Mapping[date, bool]) -> date | None:
    return next((day for day, holds in said.items() if holds), None)


def check(asked: Asked) -> None:
    """Every clause, and the whole act, against every day."""
    case, act, decision = asked
    days = days_ahead(act)
    near = days[AHEAD - 1]
    whole = dict.fromkeys(days, True)
    for clause in clauses_of(case, act):
        finding = next(finding for finding in decision.findings if finding.clause == clause.clause)
        said = answers(case, clause, act, days)
        whole = {day: whole[day] and said[day] for day in days}
        turns = set(clause.turns(case, act, case.view(act)))
        before = finding.holds
        for day in days[:AHEAD]:
            assert said[day] == before or day in turns, (clause.clause, day)
            before = said[day]
        brute, found = (None if finding.holds else first(said)), finding.next_payable_on
        # A day between the single ones of later years can be found only by the search.
        assert found == brute or (found is not None and found > near and (brute is None or brute > found)), (
            clause.clause,
            found,
            brute,
        )
    brute, found = (act.day if case.holds(act) else first(whole)), case.next_payable_on(act)
    assert found == brute or (found is not None and found > near and (brute is None or brute > found))
    assert case.turns(act) >= {day for day in days[:AHEAD] if whole[day] != whole.get(day - timedelta(1), whole[day])}


def test_every_kind_of_clause_waits_as_brute_force_does() -> None:
    asked_of: Counter[type[schema.Clause]] = Counter()
    helped: set[type[schema.Clause]] = set()
    for seed in range(110):
        random = Random(seed)
        for asked in judged(seed, chosen(random)):
            failing = [f for f in asked.decision.findings if not f.holds and f.clause in KIND]
            kinds = {KIND[finding.clause] for finding in failing}
            helped |= {KIND[finding.clause] for finding in failing if finding.next_payable_on is not None}
            if any(asked_of[kind] < 6 for kind in kinds) or random.random() < 0.05:
                check(asked)
                asked_of.update(kinds)
    assert set(asked_of) == set(KIND.values())
    assert helped == HELPED


@settings(max_examples=30, deadline=None)
@given(SEEDS, CHOICES)
def test_the_search_finds_what_brute_force_finds(seed: int, readings: dict[str, str]) -> None:
    random = Random(seed)
    for asked in judged(seed, readings):
        if random.random() < 0.1:
            check(asked)


# --- what later lines say does not leak into an answer ------------------------------------------------------


LATER = (SessionStopped, SessionSigned, SessionVoided, AssessmentVoided, FeeConfirmed)
"""Lines that count at the act's own place, whenever they were written."""


def cut(facts: Sequence[Fact], end: datetime, last: str | None = None) -> list[Fact]:
    """The facts as they would be if nothing had been done or found after `end`; of the acts at `end` none after `last`.

    Lines about earlier acts stay, and sheets issued or stopped later that day: an order in force at some time of the
    day is in force (9.link).
    """
    kept: list[Fact] = []
    acts: set[str] = set()
    ended = False
    for fact in sorted(facts, key=lambda fact: fact.at):
        if isinstance(fact, SessionStarted | AssessmentRecorded):
            act = fact.session if isinstance(fact, SessionStarted) else fact.assessment
            if fact.at > end or ended:
                continue
            acts.add(act)
            ended = act == last
        elif isinstance(fact, PrescriptionIssued | PrescriptionStopped):
            if fact.at.date() > end.date():
                continue
        elif isinstance(fact, FindingsRecorded):
            if fact.at > end:
                continue
        elif isinstance(fact, LATER):
            about = getattr(fact, "session", None) or getattr(fact, "assessment", None) or getattr(fact, "act", None)
            if about not in acts and fact.at > end:
                continue
        kept.append(fact)
    return kept


@settings(max_examples=40, deadline=None)
@given(SEEDS, CHOICES, st.floats(0, 1))
def test_whole_decisions_are_those_of_the_facts_up_to_them(seed: int, readings: dict[str, str], share: float) -> None:
    """`winner: dearest` alone looks at what is still to come; it is settled by the fees of the day."""
    facts, readings = journal_of(seed), readings | {"winner": "first"}
    whole = list(Judge(facts, SHANGHAI, readings).decisions())
    end = whole[int(share * (len(whole) - 1))].at
    known = list(Judge(cut(facts, end), SHANGHAI, readings).decisions())
    assert known == [decision for decision in whole if decision.at <= end]


def put_on(facts: Sequence[Fact], act: Act, day: date) -> list[Fact]:
    """The same facts with the act itself on another day: what it would be to wait."""
    by = timedelta((day - act.day).days)
    told: list[Fact] = []
    for fact in facts:
        if act.id in (getattr(fact, "session", None), getattr(fact, "assessment", None)):
            moved = {"at": fact.at + by}
            if isinstance(fact, SessionStarted | AssessmentRecorded):
                moved["stay"] = act.stay  # the act stays in its stay
            told.append(msgspec.structs.replace(fact, **moved))
        else:
            told.append(fact)
    return told


@settings(max_examples=30, deadline=None)
@given(SEEDS, CHOICES)
def test_the_day_found_is_one_on_which_a_journal_that_waits_holds(seed: int, readings: dict[str, str]) -> None:
    facts, readings = journal_of(seed), readings | {"winner": "first"}
    judge, random = Judge(facts, SHANGHAI, readings), Random(seed)
    acts = {act.id: act for act in judge.acts("P1")}
    for decision in judge.decisions():
        act = acts[decision.act]
        for finding in decision.findings:
            found = finding.next_payable_on
            if found is None or finding.clause not in KIND or random.random() > 0.05:
                continue
            seen = cut(facts, act.at, act.id)
            for day, holds in ((found - timedelta(1), False), (found, True)):
                waited = Judge(put_on(seen, act, day), SHANGHAI, readings).decision(act.id)
                assert waited is not None
                then = next(other for other in waited.findings if other.clause == finding.clause)
                assert then.holds is holds, (finding.clause, act.id, day)
