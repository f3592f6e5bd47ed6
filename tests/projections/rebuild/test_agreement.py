"""Random journals, judged by the tables and by the reference evaluator: the same decisions, act by act.

The journals reach every limit of every clause; the readings are drawn one by one and all together.
"""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projections.rules.evidence import Evidence
from projections.rules.judge import Judge
from projections.rules.rulebook import Rulebook, load_rulebook
from tests.projections.rebuild.agreeing import differences, together
from tests.projections.rules.building import SHANGHAI
from tests.projections.rules.random_journals import journal_of

BOOKS = (SHANGHAI, load_rulebook("national-2010"), load_rulebook("national-29"))
SEEDS = st.integers(0, 2**32)
EVERY_OPTION = [
    pytest.param(book, name, option, id=f"{book.id}-{name}={option}")
    for book in BOOKS
    for name, reading in book.readings.items()
    for option in reading.options
]
by_every_book = pytest.mark.parametrize("book", BOOKS, ids=lambda book: str(book.id))


def readings_of(book: Rulebook) -> st.SearchStrategy[dict[str, str]]:
    """An option of every reading of the rulebook."""
    return st.fixed_dictionaries(
        {name: st.sampled_from(list(reading.options)) for name, reading in book.readings.items()}
    )


@pytest.mark.parametrize(("book", "reading", "option"), EVERY_OPTION)
@settings(max_examples=6, deadline=None)
@given(seed=SEEDS)
def test_each_option_by_itself(book: Rulebook, reading: str, option: str, seed: int) -> None:
    assert differences(Judge(Evidence(journal_of(seed)), book, {reading: option})) == []


@by_every_book
@settings(max_examples=60, deadline=None)
@given(seed=SEEDS, data=st.data())
def test_any_readings_together(book: Rulebook, seed: int, data: Any) -> None:
    readings = data.draw(readings_of(book))
    assert differences(Judge(Evidence(journal_of(seed)), book, readings)) == []


@by_every_book
@pytest.mark.parametrize("profile", ["strict", "lenient"])
@settings(max_examples=15, deadline=None)
@given(seed=SEEDS)
def test_the_profiles(book: Rulebook, profile: str, seed: int) -> None:
    assert differences(Judge(Evidence(journal_of(seed)), book, profile=profile)) == []


@by_every_book
@settings(max_examples=12, deadline=None)
@given(seeds=st.lists(SEEDS, min_size=2, max_size=6), data=st.data())
def test_several_patients_in_one_batch(book: Rulebook, seeds: list[int], data: Any) -> None:
    evidence = together(journal_of(seed) for seed in seeds)
    assert differences(Judge(evidence, book, data.draw(readings_of(book)))) == []
