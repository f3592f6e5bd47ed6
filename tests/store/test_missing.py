"""Holes are met where they are, in the words of a finding."""

import pytest

from ledger.store.matching import Stored
from ledger.store.missing import in_order, require_present
from ledger.store.refusals import Unsound

ROWS = [Stored(position, "t", "[]", b"leaf", b"data") for position in range(1, 8)]


def test_dense_rows_come_as_they_are() -> None:
    assert list(in_order(ROWS, 0)) == ROWS
    assert list(in_order(ROWS[3:], 3)) == ROWS[3:]
    assert list(in_order([], 3)) == []
    assert list(require_present(ROWS)) == ROWS


@pytest.mark.parametrize(("gone", "index"), [(0, 0), (3, 3), (5, 5)])
def test_the_first_hole_stops(gone: int, index: int) -> None:
    rows = in_order(ROWS[:gone] + ROWS[gone + 1 :], 0)
    assert [next(rows) for _ in range(gone)] == ROWS[:gone]
    with pytest.raises(Unsound, match=f"^entry-missing: index {index}: there is no entry at position {index + 1}\\. "):
        next(rows)


def test_an_order_that_is_none() -> None:
    with pytest.raises(Unsound, match=r"^entry-missing: index 1: "):
        list(in_order([ROWS[0], ROWS[0]], 0))


def test_a_position_without_an_entry_stops_before_the_first() -> None:
    rows = [tuple(ROWS[0]), (2, None, None, None, None), tuple(ROWS[2])]
    with pytest.raises(Unsound, match=r"^entry-missing: index 1: "):
        require_present(rows)
