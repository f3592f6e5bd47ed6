"""One piece of work after another, over as many processes as one likes; the results in the order of the tasks.

Processes are started fresh ("spawn"): a fork would take along this process's threads and open databases. So what is
given to them must be picklable, and a program that asks for more than one must guard its main module, as
`multiprocessing` demands.
"""

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from multiprocessing import resource_tracker
from multiprocessing.pool import AsyncResult
from typing import TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Processes:
    """Works on tasks; made by `processes`."""

    def __init__(self, pool: "multiprocessing.pool.Pool | None", count: int = 0) -> None:
        self._pool = pool
        self._count = count

    def map(self, work: Callable[[Task], Result], tasks: Sequence[Task]) -> Iterator[Result]:
        """The results, in order, as they come; an exception of one task is raised here."""
        if self._pool is None:
            return map(work, tasks)
        return self._pool.imap(work, tasks)

    def map_along(self, work: Callable[[Task], Result], tasks: Sequence[Task]) -> list[Result]:
        """The results, in order; this process works on tasks as well. An exception of the first that fails is raised.

        The others have no more than two tasks each before them, so nobody waits long for the last of them.
        """
        others = 0 if self._pool is None else self._count
        found: list[Callable[[], Result]] = []
        given: list[AsyncResult[Result]] = []
        waiting = deque(tasks)
        while waiting:
            given = [one for one in given if not one.ready()]
            while self._pool is not None and waiting and len(given) < 2 * others:
                given.append(self._pool.apply_async(work, (waiting.popleft(),)))
                found.append(given[-1].get)
            if waiting:
                try:
                    own = work(waiting.popleft())
                except Exception:
                    for earlier in found:
                        earlier()  # what failed before it is told first
                    raise
                found.append(partial(_same, own))
        return [result() for result in found]

    @contextmanager
    def ended_by_interrupt(self) -> Iterator[None]:
        """Ctrl-C in the block ends the other processes before it leaves: what it cleans away they may be writing."""
        try:
            yield
        except KeyboardInterrupt:
            if self._pool is not None:
                self._pool.terminate()
                self._pool.join()
            raise


def _same(result: Result) -> Result:
    return result


ALONE = Processes(None)
"""This process."""


@contextmanager
def processes(count: int, *, along: bool = False) -> Iterator[Processes]:
    """So many processes until the block ends; with one, the work is done in this. `along`: this process is one of them,
    for `map_along`.

    Ctrl-C reaches every process of a terminal's job. It is this one's to heed (KeyboardInterrupt): the others take no
    notice, and are ended with the block.
    """
    if count <= 1:
        yield ALONE
        return
    others = count - 1 if along else count
    with ExitStack() as ending:
        # A process inherits what is held back here, until it has been told to take no notice.
        with _interrupts_held_back():
            pool = ending.enter_context(
                multiprocessing.get_context("spawn").Pool(
                    others, initializer=signal.signal, initargs=(signal.SIGINT, signal.SIG_IGN)
                )
            )
        yield Processes(pool, others)


@contextmanager
def _interrupts_held_back() -> Iterator[None]:
    """A Ctrl-C in the block comes when it ends."""
    resource_tracker.ensure_running()  # `multiprocessing` starts it when needed, and then lets interrupts through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
