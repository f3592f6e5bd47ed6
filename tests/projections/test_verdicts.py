"""Sums over profiles: what each act comes to is what the decisions say, counted once."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from projections.rules.decision import VERDICTS
from projections.rules.judge import Judge, verdict_over
from projections.verdicts import Sum, tally
from tests.projections.rules.building import SHANGHAI, Journal
from tests.projections.rules.random_journals import journal_of


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2**32))
def test_the_sums_are_those_of_the_decisions(seed: int) -> None:
    default = Judge(journal_of(seed), SHANGHAI)
    judges = [default, default.under("strict"), default.under("lenient")]
    found = tally(judges)
    rows = list(zip(*(judge.decisions() for judge in judges), strict=True))
    verdicts = [verdict_over(row) for row in rows]
    assert [(one.verdict, one.acts) for one in found.verdicts] == [(name, verdicts.count(name)) for name in VERDICTS]
    assert found.acts == len(rows)
    for verdict in ("violation", "suspected"):
        denied = Counter(
            clause
            for row, given in zip(rows, verdicts, strict=True)
            if given == verdict
            for clause in {clause for decision in row for clause in decision.denied_by}
        )
        assert {one.clause: getattr(one, verdict) for one in found.clauses if getattr(one, verdict)} == denied
    assert all(one.quote or one.clause == "41.open" for one in found.clauses)


def test_acts_money_and_clauses_by_verdict() -> None:
    journal = Journal()
    journal.session(1, "2021-03-01", "09:00", fee=5_000)
    journal.session(2, "2021-03-01", "11:00", fee=8_000)
    journal.session(14, "2021-03-01", "14:00", fee=900, signed=False)
    journal.session(14, "2021-03-02", "14:00", signed=False)
    default = Judge(journal.facts, SHANGHAI)
    found = tally([default, default.under("lenient")])
    assert (found.acts, found.patients) == (4, 1)
    assert found.verdicts == (
        Sum(verdict="compliant", zh="合规", acts=1, amount_fen=5_000, without_fee=0),
        Sum(verdict="suspected", zh="可疑", acts=1, amount_fen=8_000, without_fee=0),
        Sum(verdict="violation", zh="明确违规", acts=2, amount_fen=900, without_fee=1),
    )
    assert [(one.clause, one.violation, one.suspected) for one in found.clauses] == [
        ("record.signed", 2, 0), ("2.excl", 0, 1),
    ]  # fmt: skip


def test_of_one_patient() -> None:
    journal = Journal()
    journal.patient("P2", "1960-01-01")
    journal.episode("E2", patient="P2")
    journal.session(1, "2021-03-01")
    journal.session(14, "2021-03-01", patient="P2", episode="E2")
    found = tally([Judge(journal.facts, SHANGHAI)], "P2")
    assert (found.acts, found.patients) == (1, 1)
    assert [one.clause for one in found.clauses] == ["14.ind"]
