"""Draws are within their bounds, all of them, and the same for a seed on every Python."""

from api.demo.dice import Dice


def test_a_seed_gives_the_draws_that_the_manual_promises():
    dice = Dice(2021)
    assert [dice.below(1000) for _ in range(6)] == [836, 858, 544, 247, 635, 973]


def test_bounds_are_reached_and_kept():
    dice = Dice(1)
    assert {dice.below(3) for _ in range(200)} == {0, 1, 2}
    assert {dice.between(2, 4) for _ in range(200)} == {2, 3, 4}
    assert {dice.pick("ab") for _ in range(100)} == {"a", "b"}
    assert not any(dice.chance(0.0) for _ in range(100))
    assert all(dice.chance(1.0) for _ in range(100))
