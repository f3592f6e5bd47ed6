"""Machine code for judging, made beside the service, while nobody waits for an answer.

It is kept for every later process of the same user, so whoever asks for a report finds it. Nothing depends on it: where
it is not there, the same is decided without it, later.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

ENTRIES = 400_000
"""Entries of a log that has as many acts, about, as machine code is worth making for (`rebuild.ways.MAKING_PAYS`)."""


@contextmanager
def made_beside(entries: int) -> Iterator[None]:
    """While it is entered, another process makes machine code for a log of so many entries, if it is wanted and not
    kept: at the lowest priority, for half a minute, without a word. At the end it is ended.

    What it needs (numpy, numba) is not loaded here.
    """
    if entries < ENTRIES or find_spec("numba") is None:
        yield
        return
    program = [sys.executable, "-P", "-m", "projections.rebuild.ways"]  # of what is installed, not of where we stand
    nothing = subprocess.DEVNULL
    with subprocess.Popen(program, stdin=nothing, stdout=nothing, stderr=nothing) as process:  # noqa: S603 our own
        try:
            yield
        finally:
            process.terminate()
