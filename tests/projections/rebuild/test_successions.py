"""Rulebooks one after another: the tables decide each act by the one in force, as the reference does."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projections.rules.evidence import Evidence
from projections.rules.judge import Judge
from projections.rules.rulebook import Rulebook
from projections.rules.succession import Period, Succession
from tests.projections.rebuild.agreeing import differences, together
from tests.projections.rebuild.test_agreement import BOOKS, SEEDS, readings_of
from tests.projections.rules.random_journals import journal_of

SHANGHAI, NINE, TWENTY_NINE = BOOKS
TRANSITIONS = ("by_act_date", "by_episode_start")


def in_turn(evidence: Evidence, patient: str, *books: Rulebook) -> Succession:
    """Nothing at first, then each of the rulebooks, all within the acts of the patient."""
    days = sorted({act.day for act in evidence.acts_of(patient)})
    begins = [days[len(days) * k // (len(books) + 1)] for k in range(1, len(books) + 1)]
    periods = {begin: Period(begin, book) for begin, book in zip(begins, books, strict=True)}
    return Succession([periods[begin] for begin in sorted(periods)])


@pytest.mark.parametrize("transition", TRANSITIONS)
@settings(max_examples=40, deadline=None)
@given(seed=SEEDS, order=st.permutations(BOOKS), data=st.data())
def test_each_within_the_acts_of_a_patient(transition: str, seed: int, order: list[Rulebook], data: Any) -> None:
    evidence = Evidence(journal_of(seed))
    readings = {name: option for book in BOOKS for name, option in data.draw(readings_of(book)).items()}
    chosen = {name: option for name, option in readings.items() if name != "transition"}
    judge = Judge(evidence, in_turn(evidence, "P1", *order), chosen | {"transition": transition})
    assert differences(judge) == []


@pytest.mark.parametrize("transition", TRANSITIONS)
@settings(max_examples=10, deadline=None)
@given(seed=SEEDS)
def test_one_text_twice_and_one_that_never_comes_into_force(transition: str, seed: int) -> None:
    evidence = Evidence(journal_of(seed))
    begin, *_, end = sorted({act.day for act in evidence.acts})
    middle = begin + (end - begin) / 2
    texts = {begin: SHANGHAI, middle: NINE, end: SHANGHAI, date(9999, 1, 1): TWENTY_NINE}
    succession = Succession([Period(day, text) for day, text in texts.items()])
    assert differences(Judge(evidence, succession, {"transition": transition})) == []


@pytest.mark.parametrize("transition", TRANSITIONS)
@settings(max_examples=10, deadline=None)
@given(seed=SEEDS)
def test_from_before_the_episodes_were_opened(transition: str, seed: int) -> None:
    """The episode of the journals is opened on 2010-01-01, the other one never."""
    evidence = Evidence(journal_of(seed))
    for begin in (date(2009, 1, 1), date(2010, 1, 1), date(2010, 1, 2)):
        succession = Succession([Period(begin, NINE), Period(date(2020, 3, 10), SHANGHAI)])
        assert differences(Judge(evidence, succession, {"transition": transition})) == []


@settings(max_examples=10, deadline=None)
@given(seeds=st.lists(SEEDS, min_size=2, max_size=4), transition=st.sampled_from(TRANSITIONS))
def test_several_patients_in_one_batch(seeds: list[int], transition: str) -> None:
    evidence = together(journal_of(seed) for seed in seeds)
    succession = in_turn(evidence, "0-P1", NINE, TWENTY_NINE, SHANGHAI)
    assert differences(Judge(evidence, succession, {"transition": transition})) == []
