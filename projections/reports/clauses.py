"""Which clauses a decision's bits name, also where rulebooks followed one another.

Acts that fail alike are many; so what they fail is looked up once for each pattern, not once for each act.
"""

from typing import NamedTuple

import numpy as np

from projections.mirror.columns import Ints
from projections.rebuild.failing import failing_clauses, rulebook_places
from projections.rebuild.memory import CLAUSE_SHIFT
from projections.reports.question import Batch
from projections.rules.judge import Judge

RECORD_BITS = (1 << CLAUSE_SHIFT) - 1
"""Of `fails`: the clauses of the record that the decision asked."""


class Patterns(NamedTuple):
    """`code` is a place in `clauses` for each row: the clauses that fail, record first, then in the rule's order."""

    code: Ints
    clauses: tuple[tuple[str, ...], ...]


def patterns(judge: Judge, batch: Batch) -> Patterns:
    """What each row's act fails."""
    columns, fails = batch.rows.columns, batch.outcome.fails.astype(np.int64) & 0xFFFFFFFF
    items = len(batch.rows.items) + 1
    packed = (((rulebook_places(judge, columns) + 1) * items + columns.item) << 32) | fails
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
            told.append(failing_clauses(judge, book - 1, batch.rows.items[item], one & 0xFFFFFFFF))
    return Patterns(code, tuple(told))


def quotes(judge: Judge) -> dict[str, str]:
    """The words of every clause, in the latest rulebook that has it."""
    found: dict[str, str] = {}
    for book in judge.rulebooks:
        found |= {words.clause: "……".join(words.quote) for words in book.file.record}
        found |= {words.clause: "……".join(words.quote) for item in book.items for words in item.clause}
    return found
