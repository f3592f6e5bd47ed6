"""Arrays put together from buffers, each against what Arrow makes of the same values; and nothing imported beside."""

import subprocess
import sys

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projections.mirror.arrays import integers, numbers_in, of_bytes, of_numbers, texts


@settings(deadline=None)  # the first call of `pyarrow.array` may import pandas
@given(st.lists(st.none() | st.text(max_size=5)))
def test_texts(values: list[str | None]) -> None:
    made = texts(values)
    made.validate(full=True)
    assert made.equals(pa.array(values, pa.string()))


@settings(deadline=None)
@given(st.lists(st.none() | st.integers(-(2**63), 2**63 - 1)))
def test_integers(values: list[int | None]) -> None:
    made = integers(values)
    made.validate(full=True)
    assert made.equals(pa.array(values, pa.int64()))


def test_what_is_too_large_is_refused() -> None:
    with pytest.raises(OverflowError):
        integers([1, 2**63])


def test_numbers_lie_as_they_are() -> None:
    column = of_numbers(np.arange(9, dtype=np.int32))
    assert column.type == pa.int32()
    assert numbers_in(column.slice(3, 4)).tolist() == [3, 4, 5, 6]


def test_numbers_are_not_written_over() -> None:
    numbers = numbers_in(of_numbers(np.arange(9)))
    with pytest.raises(ValueError, match="read-only"):
        numbers[0] = 1


def test_numbers_that_lie_apart() -> None:
    assert of_numbers(np.arange(9)[::3]).equals(pa.array([0, 3, 6]))


@settings(deadline=None)
@given(st.lists(st.booleans()), st.integers(0, 20))
def test_truths(values: list[bool], first: int) -> None:
    assert numbers_in(pa.array(values, pa.bool_()).slice(first)).tolist() == values[first:]


def test_of_nothing() -> None:
    for kind in (pa.int8(), pa.int64(), pa.bool_()):
        assert numbers_in(pa.array([], kind)).tolist() == []


@settings(deadline=None)
@given(st.lists(st.binary(min_size=4, max_size=4)))
def test_bytes_of_one_width(values: list[bytes]) -> None:
    made = of_bytes(values, 4)
    made.validate(full=True)
    assert made.equals(pa.array(values, pa.binary(4)))


def test_a_process_that_decodes_imports_no_pandas() -> None:
    """As it would at the first `pyarrow.array`, where pandas is installed: half of what a short log takes."""
    decoding = (
        "import sys; from projections.mirror.decoding import columns_of;"
        'columns_of([(1, "SessionVoided", b\'{"type":"SessionVoided","session":"S1"}\')]);'
        'sys.exit("pandas" in sys.modules or "ledger.application" in sys.modules)'
    )
    assert subprocess.run([sys.executable, "-c", decoding], check=False).returncode == 0
