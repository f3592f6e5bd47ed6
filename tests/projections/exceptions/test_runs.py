"""Stretches of equal keys."""

from itertools import groupby

from hypothesis import given
from hypothesis import strategies as st

from projections.exceptions.runs import grouped, longest_runs


@given(st.lists(st.sampled_from([None, "a", "b"])), st.integers(1, 4))
def test_runs_are_those_of_groupby(values: list[str | None], least: int) -> None:
    items = list(enumerate(values))
    stretches = [(key, list(run)) for key, run in groupby(items, key=lambda item: item[1])]
    expected = [run for key, run in stretches if key is not None and len(run) >= least]
    assert list(longest_runs(items, lambda item: item[1], least)) == expected


def test_groups_keep_their_order() -> None:
    assert grouped([3, 1, 4, 1, 5], lambda n: n % 2) == {1: [3, 1, 1, 5], 0: [4]}
