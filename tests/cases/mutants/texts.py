"""Mutants of a rulebook's data, made from its structs: every clause and every value of one, whatever it comes to hold.

A field that the schema gains is mutated by its type: a number is shifted, a list loses each of its entries, a choice
takes each other of its options. Only what decides nothing is left out, by name (`SAYS_ONLY`).
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import partial
from typing import Any, NamedTuple

from msgspec import inspect
from msgspec.structs import replace

from projections.rules.calendar import add_months, parse_period
from projections.rules.rulebook import Rulebook
from projections.rules.schema import AnyClause, Item, RulebookFile
from tests.cases.mutants.mutant import (
    DROPPED,
    SHIFTED,
    SHIFTED_UNDER,
    Mutant,
    Patch,
    clause_changed,
    items_changed,
    tag_of,
)
from tests.cases.mutants.periods import longer, patches

SAYS_ONLY = {"clause", "quote", "unit", "note", "until", "in_place_of"}
"""A name, words, what a count is called (the item's kind decides it), and what has only one value."""
REFERENCES = {"scale_item", "excludes", "combined"}
"""Numbers of items: under options that do not ask for them they decide nothing."""


class Anything(str):
    """Stands for any name: the condition that compares it always holds."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return ~str.__hash__(self)  # never found where an answer for the name itself is kept


class Change(NamedTuple):
    """One field otherwise. `under`: options without which the value is not asked for."""

    said: str
    value: Any
    shift: bool = False
    under: Mapping[str, str] = {}
    patches: tuple[Patch, ...] = ()


def of_text(book: Rulebook) -> Iterator[Mutant]:
    """Every mutant of a rulebook's data but those of its readings."""
    file = book.file
    for item in file.item:
        yield from _of_item(book, item)
        for clause in item.clause:
            dropped = partial(_without, number=item.number, clause=clause.clause)
            about = frozenset({clause.clause})
            one = Mutant(DROPPED, f"{clause.clause} dropped", book.id, about, text=dropped)
            yield one
            yield from _under(book, clause, one)
            yield from _of_clause(book, clause)
    yield from _of_tables(book)


def _of_item(book: Rulebook, item: Item) -> Iterator[Mutant]:
    about = frozenset(clause.clause for clause in item.clause)
    for slug in item.includes:
        kept = [other for other in item.includes if other != slug]
        text = partial(items_changed, number=item.number, includes=kept)
        yield Mutant(DROPPED, f"{item.number} includes {slug} dropped", book.id, about, text=text)
    linked = _named(book.file, lambda clause: tag_of(clause) == "link")
    if item.kind == "training" and linked:
        text = partial(items_changed, number=item.number, kind="assessment")
        yield Mutant(DROPPED, f"{item.number} is no training", book.id, linked, text=text)


def _of_clause(book: Rulebook, clause: AnyClause) -> Iterator[Mutant]:
    about = frozenset({clause.clause})
    for field, change in _changes(clause):
        text = partial(clause_changed, clause=clause.clause, **{field: change.value})
        if not _loads(book, clause, field, change.value):
            continue
        one = Mutant(
            SHIFTED if change.shift else DROPPED, f"{clause.clause} {field} {change.said}", book.id, about,
            change.under, text, change.patches,
        )  # fmt: skip
        yield one
        if change.shift and field not in REFERENCES:
            yield from _under(book, clause, one)


def _under(book: Rulebook, clause: AnyClause, one: Mutant) -> Iterator[Mutant]:
    """The mutant again, under each option of each reading that its clause asks for."""
    for name in clause.needs():
        if name not in one.under:
            for option in book.readings[name].options:
                yield one._replace(kind=SHIFTED_UNDER, under={**one.under, name: option})


def _changes(whole: Any) -> Iterator[tuple[str, Change]]:
    """Every field of a struct with every value that it is changed to."""
    kinds = {field.name: field.type for field in inspect.type_info(type(whole)).fields}  # type: ignore[attr-defined]
    for field, kind in kinds.items():
        value = getattr(whole, field)
        if field not in SAYS_ONLY and value is not None:
            for change in _of_value(whole, field, kind, value):
                yield field, change


def _of_value(whole: Any, field: str, kind: inspect.Type, value: Any) -> Iterator[Change]:
    parts = getattr(kind, "types", (kind,))
    options = {option for part in parts if isinstance(part, inspect.LiteralType) for option in part.values}
    optional = inspect.NoneType() in parts
    match value:
        case bool():
            yield Change(f"{value} → {not value}", not value)
        case int():
            yield from (Change(f"{value} → {value + by}", value + by, shift=True) for by in (1, -1))
        case date():
            for by in (1, -1):
                yield Change(f"{value} → {add_months(value, by)}", add_months(value, by), shift=True)
        case str() if parse_period(value):
            for by in (1, -1):
                said = f"{value} {by:+d} day"
                yield Change(said, longer(value, by), shift=True, patches=patches(value, by))
        case list():
            for place, entry in enumerate(value):
                yield Change(f"{entry} dropped", [*value[:place], *value[place + 1 :]])
        case str() if field != "reading" or optional:
            yield from (Change(f"{value} → {other}", other) for other in sorted(options - {value}))
            if optional:
                yield Change(f"{value} dropped", None)
            elif field not in ("per", "sex"):
                yield Change(f"{value} dropped", Anything(value))
                yield Change(f"{value} served by nothing", "nothing")
        case Mapping():
            by_option = whole.reading if hasattr(whole, "reading") else _reading_of(whole, field)
            for key, number in value.items():
                under = {by_option: key} if by_option else {}
                for by in (1, -1):
                    said = f"{key} {number} → {number + by}"
                    yield Change(said, {**value, key: number + by}, shift=True, under=under)
                if not by_option:
                    yield Change(f"{key} dropped", {k: v for k, v in value.items() if k != key})


def _reading_of(whole: Any, field: str) -> str | None:
    """The reading whose options are the keys of a table; None where they are something else."""
    return {"days": "gap_measure", "persons": "persons_3"}.get(field)


def _loads(book: Rulebook, clause: AnyClause, field: str, value: Any) -> bool:
    """Whether the rulebook could say so: a clause counted otherwise may need a reading that it does not declare."""
    return set(replace(clause, **{field: value}).needs()) <= set(book.readings)


def _without(file: RulebookFile, number: int, clause: str) -> RulebookFile:
    item = next(item for item in file.item if item.number == number)
    return items_changed(file, number, clause=[one for one in item.clause if one.clause != clause])


def _of_tables(book: Rulebook) -> Iterator[Mutant]:
    """The tables beside the items: retirement ages, and what a comprehensive assessment has to be."""
    file = book.file
    if file.retirement_age is not None:
        ages = _named(file, lambda clause: tag_of(clause) == "working_age")
        rows = file.retirement_age.row
        for place, row in enumerate(rows):
            name = f"retirement_age {' '.join(filter(None, (row.sex, row.category)))}"
            like = rows[place - 1]
            other = replace(like, sex=row.sex, category=row.category)
            yield Mutant(DROPPED, f"{name} dropped: as {like.sex}", book.id, ages, text=_row(place, other))
            for field, change in _changes(row):
                if field not in ("sex", "category"):
                    text = _row(place, replace(row, **{field: change.value}))
                    one = Mutant(SHIFTED, f"{name} {field} {change.said}", book.id, ages, text=text)
                    yield one
                    if field == "years":
                        for option in book.readings["working_age"].options:
                            yield one._replace(kind=SHIFTED_UNDER, under={"working_age": option})
    if file.extension is not None:
        extended = _named(file, lambda clause: getattr(clause, "extendable", tag_of(clause) == "proof"))
        for field, change in _changes(file.extension):
            text = partial(_extension, **{field: change.value})
            yield Mutant(DROPPED, f"extension {field} {change.said}", book.id, extended, text=text)


def _named(file: RulebookFile, which: Callable[[AnyClause], bool]) -> frozenset[str]:
    return frozenset(clause.clause for item in file.item for clause in item.clause if which(clause))


def _row(place: int, row: Any) -> Callable[[RulebookFile], RulebookFile]:
    def changed(file: RulebookFile) -> RulebookFile:
        table = file.retirement_age
        assert table is not None
        return replace(file, retirement_age=replace(table, row=[*table.row[:place], row, *table.row[place + 1 :]]))

    return changed


def _extension(file: RulebookFile, **fields: Any) -> RulebookFile:
    assert file.extension is not None
    return replace(file, extension=replace(file.extension, **fields))
