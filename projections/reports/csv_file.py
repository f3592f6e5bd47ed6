"""A table as CSV: RFC 4180, UTF-8, for programs and for a spreadsheet that somebody double-clicks.

Money stays in integer fen, days as YYYY-MM-DD. A text that a spreadsheet would run as a formula is made harmless: what
begins with = + - @ (also in their full-width forms), a tab or a line end gets an apostrophe before it (OWASP, "CSV
Injection"). Ids may begin with - or @, so a program that reads ids takes the JSON.
"""

import csv
from io import StringIO

from projections.reports.document import Cell, Table
from projections.said import Language

BOM = "\ufeff"
_RUNS = tuple("=+-@\t\r\n＝＋－＠")
_FEN = {"zh": "（分）", "en": " (fen)"}


def format_csv(table: Table, *, language: Language | None = None, bom: bool = False) -> str:
    """The table: a heading, a line a row, lines ended by CRLF; totals are not in it, nor the keys of rows.

    The heading has the columns' ids, or their titles in a language. `bom`: Excel takes UTF-8 for what it is only with
    one.
    """
    out = StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    headings = [
        column.id
        if language is None
        else column.title.in_language(language) + (_FEN[language] if column.unit == "fen" else "")
        for column in table.columns
    ]
    writer.writerow([harmless(heading) for heading in headings])
    writer.writerows([harmless(cell) for cell in row.cells] for row in table.rows)
    return (BOM if bom else "") + out.getvalue()


def harmless(cell: Cell) -> Cell:
    """The cell, with an apostrophe before a text that would run."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_RUNS) else cell
