"""Names beside ids: what an item is called, in which words a clause is put. For people; ids stay what is meant."""

from msgspec.structs import replace

from ledger.treatment.items import ITEMS
from projections.reports.document import Cell, Row, Table, label
from projections.rules.judge import Judge


def item_name(judge: Judge, slug: str) -> str | None:
    """As the latest rulebook that has the item calls it, else the catalogue; None for what neither knows."""
    if slug in ITEMS and "/" in slug:  # a rulebook names the item, not its parts
        return ITEMS[slug].name
    for book in reversed(judge.rulebooks):
        if slug in book.by_slug:
            return book.by_slug[slug].name
    return ITEMS[slug].name if slug in ITEMS else None


def with_item_names(table: Table, judge: Judge) -> Table:
    """The table with the items' names beside their slugs."""
    place = table.place("item") + 1

    def named(row: Row, name: Cell) -> Row:
        return replace(row, cells=(*row.cells[:place], name, *row.cells[place:]))

    columns = (*table.columns[:place], label("name", "项目名称", "name"), *table.columns[place:])
    rows = tuple(named(row, item_name(judge, str(row.cells[place - 1]))) for row in table.rows)
    total = None if table.total is None else named(table.total, None)
    return replace(table, columns=columns, rows=rows, total=total)
