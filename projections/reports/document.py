"""What a report is: a title, what it was computed from, tables, charts that refer to them, notes. Values, no looks.

Every row has a key, and every column of figures says what it adds to the key: `figure_key` puts both together, and
`opening.acts_of` lists the acts that a figure is made of. Nothing here knows how a report is computed or drawn.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Literal, NamedTuple

from msgspec import Struct

from projections.said import Said

Unit = Literal["text", "count", "fen", "hours", "percent", "day", "position"]
"""What a column holds: money in integer fen, hours and percents with one decimal, days as YYYY-MM-DD, log positions."""

Cell = str | int | float | None
"""None: not recorded, or there is nothing to say."""

Kind = Literal["bar", "line", "stacked"]


class Column(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`opens`: what a figure of this column adds to its row's key; None where it is a label and opens nothing.

    `words`: where cells are of a few words for programs, what people read for each.
    """

    id: str
    title: Said
    unit: Unit = "text"
    opens: str | None = None
    words: Mapping[str, Said] = {}

    def read(self, cell: Cell) -> Said | None:
        """What people read for a cell, where that is something else."""
        return self.words.get(cell) if isinstance(cell, str) else None


class Row(Struct, frozen=True, omit_defaults=True):
    """One line. `key` names its acts (see `figure_key`); the empty key means all that the report's filter lets through.

    `opens`, by column: the whole key of a figure that is not made of the row's own acts; None where it opens nothing.
    """

    key: str
    cells: tuple[Cell, ...]
    opens: Mapping[str, str | None] = {}


class Table(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Rows of plain values, as many cells as there are columns. `total` is counted by itself, not added up."""

    id: str
    title: Said
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    total: Row | None = None
    note: Said | None = None

    def place(self, column: str) -> int:
        """Where a column stands. Raises KeyError for one that is not there."""
        for place, one in enumerate(self.columns):
            if one.id == column:
                return place
        raise KeyError(column)

    def values(self, column: str) -> list[Cell]:
        """A column's cells, row by row."""
        place = self.place(column)
        return [row.cells[place] for row in self.rows]


class Chart(Struct, frozen=True, kw_only=True):
    """Columns of a table drawn: `x` names the labels, `series` the figures, all of one unit.

    `most` rows are drawn, those with the largest sums first; None draws all, in the table's order.
    """

    id: str
    title: Said
    kind: Kind
    table: str
    x: str
    series: tuple[str, ...]
    most: int | None = None


class OtherRules(Struct, frozen=True, kw_only=True):
    """The rules that stand beside those of a basis in a comparison, spelled like them. `adoption`: the log position of
    the adoption that made these of those; None where somebody only asks.
    """

    rulebooks: tuple[tuple[str, str], ...]
    periods: tuple[tuple[date, str, str], ...]
    readings: dict[str, str]
    adoption: int | None


class Basis(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a report was computed from. `mirror` is None where the facts themselves were read, `log_size` and `log_root`
    (base64) where they came from a journal; `as_of` and `as_known_at` are the two times at which they were cut off.

    `rulebooks` are ids with the SHA-256 of their texts, in hex, in the order in which they came into force; `periods`
    say from which day on (inclusive, until the next) which of them decides: day, id, digest; none where one decides on
    every day. `readings` are the option of every reading, `day` the natural day at +08:00 of the computation. `other`:
    by what else acts were judged, in a comparison.
    """

    mirror: str | None
    log_size: int | None
    log_root: str | None
    as_of: datetime | None
    as_known_at: datetime | None
    rulebooks: tuple[tuple[str, str], ...]
    periods: tuple[tuple[date, str, str], ...]
    profile: str
    readings: dict[str, str]
    day: date
    first: date | None
    last: date | None
    institution: str | None
    other: OtherRules | None = None


class Document(Struct, frozen=True, kw_only=True):
    """A report. `name` is what it is asked for by. `notes` explain every report of this name; `said` is what has to be
    told of this one before anything else: that there is nothing in it, say, or by which rules it is not.
    """

    name: str
    title: Said
    basis: Basis
    tables: tuple[Table, ...]
    charts: tuple[Chart, ...] = ()
    notes: tuple[Said, ...] = ()
    said: tuple[Said, ...] = ()

    def table(self, id: str) -> Table:
        """A table by its id. Raises KeyError for one that is not there."""
        for table in self.tables:
            if table.id == id:
                return table
        raise KeyError(id)


class Streamed(NamedTuple):
    """A report of one table that may be too long to be held: the document without rows, and its rows one by one."""

    document: Document
    rows: Iterator[Row]


def figure_key(row: Row, column: Column) -> str | None:
    """The key of the acts that a figure is made of; None for a label."""
    if column.id in row.opens:
        return row.opens[column.id]
    return None if column.opens is None else "&".join(part for part in (row.key, column.opens) if part)


def label(id: str, zh: str, en: str, unit: Unit = "text") -> Column:
    """A column that says what a row is about."""
    return Column(id=id, title=Said(zh, en), unit=unit)


def figure(id: str, zh: str, en: str, unit: Unit = "count", opens: str = "") -> Column:
    """A column of figures that open into their acts."""
    return Column(id=id, title=Said(zh, en), unit=unit, opens=opens)


def rate(part: int | None, whole: int | None) -> float | None:
    """Percent with one decimal, half up; None of nothing. It is 0 or 100 only where it is none or all."""
    if not whole or part is None:
        return None
    tenths = (part * 2000 + whole) // (whole * 2)
    if 0 < part < whole:
        tenths = min(max(tenths, 1), 999)
    return tenths / 10
