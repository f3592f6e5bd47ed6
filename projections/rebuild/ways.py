"""How the interpreter runs: as it is written, or as machine code, whichever is sooner there. Both decide the same.

As it is written it is as fast as the reference evaluator. Machine code is two hundred times as fast, but has to be
loaded, and before that made, once for each version of the program.
"""

import os
from collections.abc import Callable
from threading import Lock
from typing import Any

import numpy as np

from projections.mirror.columns import DTYPES, Columns, read_only
from projections.rebuild.interpreter import run
from projections.rebuild.native import NATIVE, can_be_kept, is_kept, machine_code

LOADING_PAYS = 25_000
"""Rows from which on machine code that is kept is sooner: numba and it are loaded in a third of a second, in which so
many are decided without it."""
MAKING_PAYS = 100_000
"""Rows for which it is worth half a minute of somebody who is not waiting for an answer: each answer to come is sooner
by a second."""
COMPILING_PAYS = 300_000
"""The same for somebody who is waiting for this answer: it comes later, but once only, for machine code is kept. Who
asks about so many acts asks again."""

Run = Callable[..., int]


class _Interpreter:
    """The interpreter of this process: once it is machine code it stays that."""

    def __init__(self) -> None:
        self._native: Run | None = None
        self._rows = 0
        self._counting = Lock()
        self._making = Lock()

    def is_native(self) -> bool:
        return self._native is not None

    def run_for(self, rows: int) -> Run:
        if self._native is not None or not NATIVE:
            return self._native or run
        with self._counting:
            self._rows += rows
            asked = self._rows
        # Who finds another thread making it waits only if that is sooner for the rows it has itself.
        if not _pays(asked) or not self._making.acquire(blocking=_pays(rows)):
            return run
        try:
            return self._made()
        finally:
            self._making.release()

    def make(self) -> Run:
        with self._making:
            return self._made()

    def _made(self) -> Run:
        """With `_making` held: loaded, or made, here and not at the first call, which others would wait for."""
        if self._native is None:
            made = machine_code(run)
            _run_nothing(made)
            self._native = made
        return self._native


def _pays(rows: int) -> bool:
    """Whether so many rows are worth loading machine code, or making it where it is not kept."""
    return rows >= LOADING_PAYS and (rows >= COMPILING_PAYS or is_kept(run))


_interpreter = _Interpreter()


def run_for(rows: int) -> Run:
    """The interpreter for so many rows more. Of a process that judges batch after batch, they are counted together."""
    return _interpreter.run_for(rows)


def pays_native(rows: int) -> bool:
    """Whether so many rows are decided sooner by machine code, whatever has to be done for it."""
    if not NATIVE or _interpreter.is_native():
        return NATIVE
    return _pays(rows)


def is_to_be_made(rows: int) -> bool:
    """Whether machine code is wanted for so many rows, could be kept and is not: to be made while nobody waits."""
    return rows >= MAKING_PAYS and can_be_kept(run) and not is_kept(run)


def make_native() -> None:
    """Have machine code from now on: loaded where it is kept, else made, which takes half a minute. Nothing where numba
    is not installed.
    """
    if NATIVE:
        _interpreter.make()


def _run_nothing(run: Run) -> None:
    """Machine code is made at the first call, for arrays of the kinds that it is handed: these are they."""
    columns: Any = read_only(Columns(**{name: np.zeros(0, DTYPES[name]) for name in Columns._fields}))
    outcome = [np.zeros(0, kind) for kind in (np.int8, np.int32, np.int32, np.int32)]
    run(np.zeros(1, np.int64), 1, 0, columns, np.zeros(0, bool), *outcome)


if __name__ == "__main__":  # beside a process that has other things to do
    if is_to_be_made(MAKING_PAYS):
        os.nice(19)
        make_native()
