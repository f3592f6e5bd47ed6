"""The judge against the naive evaluator: random journals, random readings, the same answers."""

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.treatment.items import ITEMS
from projections.rules.evidence import Evidence
from projections.rules.judge import Judge
from tests.projections.rules.building import SHANGHAI
from tests.projections.rules.oracle import Oracle
from tests.projections.rules.random_journals import journal_of
from tests.projections.rules.words import ORDER

SEEDS = st.integers(0, 2**32)
CHOICES = st.fixed_dictionaries({name: st.sampled_from(list(r.options)) for name, r in SHANGHAI.readings.items()})
EVERY_OPTION = [(name, option) for name, reading in SHANGHAI.readings.items() for option in reading.options]


def compare(seed: int, readings: Mapping[str, str]) -> None:
    """Both evaluators on the same evidence; the record's own clauses are taken from the judge, and tested elsewhere."""
    if readings.get("winner") == "dearest" and readings.get("together") == "overlapping":
        readings = {**readings, "together": "same_day"}  # no groups there: test_winner has it
    evidence = Evidence(journal_of(seed))
    judge = Judge(evidence, SHANGHAI, readings)
    decisions = {decision.act: decision.denied_by for decision in judge.decisions()}
    record = {act: [clause for clause in denied if clause.startswith("record.")] for act, denied in decisions.items()}
    answers = Oracle(evidence, judge.choice, lambda act: record[act.id]).run()
    assert decisions == answers


@settings(max_examples=60, deadline=None)
@given(SEEDS)
def test_default_readings_agree_with_the_naive_evaluator(seed: int) -> None:
    compare(seed, {})


@pytest.mark.parametrize(("name", "option"), EVERY_OPTION)
@settings(max_examples=8, deadline=None)
@given(seed=SEEDS)
def test_each_option_agrees_with_the_naive_evaluator(name: str, option: str, seed: int) -> None:
    compare(seed, {name: option})


@settings(max_examples=120, deadline=None)
@given(SEEDS, CHOICES)
def test_any_readings_agree_with_the_naive_evaluator(seed: int, readings: dict[str, str]) -> None:
    compare(seed, readings)


def test_the_naive_evaluator_has_every_item() -> None:
    assert set(ORDER) == {item.number for item in ITEMS.values()} == set(range(1, 44))
