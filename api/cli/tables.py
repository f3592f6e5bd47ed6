"""Tables: drawn on a terminal, aligned plain text in a pipe. Columns of numbers stand at the right."""

import sys
import unicodedata
from collections.abc import Sequence
from typing import Any

import click

from api.cli.terminal import shown


class Yuan(int):
    """An amount in fen, written as money: ¥1,234.50."""

    def __str__(self) -> str:
        return f"¥{self // 100:,}.{self % 100:02}"


def emit_table(columns: Sequence[str], rows: Sequence[Sequence[Any]], *, title: str = "") -> None:
    """Writes a table to standard output. None is an empty cell, and a short row ends in empty cells.

    Cells may hold what somebody recorded: no character of it is left for a terminal to obey.
    """
    title = shown(title)
    full = [[*row, *[None] * (len(columns) - len(row))] for row in rows]
    at_right = [any(isinstance(row[n], int) for row in full) for n in range(len(columns))]
    cells = [["" if cell is None else shown(str(cell)) for cell in row] for row in full]
    if sys.stdout.isatty():
        _draw(columns, cells, at_right, title)
        return
    widths = [max(map(width_of, column)) for column in zip(columns, *cells, strict=True)]
    if title:
        click.echo(title)
    for row in (columns, *cells):
        padded = [
            " " * (width - width_of(cell)) + cell if right else cell + " " * (width - width_of(cell))
            for cell, width, right in zip(row, widths, at_right, strict=True)
        ]
        click.echo("  ".join(padded).rstrip())


def _draw(columns: Sequence[str], cells: Sequence[Sequence[str]], at_right: Sequence[bool], title: str) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text  # plain text: what a record says is no markup

    table = Table(title=Text(title) if title else None, title_justify="left")
    for column, right in zip(columns, at_right, strict=True):
        # Text may be folded where room is short; a number that is cut off is another number.
        table.add_column(column, justify="right" if right else "left", no_wrap=right, overflow="fold")
    for row in cells:
        table.add_row(*map(Text, row))
    Console().print(table)


def width_of(text: str) -> int:
    """Columns a terminal needs: a wide character of Chinese takes two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
