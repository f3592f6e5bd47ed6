"""Machine code for judging, made beside the service, while nobody waits for an answer.

It is kept for every later process of the same user, so whoever asks for a report finds it. Nothing depends on it: where
it is not there, the same is decided without it, later.
"""

import logging
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from signal import SIGTERM
from threading import Thread

ENTRIES = 400_000
"""Entries of a log that has as many acts, about, as machine code is worth making for (`rebuild.ways.MAKING_PAYS`)."""

PROGRAM = (sys.executable, "-P", "-m", "projections.rebuild.ways")
"""What makes it, if it can be kept and is not: of what is installed, not of where we stand."""


@contextmanager
def made_beside(entries: int) -> Iterator[None]:
    """While it is entered, another process makes machine code for a log of so many entries, if it is wanted and not
    kept: at the lowest priority, for half a minute. At the end it is ended. That it failed is logged.

    What it needs (numpy, numba) is not loaded here.
    """
    if entries < ENTRIES or find_spec("numba") is None:
        yield
        return
    nothing, told = subprocess.DEVNULL, subprocess.PIPE
    # In a group of its own: Ctrl-C is for the service, which ends it.
    with subprocess.Popen(PROGRAM, stdin=nothing, stdout=nothing, stderr=told, process_group=0) as process:  # noqa: S603
        watch = Thread(target=_watch, args=(process,), name="machine code")
        watch.start()
        try:
            yield
        finally:
            process.terminate()
            watch.join()


def _watch(process: subprocess.Popen[bytes]) -> None:
    _, said = process.communicate()
    if process.returncode not in (0, -SIGTERM):
        last = said.decode(errors="replace").strip().rpartition("\n")[2]
        logging.getLogger("uvicorn.error").warning(
            "machine code for judging was not made (exit %d): %s", process.returncode, last
        )
