"""Sums are exact, rates honest."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projections.reports.counting import Counting, Measure
from projections.reports.document import figure, rate
from projections.reports.view import View
from tests.projections.reports.world import World
from tests.projections.rules.building import Journal

FEES = st.lists(st.one_of(st.none(), st.integers(0, 10**15)), min_size=1, max_size=8)


@settings(max_examples=25, deadline=None)
@given(FEES)
def test_sums_are_exact_whatever_the_fees(fees: list[int | None]) -> None:
    journal = Journal()
    for day, fee in enumerate(fees, start=1):
        journal.session(1, f"2021-03-{day:02}", fee=fee)
    world = World(journal.facts)
    counting = Counting(["month"], [Measure(figure("fen", "", "", "fen"), "fee"), Measure(figure("acts", "", ""))])
    for batch in (*world.batches, *world.batches):
        counting.add(View(batch, world.question()))
    assert counting.result() == {("2021-03",): [2 * sum(fee or 0 for fee in fees), 2 * len(fees)]}


def test_more_than_sixty_four_bits() -> None:
    journal = Journal()
    journal.session(1, "2021-03-01", fee=10**15 - 1)
    world = World(journal.facts)
    counting = Counting([], [Measure(figure("fen", "", "", "fen"), "fee")])
    for _ in range(20_000):
        counting.add(View(world.batches[0], world.question()))
    assert counting.only() == [20_000 * (10**15 - 1)]


def test_nothing_counted_is_nothing() -> None:
    assert Counting([], [Measure(figure("acts", "", ""))]).only() == [0]
    assert Counting(["month"], [Measure(figure("acts", "", ""))]).result() == {}


@pytest.mark.parametrize(
    ("part", "whole", "percent"),
    [(1, 3, 33.3), (2, 3, 66.7), (1, 2000, 0.1), (0, 5, 0.0), (5, 5, 100.0), (1, 0, None), (None, 4, None),
     (9999, 10000, 99.9), (1, 100000, 0.1), (1, 16, 6.3)],
)  # fmt: skip
def test_a_rate_is_none_or_all_only_where_it_is(part: int | None, whole: int, percent: float | None) -> None:
    assert rate(part, whole) == percent
