"""Cells as people read them: money as yuan, counts with thousands, one spelling for tables and the printed page."""

import unicodedata
from collections.abc import Sequence

from projections.reports.document import Cell, Column, Table, Unit
from projections.said import Language


def shown(cell: Cell, unit: Unit) -> str:
    """`123450` fen as ¥1,234.50; what is not there is empty."""
    if cell is None:
        return ""
    if unit == "fen" and isinstance(cell, int):
        return format_fen(cell)
    if unit == "percent":
        return f"{cell} %"
    if unit == "count" and isinstance(cell, int):
        return f"{cell:,}"
    return str(cell)


def format_fen(fen: int) -> str:
    """Money in yuan: ¥1,234.50."""
    yuan, rest = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}¥{yuan:,}.{rest:02}"


def printable(text: str) -> str:
    """The text with what no page may hold shown as missing: control characters, halves of a pair, turned writing."""
    return "".join("\ufffd" if _is_unprintable(one) else one for one in text)


def _is_unprintable(one: str) -> bool:
    if unicodedata.category(one) in ("Cc", "Cs"):
        return one not in "\t\n"
    return unicodedata.bidirectional(one) in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")


class Figure(int):
    """A number that is written as it is shown: whoever draws a table can still see that it is one."""

    text: str

    def __new__(cls, number: int, text: str) -> "Figure":
        one = super().__new__(cls, number)
        one.text = text
        return one

    def __str__(self) -> str:
        return self.text


def plain_table(table: Table, language: Language = "en") -> tuple[list[str], list[list[str | Figure | None]]]:
    """Headings and rows for a terminal's table, the total last. Figures are integers that are written as shown."""
    headings = [column.title.in_language(language) for column in table.columns]
    rows = [_plain(row.cells, table.columns, language) for row in table.rows]
    if table.total is not None and rows:
        total = _plain(table.total.cells, table.columns, language)
        if table.columns[0].unit == "text":
            total[0] = "合计" if language == "zh" else "total"
        rows.append(total)
    return headings, rows


def _plain(cells: Sequence[Cell], columns: Sequence[Column], language: Language) -> list[str | Figure | None]:
    plain: list[str | Figure | None] = []
    for cell, column in zip(cells, columns, strict=True):
        if isinstance(cell, str):
            said = column.read(cell)
            plain.append(cell if said is None else said.in_language(language))
        else:
            plain.append(None if cell is None else Figure(int(cell), shown(cell, column.unit)))
    return plain
