"""One batch ahead, by another thread: the same batches, whatever goes wrong on the way."""

import threading
from collections.abc import Iterator

import pytest

from projections.preview.ahead import ahead


@pytest.mark.parametrize("count", [0, 1, 2, 7])
def test_the_same_in_the_same_order(count: int) -> None:
    assert list(ahead(iter(range(count)))) == list(range(count))


def test_what_looks_like_nothing_is_no_end() -> None:
    assert list(ahead([0, None, "", 1])) == [0, None, "", 1]


def test_one_is_got_while_another_is_worked_on_and_no_more() -> None:
    got: list[int] = []
    second = threading.Event()

    def batches() -> Iterator[int]:
        for k in range(5):
            got.append(k)
            if k == 1:
                second.set()
            yield k

    work = ahead(batches())
    assert next(work) == 0
    assert second.wait(60)  # by the other thread: nobody asks for it here
    assert got == [0, 1]
    assert list(work) == [1, 2, 3, 4]


def test_one_other_thread_alone_asks() -> None:
    asking: set[int] = set()

    def batches() -> Iterator[int]:
        for k in range(20):
            asking.add(threading.get_ident())
            yield k

    assert len(list(ahead(batches()))) == 20
    assert len(asking) == 1
    assert threading.get_ident() not in asking


def test_what_is_raised_comes_in_its_place() -> None:
    def batches() -> Iterator[int]:
        yield 1
        yield 2
        raise OSError("the file is gone")

    work = ahead(batches())
    assert [next(work), next(work)] == [1, 2]
    with pytest.raises(OSError, match="the file is gone"):
        next(work)


def test_whoever_stops_early_leaves_nobody_behind() -> None:
    before = threading.active_count()
    work = ahead(iter(range(100)))
    assert next(work) == 0
    work.close()  # type: ignore[attr-defined]
    assert threading.active_count() == before
