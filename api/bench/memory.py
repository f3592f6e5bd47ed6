"""How much memory a whole audit takes, over all its processes, beside reading the log plainly; and how it is measured.

Each is done in a process started fresh, as this one has held all kinds of things before. Told is the most that was
resident at once, as the system counts it, or more: a child's most is not kept by the system, only that of the largest,
so it counts once for each of them, and pages that processes share count in each.
"""

import multiprocessing
import resource
import sqlite3
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

from ledger.application import TreatmentLedger
from ledger.application.founding import LOG
from ledger.store.parallel import cores

MB = 1_000_000
T = TypeVar("T")


def of_audit(home: Path) -> float:
    """MB that auditing the ledger in this directory takes, over all cores: this process and those it starts."""
    return fresh(_audit, home) / MB


def of_rows(home: Path) -> float:
    """MB that the plain way takes: every row in one list, and hashed."""
    return fresh(_rows, home) / MB


def fresh(work: Callable[[T], int], of: T) -> int:
    """What `work(of)` says in a process of its own, started fresh: a function of a module, that says a number."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as process:
        return process.submit(work, of).result()


def _audit(home: Path) -> int:
    jobs = cores()
    with TreatmentLedger.open(home) as ledger:
        findings = ledger.audit(jobs=jobs)
    if findings:
        raise AssertionError(f"the log of the benchmark is unsound: {findings[0]}")
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * _UNIT
    return most_resident() + (jobs * largest if jobs > 1 else 0)


def _rows(home: Path) -> int:
    with closing(sqlite3.connect(home / LOG)) as connection:
        rows = connection.execute("SELECT position, type, tags, leaf, data FROM entries ORDER BY position").fetchall()
    for *_, leaf, data in rows:
        if sha256(b"\x00" + data).digest() != leaf:
            raise AssertionError("the log of the benchmark is altered")
    return most_resident()


_UNIT = 1 if sys.platform == "darwin" else 1024  # of what getrusage says


def most_resident() -> int:
    """Bytes that this process had resident at most."""
    try:
        # Where there is this file, getrusage counts in what stood in this process's place before it was started.
        status = Path("/proc/self/status").read_text("ascii")
        return 1024 * next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:"))
    except (OSError, StopIteration):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _UNIT
