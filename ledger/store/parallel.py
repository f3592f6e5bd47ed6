"""One piece of work after another, over as many processes as one likes; the results in the order of the tasks.

Processes are started fresh ("spawn"): a fork would take along this process's threads and open databases. So what is
given to them must be picklable, and a program that asks for more than one must guard its main module, as
`multiprocessing` demands.
"""

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
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


ALONE = Processes(None)
"""This process."""


@contextmanager
def processes(count: int) -> Iterator[Processes]:
    """So many processes until the block ends; with one, the work is done in this."""
    if count <= 1:
        yield ALONE
        return
    with multiprocessing.get_context("spawn").Pool(count) as pool:
        yield Processes(pool)
