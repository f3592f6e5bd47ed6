"""Which rulebook decided an act, and which clauses the bits of `fails` name, also of rulebooks one after another."""

import numpy as np

from projections.mirror.columns import NONE, Columns, Ints
from projections.mirror.tabulating import day_number
from projections.rebuild.memory import CLAUSE_SHIFT
from projections.rules.case_in_force import CompiledSuccession
from projections.rules.judge import Judge
from projections.rules.record import RECORD


def rulebook_places(judge: Judge, columns: Columns) -> Ints:
    """For each row the place, among the judge's rulebooks, of the one that decided it; -1 where none was in force."""
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


def failing_clauses(judge: Judge, place: int, item: str, fails: int) -> tuple[str, ...]:
    """The clauses that the bits name, by the rulebook of this place; of none, those of the record alone."""
    book = judge.rulebooks[place] if place >= 0 else None
    found = [clause for k, clause in enumerate(RECORD) if fails >> k & 1]
    if book is not None and item in book.by_slug:
        found += [words.clause for k, words in enumerate(book.by_slug[item].clause) if fails >> (CLAUSE_SHIFT + k) & 1]
    return tuple(found)
