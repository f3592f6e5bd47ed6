"""Whole journals → facts, checked: what `judge` reads, without any database."""

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ledger.journal.lines import Line, Problem, read_lines
from ledger.treatment.batch import KNOWN, Refused, decide_batch
from ledger.treatment.facts import Fact


class JournalRefused(Exception):
    """A journal is not taken. `problems` are all that is wrong with it, in order of file and line."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems[:20]))
        self.problems = problems


def load(paths: Iterable[str | Path]) -> list[Fact]:
    """All facts of the journals in the order of their lines, those that say the same once.

    Raises `JournalRefused` when a line is malformed or cannot have happened: a journal is taken whole or not.
    """
    with _without_collection():
        return _load(paths)


def _load(paths: Iterable[str | Path]) -> list[Fact]:
    facts: list[Fact] = []
    places: list[tuple[int, str, int]] = []
    problems: list[tuple[int, Problem]] = []
    for order, path in enumerate(paths):
        for line in read_lines(path):
            if isinstance(line, Line):
                facts.append(line.fact)
                places.append((order, line.file, line.number))
            else:
                problems.append((order, line))
    verdicts = decide_batch(facts, tags=False)
    for (order, file, number), verdict in zip(places, verdicts, strict=True):
        if isinstance(verdict, Refused):
            problems.append((order, Problem(file, number, verdict.field, verdict.what)))
    if problems:
        problems.sort(key=lambda found: (found[0], found[1].number))
        raise JournalRefused([problem for _, problem in problems])
    return [fact for fact, verdict in zip(facts, verdicts, strict=True) if verdict != KNOWN]


@contextmanager
def _without_collection() -> Iterator[None]:
    """Facts make no cycles; to look for some again and again while they pile up takes a third of the time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()
