"""Ascending indexes have one spelling, and every byte string is that of some, or refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.proof import MAX_SIZE, ProofError, format_indexes, parse_indexes


@pytest.mark.parametrize(
    ("indexes", "spelled"),
    [
        ([], ""),
        ([0], "00"),
        ([0, 1, 2], "000000"),
        ([5, 133], "057f"),
        ([5, 134], "058001"),
        ([128], "8001"),
        ([300, 16685], "ac02 8080 01"),
        ([MAX_SIZE], "ffffffffffffffff7f"),
    ],
)
def test_the_spelling(indexes: list[int], spelled: str) -> None:
    assert format_indexes(indexes) == bytes.fromhex(spelled)
    assert parse_indexes(bytes.fromhex(spelled), "indexes") == indexes


@given(st.sets(st.integers(0, MAX_SIZE) | st.integers(0, 400)))
def test_there_and_back(indexes: set[int]) -> None:
    assert parse_indexes(format_indexes(sorted(indexes)), "indexes") == sorted(indexes)


@given(st.binary(max_size=24))
def test_what_is_taken_is_spelled_so(spelled: bytes) -> None:
    try:
        indexes = parse_indexes(spelled, "indexes")
    except ProofError:
        return
    assert format_indexes(indexes) == spelled


@pytest.mark.parametrize(
    ("spelled", "why"),
    [
        ("80", "indexes: the last number is cut short"),
        ("0080", "indexes: the last number is cut short"),
        ("8000", "indexes: number 1 is spelled longer than it need be"),
        ("00ff00", "indexes: number 2 is spelled longer than it need be"),
        ("ffffffffffffffffff01", "indexes: number 1 is longer than 9 bytes"),
        ("ffffffffffffffff7f00", r"indexes: number 2 leads beyond 2\^63 - 1"),
    ],
)
def test_what_is_no_spelling(spelled: str, why: str) -> None:
    with pytest.raises(ProofError, match=why):
        parse_indexes(bytes.fromhex(spelled), "indexes")


@pytest.mark.parametrize("indexes", [[1, 1], [2, 1], [-1], [MAX_SIZE + 1], ["1"], [True]])
def test_what_are_no_indexes(indexes: list[int]) -> None:
    with pytest.raises(ProofError):
        format_indexes(indexes)
