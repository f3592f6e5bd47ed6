"""Which items two rulings decide otherwise by themselves: where none of these was done, nothing changes for a patient.

A ruling is a rulebook under a choice of readings. A clause that reads the same words of the table, under the same
options of every reading that it can rest on, and is told of the same acts, answers the same. So a patient without an
act of an item whose own clauses differ is decided as before, whatever other items are told (as `rules.reach` shows for
readings alone).
"""

from typing import Any

import msgspec

from projections.rules.compile import Compiled
from projections.rules.reach import RECORD_READINGS, readings_of
from projections.rules.rulebook import Rulebook


def differing_items(now: Compiled, then: Compiled) -> frozenset[str] | None:
    """The slugs whose rule is another, or is new or gone; None where the change concerns every act."""
    if _common(now) != _common(then):
        return None
    slugs = now.rulebook.by_slug.keys() | then.rulebook.by_slug.keys()
    return frozenset(slug for slug in slugs if _rule(now, slug) != _rule(then, slug))


def _common(ruling: Compiled) -> Any:
    """What is asked of every act, or looked up by clauses of several items."""
    file = ruling.rulebook.file
    return (
        {name: ruling.choice.get(name) for name in RECORD_READINGS},
        {slug: (item.number, item.kind) for slug, item in ruling.rulebook.by_slug.items()},
        msgspec.to_builtins(file.extension),
        file.retirement_age and [msgspec.to_builtins(row) for row in file.retirement_age.row],
        _extending(ruling.rulebook),
    )


def _extending(rulebook: Rulebook) -> Any:
    """The clauses that make an assessment extend a span."""
    source = rulebook.file.extension
    if source is None:
        return None
    return [
        _words(clause)
        for item in rulebook.items
        if item.number == source.item
        for clause in item.clause
        if clause.clause in source.meets
    ]


def _rule(ruling: Compiled, slug: str) -> Any:
    item = ruling.rulebook.by_slug.get(slug)
    if item is None:
        return None
    return [
        (_words(clause), {name: ruling.choice[name] for name in readings_of(ruling.rulebook, clause)})
        for clause in item.clause
    ]


def _words(clause: Any) -> Any:
    """The clause as the table has it; how it is quoted decides nothing."""
    return {key: value for key, value in msgspec.to_builtins(clause).items() if key != "quote"}
