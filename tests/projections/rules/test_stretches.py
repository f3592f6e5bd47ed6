"""Stretches of days, against looking at every stretch for every day."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from projections.rules.stretches import Highest, Stretch, Stretches, in_all

BEGIN = date(2021, 1, 1)
DAYS = [BEGIN + timedelta(number) for number in range(-1, 32)]
EDGES = st.sampled_from([date.min, *DAYS[1:-1], date.max])
LISTS = st.lists(st.tuples(EDGES, EDGES | st.none()), max_size=6)


def lies_in(day: date, stretch: Stretch) -> bool:
    return stretch[0] <= day and (stretch[1] is None or day <= stretch[1])


def covered(day: date, stretches: list[Stretch]) -> bool:
    return any(lies_in(day, stretch) for stretch in stretches)


@given(LISTS)
def test_a_day_is_covered_by_any_and_turns_are_all_that_changes(stretches: list[Stretch]) -> None:
    found = Stretches(stretches)
    assert [found.covers(day) for day in DAYS] == [covered(day, stretches) for day in DAYS]
    assert [day for day in DAYS[1:] if found.covers(day) != found.covers(day - timedelta(1))] == [
        turn for turn in found.turns() if DAYS[0] < turn <= DAYS[-1]
    ]
    assert found.turns(DAYS[9]) == [turn for turn in found.turns() if turn > DAYS[9]]
    gaps = Stretches(found.gaps())
    assert all(gaps.covers(day) != found.covers(day) for day in [date.min, *DAYS, date.max])


@given(st.lists(LISTS, min_size=1, max_size=3), st.sampled_from(DAYS))
def test_the_first_day_that_all_of_them_cover(lists: list[list[Stretch]], day: date) -> None:
    found = in_all([Stretches(stretches) for stretches in lists])
    assert [found.covers(one) for one in DAYS] == [all(covered(one, each) for each in lists) for one in DAYS]
    expected = next((one for one in [*DAYS, date.max] if one >= day and found.covers(one)), None)
    assert found.first(day) == expected


@given(LISTS, st.sampled_from(DAYS), st.integers(-1, 7), st.randoms(use_true_random=False))
def test_the_highest_rank_of_a_day(stretches: list[Stretch], day: date, limit: int, random: object) -> None:
    ranks = list(range(len(stretches)))
    random.shuffle(ranks)  # type: ignore[attr-defined]
    found = Highest([(rank, *stretch) for rank, stretch in zip(ranks, stretches, strict=True)], -1)

    def highest(day: date) -> int:
        return max((rank for rank, one in zip(ranks, stretches, strict=True) if lies_in(day, one)), default=-1)

    assert [found.at(one) for one in DAYS] == [highest(one) for one in DAYS]
    expected = next((one for one in [*DAYS, date.max] if one >= day and highest(one) <= limit), None)
    assert found.first(day, limit) == expected
