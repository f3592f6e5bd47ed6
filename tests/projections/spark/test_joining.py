"""Batches cut anywhere come out whole, in order; rows that are out of order are refused."""

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projections.spark.joining import PatientSplit, whole_patients


def batch(patients: str, first: int = 0) -> pa.RecordBatch:
    """A row for each letter, numbered from `first`."""
    return pa.record_batch({"patient": list(patients), "row": list(range(first, first + len(patients)))})


def cut(patients: str, places: list[int]) -> list[pa.RecordBatch]:
    """The rows in batches that end at these places, and at the end."""
    ends = [*sorted(place % (len(patients) + 1) for place in places), len(patients)]
    return [batch(patients[begin:end], begin) for begin, end in zip([0, *ends], ends, strict=False)]


runs = st.lists(st.integers(1, 6), max_size=8).map(
    lambda counts: "".join(letter * count for letter, count in zip("abcdefgh", counts, strict=False))
)


@settings(deadline=None)  # the first call of `pyarrow.array` may import pandas
@given(patients=runs, places=st.lists(st.integers(0, 50), max_size=12))
def test_every_patient_is_in_one_batch(patients: str, places: list[int]) -> None:
    found = list(whole_patients(cut(patients, places)))
    assert [row for one in found for row in one["row"].to_pylist()] == list(range(len(patients)))
    whose = [set(one["patient"].to_pylist()) for one in found]
    assert all(whose)
    assert sum(map(len, whose)) == len(set(patients))


def test_no_more_is_held_back_than_the_last_patient() -> None:
    handed_out: list[int] = []

    def told() -> object:
        for k, one in enumerate([batch("aab"), batch("bbc", 3), batch("cd", 6)]):
            handed_out.append(k)
            yield one

    found = whole_patients(told())
    assert next(found)["patient"].to_pylist() == ["a", "a"]
    assert handed_out == [0]
    assert next(found)["patient"].to_pylist() == ["b", "b", "b"]
    assert handed_out == [0, 1]


@pytest.mark.parametrize("batches", [["aba"], ["ab", "a"], ["a", "b", "a"], ["aab", "bc", "ca"]])
def test_a_patient_who_comes_again_is_refused(batches: list[str]) -> None:
    with pytest.raises(PatientSplit, match="patient a: their rows do not follow one another"):
        list(whole_patients(batch(patients) for patients in batches))
