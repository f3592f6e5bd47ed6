"""Which items two rulings decide otherwise by themselves, and why no act but these can be the first to move.

A ruling is a rulebook under a choice of readings, or what holds where none is in force (None): the clauses of the
record alone.

Each side of a comparison decides an act by the ruling in force for it, in that ruling's own case of the patient, and
every case is told of every act and of whether it was paid, whoever decided it (`rules.case_in_force`). So what a ruling
answers follows from the act and the evidence, from the results of the acts before, and from what the clauses of the
item read (`_rests_on`): their words in the table, the option of every reading that they can rest on, and which items
those are that they name by number. Now take the first act of a patient that the sides decide otherwise. All acts before
it came to the same on both, on whichever days and by whichever rulings; so whatever is counted up to it, across the
days on which rulings change as well, is counted alike, and the two rulings that decide this very act differ in its
item. A patient without such an act is decided as before, to the last one.

Two kinds of clauses learn more than results, and their acts are taken to differ where that can tell:

- At a gate an assessment is spent, and gates of other items find it spent. These other acts may lie on days when other
  rulings decide. So where one item with a gate differs, every item with a gate does.
- Under `winner: dearest` an exclusion asks what acts to come would be paid, by its own ruling, whichever will decide
  them; and who won is kept by the case that was asked, which is not every case. So where two rulings are not the very
  same, every item with an exclusion differs.

Where one pair of rulings decides all acts there are no such days and no other cases, so neither is needed: an act that
a patient was told of otherwise is itself of an item that differs.
"""

from collections.abc import Collection
from typing import Any

import msgspec

from projections.rules import schema
from projections.rules.compile import Compiled
from projections.rules.reach import RECORD_READINGS, readings_of


class Ruling:
    """A rulebook under a choice of readings, taken apart by item; `silent`: of it the clauses of the record alone."""

    def __init__(self, compiled: Compiled, *, silent: bool = False) -> None:
        book, choice = compiled.rulebook, compiled.choice
        self.of_every_act = {name: choice.get(name) for name in RECORD_READINGS}
        self.text = (None if silent else book.digest, choice)
        slugs = {} if silent else book.by_slug
        by_number = {item.number: _rests_on(compiled, item) for item in book.items}
        self.by_item: dict[str, Any] = {slug: by_number[item.number] for slug, item in slugs.items()}
        self.gated = _with(slugs, schema.GateClause)
        self.looking_ahead = _with(slugs, schema.ExclusiveClause) if choice.get("winner") == "dearest" else frozenset()


def differing_items(now: Ruling, then: Ruling, *, alone: bool = True) -> frozenset[str] | None:
    """The slugs whose acts the two may be the first to decide otherwise; None where that is every act.

    `alone`: no other rulings decide any act of the comparison.
    """
    if now.of_every_act != then.of_every_act:
        return None
    slugs = now.by_item.keys() | then.by_item.keys()
    differing = frozenset(slug for slug in slugs if now.by_item.get(slug) != then.by_item.get(slug))
    if alone or now.text == then.text:
        return differing
    gated = now.gated | then.gated
    return differing | now.looking_ahead | then.looking_ahead | (gated if gated & differing else frozenset())


def _with(slugs: dict[str, schema.Item], kind: type[schema.Clause]) -> frozenset[str]:
    """The items that have a clause of this kind."""
    return frozenset(slug for slug, item in slugs.items() if any(isinstance(one, kind) for one in item.clause))


def _rests_on(compiled: Compiled, item: schema.Item) -> list[Any]:
    """All that an answer on an act of the item rests on, beside the act, the evidence and what was decided before."""
    book, choice = compiled.rulebook, compiled.choice
    found: list[Any] = [_slugs(compiled, [item.number])]
    for clause in item.clause:
        found.append((_words(clause), {name: choice[name] for name in readings_of(book, clause)}))
        match clause:
            case schema.ExclusiveClause():
                found.append(_slugs(compiled, clause.excludes))
                if choice["winner"] == "dearest":  # who competes, an exclusion learns from all the others
                    found.append(_exclusions(compiled))
            case schema.CountClause():
                found.append(_slugs(compiled, clause.combined))
            case schema.GateClause():
                found.append(_slugs(compiled, [clause.scale_item]))
            case schema.SpanClause(extendable=True) | schema.ProofClause():
                found.append(_extension(compiled))
            case schema.WorkingAgeClause():
                found.append(msgspec.to_builtins(book.file.retirement_age))
            case schema.LinkClause():
                found.append({slug for slug, one in book.by_slug.items() if one.kind == "training"})
    return found


def _slugs(compiled: Compiled, numbers: Collection[int]) -> set[str]:
    """Which items the numbers name."""
    return {slug for slug, item in compiled.rulebook.by_slug.items() if item.number in numbers}


def _exclusions(compiled: Compiled) -> list[Any]:
    """Which items exclude which."""
    return [
        (_slugs(compiled, [item.number]), _slugs(compiled, clause.excludes))
        for item in compiled.rulebook.items
        for clause in item.clause
        if isinstance(clause, schema.ExclusiveClause)
    ]


def _extension(compiled: Compiled) -> Any:
    """Whose assessments extend a span, and the clauses that make one a valid one."""
    source = compiled.rulebook.file.extension
    if source is None:
        return None
    items = [item for item in compiled.rulebook.items if item.number == source.item]
    meets = [_words(clause) for item in items for clause in item.clause if clause.clause in source.meets]
    return _slugs(compiled, [source.item]), meets


def _words(clause: schema.Clause) -> Any:
    """The clause as the table has it; how it is quoted decides nothing."""
    return {key: value for key, value in msgspec.to_builtins(clause).items() if key != "quote"}
