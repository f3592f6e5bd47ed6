"""A table as CSV: RFC 4180, UTF-8, for programs and for a spreadsheet that somebody double-clicks.

Money stays in integer fen, days as YYYY-MM-DD. A text that a spreadsheet would run as a formula is made harmless: what
begins with = + - @ (also in their full-width forms), a tab or a line end gets an apostrophe before it (OWASP, "CSV
Injection"). Ids may begin with - or @, so a program that reads ids takes the JSON.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from itertools import islice

from projections.reports.document import Cell, Column, Row, Table
from projections.said import Language

BOM = "\ufeff"
_RUNS = frozenset("=+-@\t\r\n＝＋－＠")
_AT_ONCE = 500
_FEN = {"zh": "（分）", "en": " (fen)"}


def format_csv(table: Table, *, language: Language | None = None, bom: bool = False) -> str:
    """The table: a heading, a line a row, lines ended by CRLF; totals are not in it, nor the keys of rows.

    The heading has the columns' ids, or their titles in a language. `bom`: Excel takes UTF-8 for what it is only with
    one.
    """
    return "".join(csv_pieces(table.columns, table.rows, language=language, bom=bom))


def csv_pieces(
    columns: Sequence[Column], rows: Iterable[Row], *, language: Language | None = None, bom: bool = False
) -> Iterator[str]:
    """The same, some lines at a time: of rows that come one by one not all are held."""
    headings = [
        column.id
        if language is None
        else column.title.in_language(language) + (_FEN[language] if column.unit == "fen" else "")
        for column in columns
    ]
    yield (BOM if bom else "") + _lines([headings])
    rows = iter(rows)
    while some := list(islice(rows, _AT_ONCE)):
        yield _lines(row.cells for row in some)


def _lines(rows: Iterable[Sequence[Cell]]) -> str:
    out = StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows([harmless(cell) for cell in cells] for cells in rows)
    return out.getvalue()


def harmless(cell: Cell) -> Cell:
    """The cell, with an apostrophe before a text that would run."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in _RUNS else cell
