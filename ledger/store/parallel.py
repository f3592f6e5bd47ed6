"""One piece of work after another, over as many processes as one likes; the results in the order of the tasks.

Processes are started fresh ("spawn"): a fork would take along this process's threads and open databases. So what is
given to them must be picklable, and a program that asks for more than one must guard its main module, as
`multiprocessing` demands.
"""

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from multiprocessing import resource_tracker
from typing import TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Processes:
    """Works on tasks; made by `processes`."""

    def __init__(self, pool: "multiprocessing.pool.Pool | None") -> None:
        self._pool = pool

    def map(self, work: Callable[[Task], Result], tasks: Sequence[Task]) -> Iterator[Result]:
        """The results, in order, as they come; an exception of one task is raised here."""
        if self._pool is None:
            return map(work, tasks)
        return self._pool.imap(work, tasks)

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


ALONE = Processes(None)
"""This process."""


@contextmanager
def processes(count: int) -> Iterator[Processes]:
    """So many processes until the block ends; with one, the work is done in this.

    Ctrl-C reaches every process of a terminal's job. It is this one's to heed (KeyboardInterrupt): the others take no
    notice, and are ended with the block.
    """
    if count <= 1:
        yield ALONE
        return
    with ExitStack() as ending:
        # A process inherits what is held back here, until it has been told to take no notice.
        with _interrupts_held_back():
            pool = ending.enter_context(
                multiprocessing.get_context("spawn").Pool(
                    count, initializer=signal.signal, initargs=(signal.SIGINT, signal.SIG_IGN)
                )
            )
        yield Processes(pool)


@contextmanager
def _interrupts_held_back() -> Iterator[None]:
    """A Ctrl-C in the block comes when it ends."""
    resource_tracker.ensure_running()  # `multiprocessing` starts it when needed, and then lets interrupts through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
