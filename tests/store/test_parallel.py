"""Work over processes: in order, with its exceptions, and in this process where one is asked for."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

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


@pytest.mark.parametrize("count", [1, 2, 3])
def test_this_process_works_along(count: int) -> None:
    with processes(count, along=True) as pool:
        done = pool.map_along(square, range(12))
        assert [result for result, _ in done] == [number**2 for number in range(12)]
        at_work = {process for _, process in done}
        assert os.getpid() in at_work
        assert len(at_work) <= count
        assert (len(at_work) > 1) == (count > 1)


@pytest.mark.parametrize("place", range(5))
@pytest.mark.parametrize("count", [1, 2])
def test_what_fails_first_is_raised_wherever_it_is_done(count: int, place: int) -> None:
    tasks = [0, 1, 2, 3, 4, 5, 6, 7]
    tasks[place : place + 2] = [13, -1]
    with processes(count, along=True) as pool, pytest.raises(StoreError, match="not this one"):
        pool.map_along(refused, tasks)


def refused(number: int) -> int:
    """Work that fails at two numbers, at one of them late."""
    if number == 13:
        time.sleep(0.3)
        raise StoreError("not this one")
    if number == -1:
        raise StoreError("nor that")
    return number


def test_alone_is_this_process() -> None:
    assert list(ALONE.map(square, [5])) == [(25, os.getpid())]
    assert cores() >= 1


def test_ctrl_c_ends_the_others_before_the_block_that_they_work_for() -> None:
    """As when an audit's files are taken away while they are written."""
    with processes(2) as pool:
        before = set(multiprocessing.active_children())
        assert next(pool.map(square, [2]))[0] == 4
        with pytest.raises(KeyboardInterrupt), pool.ended_by_interrupt():
            raise KeyboardInterrupt
        assert len(before) == 2
        assert not before & set(multiprocessing.active_children())
    with pytest.raises(KeyboardInterrupt), ALONE.ended_by_interrupt():
        raise KeyboardInterrupt


PROGRAM = """
import os, sys, time
from ledger.store.parallel import processes

def work(number):
    say("working")
    time.sleep(60)

def say(what):
    os.write(1, f"{what}\\n".encode())

if __name__ == "__main__":
    try:
        with processes(2) as pool:
            try:
                list(pool.map(work, range(4)))
            finally:
                time.sleep(1)  # the others have the time to say what they should not
    except KeyboardInterrupt:
        say("heeded")
else:
    say("starting")  # another process, which imports this file before it is given anything
    time.sleep(0.5)
"""


@pytest.mark.parametrize("moment", ["starting", "working"])
def test_ctrl_c_is_heeded_by_this_process_and_nobody_else(tmp_path: Path, moment: str) -> None:
    """As a terminal sends it: to every process of the job."""
    (tmp_path / "program.py").write_text(PROGRAM)
    with subprocess.Popen(
        [sys.executable, str(tmp_path / "program.py")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        assert moment in iter(lambda: process.stdout.readline().strip(), "")
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    assert out.splitlines()[-1] == "heeded"
