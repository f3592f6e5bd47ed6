"""Ranges of indexes, and stretches with entries: what lies between entries costs nothing."""

import pickle
import sqlite3

import pytest

from ledger.store.audit_places import EVERYWHERE, NOWHERE, Ranges, stretches
from tests.store.stored import StoredLedger

FAR = 2**63 - 1


def test_ranges_join_where_they_meet() -> None:
    places = Ranges([(9, 9), (3, 4), (5, 5), (4, 4), (12, 12)])
    assert list(places) == [(3, 5), (9, 9), (12, 12)]
    assert [index for index in range(15) if index in places] == [3, 4, 5, 9, 12]
    assert len(places) == 3


def test_what_they_touch() -> None:
    places = Ranges([(3, 5), (9, 9)])
    touched = [(first, last) for first in range(11) for last in range(first, 11) if places.touches(first, last)]
    assert touched == [
        (first, last)
        for first in range(11)
        for last in range(first, 11)
        if any(index in (3, 4, 5, 9) for index in range(first, last + 1))
    ]


def test_the_first() -> None:
    assert Ranges([(7, 9)]).first(20) == 7
    assert NOWHERE.first(20) == 20


def test_as_far_as_positions_go_and_to_other_processes() -> None:
    places = pickle.loads(pickle.dumps(Ranges([(21, FAR - 1)])))
    assert 20 not in places
    assert FAR - 1 in places
    assert FAR not in places
    assert FAR in EVERYWHERE
    assert None not in EVERYWHERE


@pytest.mark.parametrize(("width", "expected"), [(4, [(0, 4), (4, 8), (8, 10)]), (256, [(0, 10)])])
def test_stretches_of_a_log(stored: StoredLedger, width: int, expected: list[tuple[int, int]]) -> None:
    stored.grow(10)
    connection = sqlite3.connect(stored.path)
    assert stretches(connection, 10, width) == expected
    assert stretches(connection, 0, width) == []
    connection.close()


def test_stretches_where_entries_are_far_between(stored: StoredLedger) -> None:
    stored.grow(10)
    stored.damage(
        "DELETE FROM entries WHERE position BETWEEN 3 AND 8",
        f"INSERT INTO entries SELECT {FAR}, type, tags, leaf, data FROM entries WHERE position = 1",
    )
    connection = sqlite3.connect(stored.path)
    assert stretches(connection, FAR, 4) == [(0, 4), (8, 12), (FAR - 3, FAR)]
    connection.close()
