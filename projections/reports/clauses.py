"""Which clauses a decision's bits name, also where rulebooks followed one another.

Acts that fail alike are many; so what they fail is looked up once for each pattern, not once for each act.
"""

from typing import NamedTuple

import numpy as np

from projections.mirror.columns import NONE, Ints
from projections.mirror.tabulating import day_number
from projections.rebuild.memory import CLAUSE_SHIFT
from projections.reports.question import Batch
from projections.rules.case_in_force import CompiledSuccession
from projections.rules.judge import Judge
from projections.rules.record import RECORD
from projections.rules.rulebook import Rulebook

RECORD_BITS = (1 << CLAUSE_SHIFT) - 1
"""Of `fails`: the clauses of the record that the decision asked."""


class Patterns(NamedTuple):
    """`code` is a place in `clauses` for each row: the clauses that fail, record first, then in the rule's order."""

    code: Ints
    clauses: tuple[tuple[str, ...], ...]


def rulebook_places(judge: Judge, batch: Batch) -> Ints:
    """For each row the place, among the judge's rulebooks, of the one that decided it; -1 where none was in force."""
    columns = batch.rows.columns
    compiled = judge.compiled
    if not isinstance(compiled, CompiledSuccession):
        return np.zeros(len(columns.day), np.int64)
    periods = compiled.succession.periods
    begins = np.array([day_number(period.begin) for period in periods])
    books = np.array([-1, *(compiled.place[period.rulebook.digest] for period in periods)])
    found = np.searchsorted(begins, columns.day, side="right")
    if compiled.transition == "by_episode_start":
        opened = np.searchsorted(begins, columns.opened, side="right")
        found = np.where((columns.opened != NONE) & (opened > 0), opened, found)
    places: Ints = books[found]
    return places


def patterns(judge: Judge, batch: Batch) -> Patterns:
    """What each row's act fails."""
    columns, fails = batch.rows.columns, batch.outcome.fails.astype(np.int64) & 0xFFFFFFFF
    items = len(batch.rows.items) + 1
    packed = (((rulebook_places(judge, batch) + 1) * items + columns.item) << 32) | fails
    # Most acts fail nothing, whatever their item is.
    packed[fails == 0] = 0
    failing = np.flatnonzero(packed)
    code = np.zeros(len(packed), np.int64)
    told: list[tuple[str, ...]] = [()]
    if len(failing):
        found, inverse = np.unique(packed[failing], return_inverse=True)
        code[failing] = inverse + 1
        for one in found.tolist():
            book, item = divmod(one >> 32, items)
            told.append(names(judge.rulebooks[book - 1] if book else None, batch.rows.items[item], one & 0xFFFFFFFF))
    return Patterns(code, tuple(told))


def names(book: Rulebook | None, item: str, fails: int) -> tuple[str, ...]:
    """The clauses that the bits name, by a rulebook; without one there are those of the record alone."""
    found = [clause for k, clause in enumerate(RECORD) if fails >> k & 1]
    if book is not None and item in book.by_slug:
        found += [words.clause for k, words in enumerate(book.by_slug[item].clause) if fails >> (CLAUSE_SHIFT + k) & 1]
    return tuple(found)


def quotes(judge: Judge) -> dict[str, str]:
    """The words of every clause, in the latest rulebook that has it."""
    found: dict[str, str] = {}
    for book in judge.rulebooks:
        found |= {words.clause: "……".join(words.quote) for words in book.file.record}
        found |= {words.clause: "……".join(words.quote) for item in book.items for words in item.clause}
    return found
