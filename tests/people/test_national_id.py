"""The check digit, on the standard's own examples and on every way to mistype one of them by one key."""

import pytest

from ledger.people import is_mistyped

RIGHT = ("11010519491231002X", "440524188001010014")
"""The examples of GB 11643-1999."""


@pytest.mark.parametrize("right", RIGHT)
def test_one_key_beside_it_is_noticed(right: str) -> None:
    assert not is_mistyped(right)
    for place, digit in enumerate(right):
        for other in "0123456789X"[: 11 if place == 17 else 10]:
            assert is_mistyped(right[:place] + other + right[place + 1 :]) == (other != digit)


@pytest.mark.parametrize("right", RIGHT)
def test_two_neighbours_that_changed_places_are_noticed(right: str) -> None:
    for place in range(16):
        swapped = right[:place] + right[place + 1] + right[place] + right[place + 2 :]
        assert is_mistyped(swapped) == (swapped != right)


@pytest.mark.parametrize(
    "other", ["", "110105491231002", "H12345678", "11010519491231002x", "1101051949123100200", "沪军字第1号"]
)
def test_ids_of_another_kind_are_left_alone(other: str) -> None:
    assert not is_mistyped(other)
