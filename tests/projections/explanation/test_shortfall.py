from collections.abc import Mapping
from typing import Any, get_args

import pytest

from projections.rules.record import RECORD
from projections.rules.schema import AnyClause
from tests.projections.explanation.telling import RULEBOOKS, SENTENCES, SHANGHAI, misspoken, of_sentence


def _name(case: Mapping[str, Any]) -> str:
    return f"{case['clause']} {case['name']}"


@pytest.mark.parametrize("case", SENTENCES, ids=_name)
def test_why_a_clause_fails_in_both_languages(case: Mapping[str, Any]) -> None:
    told = of_sentence(case)
    (reason,) = [reason for reason in told.reasons if reason.clause == case["clause"]]
    assert not reason.holds
    assert reason.shortfall is not None
    assert (reason.shortfall.zh, reason.shortfall.en) == (case["zh"], case["en"])
    rulebook = RULEBOOKS[case.get("rulebook", "shanghai-2017")]
    assert not misspoken(told, rulebook)


def test_the_sentences_are_of_every_kind_of_clause_and_every_clause_of_the_record() -> None:
    told = {case["clause"] for case in SENTENCES}
    kinds = {
        type(clause)
        for rulebook in RULEBOOKS.values()
        for item in rulebook.items
        for clause in item.clause
        if clause.clause in told
    }
    assert set(get_args(AnyClause)) <= kinds
    assert set(RECORD) <= told


def test_the_sentences_are_of_every_clause_name_of_the_notice() -> None:
    """Of `1.day` and `5.day` one is enough, of `10.staff` and `25.staff` both are told: they are of other kinds."""
    wanted = {(type(clause), clause.clause.partition(".")[2]) for item in SHANGHAI.items for clause in item.clause}
    told = {case["clause"] for case in SENTENCES}
    found = {
        (type(clause), clause.clause.partition(".")[2])
        for item in SHANGHAI.items
        for clause in item.clause
        if clause.clause in told
    }
    assert wanted == found
