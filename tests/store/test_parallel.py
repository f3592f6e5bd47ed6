"""Work over processes: in order, with its exceptions, and in this process where one is asked for."""

import os

import pytest

from ledger.store.parallel import ALONE, cores, processes
from ledger.store.refusals import StoreError


def square(number: int) -> tuple[int, int]:
    """Work that another process can be given."""
    if number == 13:
        raise StoreError("not this one")
    return number * number, os.getpid()


@pytest.mark.parametrize("count", [1, 2, 3])
def test_results_come_in_the_order_of_the_tasks(count: int) -> None:
    with processes(count) as pool:
        done = list(pool.map(square, range(12)))
    assert [result for result, _ in done] == [number**2 for number in range(12)]
    assert ({process for _, process in done} == {os.getpid()}) == (count == 1)


@pytest.mark.parametrize("count", [1, 2])
def test_an_exception_of_a_task_is_raised_here(count: int) -> None:
    with processes(count) as pool, pytest.raises(StoreError, match="not this one"):
        list(pool.map(square, [1, 13, 2]))


def test_alone_is_this_process() -> None:
    assert list(ALONE.map(square, [5])) == [(25, os.getpid())]
    assert cores() >= 1
