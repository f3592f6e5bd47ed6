"""The judge against a naive second one, on journals by chance: the same acts, exactly the same clauses."""

from random import Random

import pytest

from ledger.treatment.facts import Fact
from projections.rules.judge import judge
from projections.rules.rulebook import load_rulebook
from tests.cases.chance import story
from tests.cases.oracle import Oracle
from tests.cases.story import build


def denied(facts: list[Fact]) -> dict[str, list[str]]:
    return {decision.act: list(decision.denied_by) for decision in judge(facts, load_rulebook("shanghai-2017"))}


def journal(seed: int) -> list[Fact]:
    patient, told = story(seed)
    return build(told, patient=patient)


@pytest.mark.parametrize("seed", range(120))
def test_two_judges_agree(seed: int) -> None:
    facts = journal(seed)
    assert denied(facts) == Oracle(facts).judge()


@pytest.mark.parametrize("seed", range(30))
def test_the_order_of_lines_does_not_matter_where_the_instants_differ(seed: int) -> None:
    facts = journal(seed)
    chance = Random(seed)
    place = {fact.at: chance.random() for fact in facts}
    assert denied(sorted(facts, key=lambda fact: place[fact.at])) == denied(facts)
