"""The hard patient: as many acts as asked for, taken by the ledger, and most of them denied by many clauses."""

from api.bench.hard import PATIENT, hard_patient
from ledger.treatment.batch import Accepted, decide_batch
from projections.rules.judge import judge
from projections.rules.rulebook import load_rulebook


def test_a_thousand_acts_most_of_them_denied() -> None:
    facts = list(hard_patient(1_000))
    assert all(isinstance(verdict, Accepted) for verdict in decide_batch(facts, lambda subjects: {}))
    decisions = list(judge(facts, load_rulebook("shanghai-2017")))
    denied = [decision for decision in decisions if not decision.payable]
    assert {decision.patient for decision in decisions} == {PATIENT}
    assert len(decisions) == 1_000
    assert len(denied) > 500
    kinds = {clause.split(".")[1] for decision in denied for clause in decision.denied_by}
    assert kinds >= {"span", "day", "excl", "gap", "gate", "days", "month", "child", "proof"}
    waited = [finding for decision in denied for finding in decision.findings if finding.next_payable_on]
    assert len(waited) > 250
