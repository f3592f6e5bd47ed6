"""What a value holds: each object once, and none that others hold as well."""

from sys import getsizeof

import pytest

from api.bench.held import bytes_held, reached


def test_each_object_counts_once() -> None:
    day = "2021-03-01 in words that nobody else has"
    assert bytes_held([day, day]) == getsizeof([day, day]) + getsizeof(day)


def test_what_is_shared_is_nobodys_own() -> None:
    shared = ["a rulebook", "its words"]
    own = [shared, "a patient of their own"]
    assert bytes_held(own, without=[shared]) == getsizeof(own) + getsizeof(own[1])


def test_the_program_is_not_counted() -> None:
    assert reached([reached, dict, pytest]) == {}
