"""Rows come out in order, whatever is held in memory and however they came in."""

import errno
import resource
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projections.reports.document import Row
from projections.reports.sorting import Placed, Sorting

CELLS = st.tuples(st.none() | st.text(max_size=5), st.integers(-(2**63), 2**63 - 1))
PLACED = st.builds(
    lambda place, act, cells: (place, act, Row(f"act={act}", cells)), st.integers(-3, 400), st.text(max_size=3), CELLS
)


@given(st.lists(st.lists(PLACED, max_size=300), max_size=5), st.sampled_from([1, 1 << 25]))
def test_in_order_by_place_and_word(runs: list[list[Placed]], held: int) -> None:
    sorting = Sorting(held)
    for run in runs:
        sorting.add(run)
    every = [one for run in runs for one in run]
    expected = [row for _, _, row in sorted(every, key=lambda one: one[:2])]
    assert len(sorting) == len(every)
    for _ in range(2):  # as often as wanted
        assert list(sorting) == expected


def test_of_what_is_much_a_file_without_a_name_holds_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    sorting = Sorting(held=10)
    sorting.add([(k, "", Row("", (f"row {k}",))) for k in range(1000)])
    assert [row.cells for row in sorting] == [(f"row {k}",) for k in range(1000)]
    assert list(tmp_path.iterdir()) == []


def test_where_there_is_no_room_the_directory_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    sorting = Sorting(held=10)
    sorting.add([(0, "", Row("", ("from here on a file holds them",)))])
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, before[1]))
    try:
        with pytest.raises(OSError, match="too large") as raised:
            sorting.add([(k, "", Row("", ("x" * 100,))) for k in range(20)])  # fits into a buffer
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert (raised.value.errno, raised.value.filename) == (errno.EFBIG, str(tmp_path))
