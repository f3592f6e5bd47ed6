"""Rulebooks that differ from one another in ways that hang together: gates, exclusions, items new, gone or renumbered.

Made of the one that comes with the project; they are for tests and are nobody's rules.
"""

from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Any

import msgspec

from projections.rules import schema
from projections.rules.rulebook import Rulebook
from tests.projections.rules.building import SHANGHAI

Change = Callable[[schema.Item], schema.Item | None]
GATED = (16, 17, 21, 22, 40)


def book(name: str, change: Change = lambda item: item) -> Rulebook:
    """The rulebook with every item as `change` has it; None takes it away. Its digest is that of the name."""
    items = [changed for item in SHANGHAI.file.item if (changed := change(item)) is not None]
    file = msgspec.structs.replace(SHANGHAI.file, item=items)
    return Rulebook(file, sha256(name.encode()).hexdigest(), SHANGHAI.path)


def with_clause(number: int, clause: str, **fields: Any) -> Rulebook:
    """The rulebook with one clause otherwise; without `fields`, without it."""

    def change(item: schema.Item) -> schema.Item:
        if item.number != number:
            return item
        changed = [msgspec.structs.replace(one, **fields) if one.clause == clause else one for one in item.clause]
        kept = changed if fields else [one for one in item.clause if one.clause != clause]
        return msgspec.structs.replace(item, clause=kept)

    return book(f"{number} {clause} {fields}", change)


def changes() -> Iterator[tuple[str, Rulebook]]:
    """Every limit one more and one less, every clause gone."""
    for item in SHANGHAI.items:
        for clause in item.clause:
            if len(item.clause) > 1:
                yield f"without {clause.clause}", with_clause(item.number, clause.clause)
            for field in ("max", "months_before", "months_from", "scales", "birthday"):
                limit = getattr(clause, field, None)
                if isinstance(limit, int):
                    for other in (limit - 1, limit + 1):
                        if other > 0:
                            yield (
                                f"{clause.clause} {field} {other}",
                                with_clause(item.number, clause.clause, **{field: other}),
                            )


CHANGES = dict(changes())


def gated(days: int, *numbers: int) -> Rulebook:
    """Gates after so many days at these trainings, and at no other."""
    (gate,) = [one for item in SHANGHAI.items for one in item.clause if isinstance(one, schema.GateClause)]

    def change(item: schema.Item) -> schema.Item:
        own = msgspec.structs.replace(gate, clause=f"{item.number}.gate", days=days)
        kept = [one for one in item.clause if not isinstance(one, schema.GateClause)]
        return msgspec.structs.replace(item, clause=[*kept, own] if item.number in numbers else kept)

    return book(f"gated {days} {numbers}", change)


def without_item(number: int) -> Rulebook:
    """No such item any more, nor any clause that names it."""

    def change(item: schema.Item) -> schema.Item | None:
        clauses = [
            msgspec.structs.replace(
                one,
                **{
                    name: [other for other in named if other != number]
                    for name in ("excludes", "combined")
                    if (named := getattr(one, name, None))
                },
            )
            for one in item.clause
        ]
        return None if item.number == number else msgspec.structs.replace(item, clause=clauses)

    return book(f"without {number}", change)


def one_sided() -> Rulebook:
    """Of 2, 3 and 4, which exclude item 1, it excludes only one."""

    def change(item: schema.Item) -> schema.Item:
        clauses = [
            msgspec.structs.replace(one, excludes=[2]) if isinstance(one, schema.ExclusiveClause) else one
            for one in item.clause
        ]
        return msgspec.structs.replace(item, clause=clauses) if item.number == 1 else item

    return book("one-sided", change)


def renumbered(number: int) -> Rulebook:
    """An item under number 99."""

    def change(item: schema.Item) -> schema.Item:
        clauses = [msgspec.structs.replace(one, clause=f"99.{one.clause.partition('.')[2]}") for one in item.clause]
        return msgspec.structs.replace(item, number=99, clause=clauses) if item.number == number else item

    return book(f"renumbered {number}", change)


SAME = book("the same under another digest")
HANGING_TOGETHER = (
    SAME, gated(3, 21), gated(3, 16, 21), gated(3, 22), gated(2, *GATED), gated(1), without_item(2), without_item(20),
    without_item(41), one_sided(), renumbered(22),
)  # fmt: skip
