"""Which items a change concerns: those that it names, and those whose clauses read what it changes elsewhere."""

import pytest
from msgspec.structs import replace

from projections.preview.difference import Ruling, differing_items
from projections.rules import schema
from projections.rules.compile import Compiled
from projections.rules.rulebook import Rulebook
from tests.projections.preview.changed_books import GATED, SAME, book, gated, renumbered, with_clause, without_item
from tests.projections.rules.building import SHANGHAI

DAY, EXCLUSIVE, GATE = (1, schema.CountClause), (1, schema.ExclusiveClause), (21, schema.GateClause)
SPAN = (1, schema.SpanClause)


def numbers(now: Rulebook, then: Rulebook, *, alone: bool = True, **readings: str) -> set[int] | None:
    """The numbers, as they are now, of the items that differ; 0 for those that are new."""
    sides = [Ruling(Compiled(one, one.choose(readings))) for one in (now, then)]
    differing = differing_items(*sides, alone=alone)
    by_slug = now.by_slug
    return None if differing is None else {by_slug[slug].number if slug in by_slug else 0 for slug in differing}


def extended() -> set[int]:
    """Items whose spans an assessment carries on, or that ask for one by themselves."""
    return {
        item.number
        for item in SHANGHAI.items
        for one in item.clause
        if isinstance(one, schema.ProofClause) or (isinstance(one, schema.SpanClause) and one.extendable)
    }


def only(*kept: tuple[int, type[schema.Clause]], numbered: dict[int, int] | None = None) -> Rulebook:
    """The rulebook with nothing but these kinds of clauses at these items, and with items under other numbers."""

    def change(item: schema.Item) -> schema.Item:
        kinds = tuple(kind for number, kind in kept if number == item.number)
        clauses = [one for one in item.clause if isinstance(one, kinds)] if kinds else item.clause
        return replace(item, clause=clauses, number=(numbered or {}).get(item.number, item.number))

    return book(f"only {kept} {numbered}", change)


def retiring_later() -> Rulebook:
    table = SHANGHAI.file.retirement_age
    assert table is not None
    rows = [replace(row, years=row.years + 1) for row in table.row]
    file = replace(SHANGHAI.file, retirement_age=replace(table, row=rows))
    return Rulebook(file, "1" * 64, SHANGHAI.path)


def split_up(whole: Rulebook = SHANGHAI) -> Rulebook:
    """One of the items that item 1 includes is no item any more."""
    items = [replace(item, includes=item.includes[1:]) if item.number == 1 else item for item in whole.items]
    return Rulebook(replace(whole.file, item=items), "2" * 64, whole.path)


@pytest.mark.parametrize(
    ("now", "then", "differing"),
    [
        (SHANGHAI, SAME, set()),
        (SHANGHAI, with_clause(21, "21.gate"), {21}),
        (SHANGHAI, with_clause(10, "10.stay", max=1), {10}),
        (SHANGHAI, with_clause(10, "10.parts", scales=3), {10, *extended()}),
        (SHANGHAI, renumbered(22), {22}),
        (SHANGHAI, renumbered(41), {41}),
        (SHANGHAI, without_item(41), {41, 9}),  # of all trainings one less that an assessment can belong to
        (SHANGHAI, without_item(33), {33}),
        (without_item(33), SHANGHAI, {0}),
        (SHANGHAI, without_item(2), {1, 2, 9}),
        (SHANGHAI, split_up(), {1, 2, 3, 4, 9}),  # 2, 3 and 4 exclude item 1, all that it includes
        (SHANGHAI, retiring_later(), {22}),
        # Items 2 and 41 change their numbers: whoever names 2 means another item, though the words are the same.
        (only(EXCLUSIVE), only(EXCLUSIVE, numbered={2: 41, 41: 2}), {1}),
        (only(DAY), only(DAY, numbered={2: 41, 41: 2}), {1}),
        (only(GATE), only(GATE, numbered={9: 13, 13: 9}), {21}),
        (gated(3, 21), gated(3, 16, 21), {16}),
    ],
)
def test_what_differs_and_what_reads_it(now: Rulebook, then: Rulebook, differing: set[int]) -> None:
    assert numbers(now, then) == differing


def test_what_counts_together_is_another_number_of_items() -> None:
    now, then = (Ruling(Compiled(one, one.choose())) for one in (only(SPAN), split_up(only(SPAN))))
    assert (differing_items(now, then) or set()) >= {"exercise-therapy", "exercise-therapy/breathing"}


def test_the_record_is_asked_of_every_act() -> None:
    choices = (SHANGHAI.choose(), SHANGHAI.choose({"physician_scope": "both"}))
    assert differing_items(*(Ruling(Compiled(SHANGHAI, choice)) for choice in choices)) is None


def test_none_in_force_is_the_record_alone() -> None:
    compiled = Compiled(SHANGHAI, SHANGHAI.choose())
    nothing = Ruling(compiled, silent=True)
    assert differing_items(nothing, Ruling(compiled)) == SHANGHAI.by_slug.keys()
    assert differing_items(nothing, nothing, alone=False) == frozenset()


def test_beside_other_rulings_gates_differ_together() -> None:
    assert numbers(gated(3, 21), gated(3, 16, 21), alone=False) == {16, 21}
    assert numbers(gated(3, *GATED), gated(2, *GATED), alone=False) == set(GATED)
    assert numbers(gated(3, 21), with_clause(20, "20.ind"), alone=False) == {20, 21}
    assert numbers(SHANGHAI, with_clause(20, "20.ind"), alone=False) == {20}


def test_beside_other_rulings_whoever_looks_ahead_differs() -> None:
    ahead = {1, 2, 3, 4, 27, 28}
    for other in (SAME, with_clause(1, "1.day", max=1)):
        assert numbers(SHANGHAI, other, alone=False, winner="dearest") == ahead
    assert numbers(SHANGHAI, SHANGHAI, alone=False, winner="dearest") == set()
    assert numbers(SHANGHAI, with_clause(1, "1.day", max=1), winner="dearest") == {1}
    assert numbers(SHANGHAI, with_clause(3, "3.excl"), winner="dearest") == ahead
    assert numbers(SHANGHAI, with_clause(3, "3.excl")) == {3}
