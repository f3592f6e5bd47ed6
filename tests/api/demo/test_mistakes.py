"""The judge denies what was planted, by the clauses it was planted for, and nothing else.

The year knows no rulebook and the judge knows no year: that they agree on every one of some 30,000 acts is the test.
"""

import pytest

from api.demo import year_with_mistakes
from projections.history import effective
from projections.rules.judge import judge
from projections.rules.rulebook import load_rulebook

KINDS = "ind goal span day days excl child year proof site link month staff parts stay gap episode age gate mode"


def differences(facts, planted):
    """What the judge says otherwise than planted, as (act, planted clauses, judged clauses, story)."""
    expected = {mistake.act: mistake for mistake in planted}
    found, acts = [], set()
    for decision in judge(effective(facts), load_rulebook("shanghai-2017")):
        mistake = expected.get(decision.act)
        denied_by = mistake.denied_by if mistake else ()
        acts.add(decision.act)
        if tuple(decision.denied_by) != denied_by or decision.payable != (not denied_by):
            found.append((decision.act, denied_by, tuple(decision.denied_by), mistake.story if mistake else ""))
    return found + [(act, "planted", "never judged", "") for act in expected.keys() - acts]


def test_the_judge_agrees_with_the_year(invented):
    assert differences(invented.facts, invented.planted.values()) == []


@pytest.mark.parametrize("seed", [0, 1, 99])
def test_and_with_other_years(seed):
    assert differences(*year_with_mistakes(seed, 60)) == []


def test_most_acts_are_payable(invented):
    denied = sum(bool(mistake.denied_by) for mistake in invented.planted.values())
    acts = sum(type(fact).__name__ == "SessionStarted" or bool(getattr(fact, "item", None)) for fact in invented.facts)
    assert 0.08 <= denied / acts <= 0.15


def test_every_kind_of_mistake_is_planted(invented):
    """All nine clauses about records, and every kind of clause about items."""
    clauses = {clause for mistake in invented.planted.values() for clause in mistake.denied_by}
    records = ("voided", "stopped", "signed", "prescription", "times", "physician", "therapist", "institution", "stay")
    kinds = {clause.split(".")[1] for clause in clauses if not clause.startswith("record.")}
    assert {f"record.{name}" for name in records} <= clauses
    assert kinds == set(KINDS.split())
    assert {"1.day", "2.excl", "28.excl", "8.site", "21.gate", "21.days", "3.year", "2.span", "16.days"} <= clauses
    assert len(clauses) >= 60
