"""A report as it was asked for: on the terminal, or as CSV, NDJSON, JSON or a page, into a file or a pipe.

Rows that come one by one are written as they come. What has to be told of a report stands in it; CSV and NDJSON, which
have no room for it, leave it to standard error.
"""

import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ledger.files import replaced

if TYPE_CHECKING:
    from projections.reports.document import Basis, Document, OtherRules, Row, Table

KINDS = ("table", "csv", "ndjson", "json", "page")
OF_PROGRAMS = ("csv", "ndjson", "json")
"""Those that take rows one by one."""


def require_file(kind: str, out: Path | None) -> None:
    """Refuses a table into a file."""
    if kind == "table" and out is not None:
        raise click.UsageError("--out writes csv, ndjson, json or page, and a table is for the terminal; add --format")


def write(
    document: "Document", kind: str, table: str | None, out: Path | None, rows: "Iterator[Row] | None" = None
) -> None:
    """Writes a report, or of its tables only one. `rows`: those of its only table, where they come one by one; then
    `kind` is one of `OF_PROGRAMS`. UsageError where it has no table of that name.
    """
    tables = {one.id: one for one in document.tables}
    if table is not None and table not in tables:
        raise click.UsageError(f"no table {table!r} in this report; there are {', '.join(tables)}")
    one = document.tables[0] if table is None else tables[table]
    if kind == "table":
        _show(document, document.tables if table is None else [one])
        return
    if kind in ("csv", "ndjson"):
        from api.cli.terminal import say

        for told in document.said:
            say(told.en)
    _put(_pieces(document, one, rows, kind, bom=out is not None), out)


def _pieces(
    document: "Document", one: "Table", rows: "Iterator[Row] | None", kind: str, *, bom: bool
) -> Iterator[bytes]:
    from projections.reports.csv_file import csv_pieces
    from projections.reports.document import Streamed
    from projections.reports.json_file import format_json, json_pieces, ndjson_pieces
    from projections.reports.page import format_page

    if kind == "csv":
        for piece in csv_pieces(one.columns, one.rows if rows is None else rows, bom=bom):
            yield piece.encode()
    elif kind == "ndjson":
        yield from ndjson_pieces(one.columns, one.rows if rows is None else rows)
    elif kind == "page":
        yield format_page(document).encode()
    else:
        yield from [format_json(document)] if rows is None else json_pieces(Streamed(document, rows))
        yield b"\n"


def _put(pieces: Iterable[bytes], out: Path | None) -> None:
    if out is not None:
        with replaced(out) as file:
            file.writelines(pieces)
        return
    for piece in pieces:
        rest = memoryview(piece)
        while rest:  # an unbuffered stream (PYTHONUNBUFFERED) may take less than it is given, on a full disk, say
            rest = rest[sys.stdout.buffer.write(rest) :]
    sys.stdout.buffer.flush()


def _show(document: "Document", tables: "Sequence[Table]") -> None:
    from api.cli.tables import emit_table
    from projections.reports.text import plain_table

    click.echo(f"{document.title.zh} {document.title.en}")
    click.echo(basis_line(document.basis))
    for told in document.said:
        click.echo(f"{told.zh}\n{told.en}")
    for one in tables:
        click.echo()
        columns, rows = plain_table(one, "en")
        emit_table(columns, rows, title=f"{one.title.zh} {one.title.en}")
        if one.note is not None:
            click.echo(f"{one.note.zh}\n{one.note.en}")
    for note in document.notes:
        click.echo(f"\n{note.zh}\n{note.en}")


def basis_line(basis: "Basis") -> str:
    """One line of what it was computed from; JSON and page say all of it."""
    by = _by(basis)
    if (other := basis.other) is not None:
        by += f" → {_by(other)}" + (f" (adopted by entry {other.adoption:,})" if other.adoption is not None else "")
    of = "a journal" if basis.log_size is None else f"{basis.log_size:,} entries, root {basis.log_root}"
    cuts = {"as of": basis.as_of, "as known at": basis.as_known_at}
    told = "".join(f", {name} {at.isoformat()}" for name, at in cuts.items() if at is not None)
    return f"by {by}, {basis.profile};{_only(basis)} of {of}{told}"


def _only(basis: "Basis") -> str:
    """Which acts, where not all were asked for."""
    days = [f"{word} {day}" for word, day in (("from", basis.first), ("to", basis.last)) if day is not None]
    asked = [*days, *([f"at {basis.institution}"] if basis.institution is not None else [])]
    return f" only acts {' '.join(asked)};" if asked else ""


def _by(rules: "Basis | OtherRules") -> str:
    """The rulebooks, each from the day on from which it decides."""
    if not rules.periods:
        return ", ".join(f"{id} ({digest[:12]}…)" for id, digest in rules.rulebooks) or "the record alone"
    return ", ".join(
        f"{id} ({digest[:12]}…)" + ("" if begin == date.min else f" from {begin}")
        for begin, id, digest in rules.periods
    )
