"""A document as a page to print: one file, Chinese and English, charts inside, nothing loaded and nothing run.

The page says that of itself to a browser as well (Content-Security-Policy). Every text is escaped, whoever wrote it.
"""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from html import escape
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from projections.reports.charts import format_svg
from projections.reports.document import Basis, Cell, Column, Document, OtherRules, Row, Table, figure_key
from projections.reports.text import printable, shown
from projections.said import Said

_STYLE = Path(__file__).with_name("page.css").read_text("utf-8")
_SHORT = 14.0
"""Ems up to which texts are never broken: Chinese can break anywhere, and so a narrow column would have one character
a line."""
_LONG = 11.0
"""The ems that a column of longer texts has at the least, as page.css says."""
_ROOM = 100.0
"""Ems that fit on A4, lying; a table that needs more is written smaller."""
_INSTANT = re.compile(r"(\d{4}-\d\d-\d\dT)(?=\d\d:\d\d)")
"""What may be broken in an instant: before its time, nowhere else."""


def format_page(document: Document, *, acts_at: str | None = None) -> str:
    """The page. `acts_at`: the beginning of an address to which a figure's key is appended; then figures are links."""
    title = _both(document.title)
    parts = [
        "<!doctype html>",
        '<html lang="zh-CN"><head><meta charset="utf-8">',
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{_text(f'{document.title.zh} {document.title.en}')}</title>",
        f"<style>{_STYLE}</style></head><body>",
        f"<h1>{title}</h1>",
        *_basis(document.basis),
        *(f'<p class="said"><strong>{_text(one.zh)}<br>{_text(one.en)}</strong></p>' for one in document.said),
    ]
    charts = {chart.table: [one for one in document.charts if one.table == chart.table] for chart in document.charts}
    for table in document.tables:
        parts.append(f'<section id="{_text(table.id)}"><h2>{_both(table.title)}</h2>')
        for chart in charts.get(table.id, []) if table.rows else []:
            parts.append(f"<figure><figcaption>{_both(chart.title)}</figcaption>{format_svg(chart, document)}</figure>")
        parts += _table(table, acts_at)
        parts.append("</section>")
    notes = "".join(f"<li>{_text(note.zh)}<br>{_text(note.en)}</li>" for note in document.notes)
    parts.append(f"<footer><h2>{_both(Said('说明', 'Notes'))}</h2><ul>{notes}</ul></footer></body></html>")
    return "\n".join(parts) + "\n"


def _text(text: str) -> str:
    return escape(printable(text))


def _both(said: Said) -> str:
    return f"{_text(said.zh)} <small>{_text(said.en)}</small>"


def _basis(basis: Basis) -> Iterator[str]:
    days = f"{basis.first or '…'} – {basis.last or '…'}" if basis.first or basis.last else "全部 / all"
    log = None if basis.log_size is None else f"{basis.log_size:,} · {basis.log_root}"
    readings = " ".join(f"{name}={option}" for name, option in basis.readings.items())
    cuts = (("截至 as of", basis.as_of), ("已知 as known at", basis.as_known_at))
    lines = [
        ("日期范围 days", days),
        ("机构 institution", basis.institution or "全部 / all"),
        *_rules(basis),
        ("口径 profile", basis.profile),
        ("读法 readings", readings),
        *_other_readings(basis),
        ("镜像 mirror", basis.mirror or "未使用 / not used"),
        ("日志 log (size · root)", log or "无 / none: a journal"),
        *((name, at.isoformat()) for name, at in cuts if at is not None),
        ("计算日 computed on", basis.day.isoformat()),
    ]
    yield "<dl>"
    for name, value in lines:
        yield f"<dt>{_text(name)}</dt><dd>{_text(value)}</dd>"
    yield "</dl>"


def _rules(basis: Basis) -> Iterator[tuple[str, str]]:
    """Which rulebook decides since when, with its digest; in a comparison those before and those after."""
    other = basis.other
    if other is None:
        yield from _told("规则 rulebook", basis)
        return
    if other.adoption is not None:
        yield "采用 adoption", f"日志位置 log position {other.adoption:,}"
    yield from _told("变更前规则 before", basis)
    yield from _told("变更后规则 after", other)


def _told(name: str, rules: Basis | OtherRules) -> Iterator[tuple[str, str]]:
    if not rules.periods:
        for id, digest in rules.rulebooks or (("", ""),):
            yield name, f"{id} · SHA-256 {digest}" if id else "无：仅看记录 / none: the record alone"
    for begin, id, digest in rules.periods:
        since = "" if begin == date.min else f"自 {begin} 起 from {begin}: "
        yield name, f"{since}{id} · SHA-256 {digest}"


def _other_readings(basis: Basis) -> Iterator[tuple[str, str]]:
    """Where they are read otherwise after a change: a reading that only one side knows decides nothing on the other."""
    other = basis.other.readings if basis.other is not None else basis.readings
    if other != basis.readings:
        yield "变更后读法 readings after", " ".join(f"{name}={option}" for name, option in other.items())


def _table(table: Table, acts_at: str | None) -> Iterator[str]:
    if not table.rows:
        yield f'<p class="empty">{_both(Said("无记录", "nothing"))}</p>'
        return
    looks = [_look(column, cells) for column, cells in zip(table.columns, _texts(table), strict=True)]
    needed = sum(look.width for look in looks)
    yield f'<table class="{"dense" if needed > _ROOM else "plain"}"><thead><tr>'
    for column, look in zip(table.columns, looks, strict=True):
        yield f"<th{look.named}>{_text(column.title.zh)}<small>{_text(column.title.en)}</small></th>"
    yield "</tr></thead><tbody>"
    for row in table.rows:
        yield f"<tr>{_cells(table, row, looks, acts_at)}</tr>"
    if table.total is not None:
        yield f'<tr class="total">{_cells(table, table.total, looks, acts_at, Said("合计", "total"))}</tr>'
    yield "</tbody></table>"
    if table.note is not None:
        yield f'<p class="note">{_text(table.note.zh)} {_text(table.note.en)}</p>'


class _Look(NamedTuple):
    """The class of a column's cells, and the ems that it needs at the least."""

    name: str
    width: float

    @property
    def named(self) -> str:
        """The attribute."""
        return f' class="{self.name}"'


def _look(column: Column, texts: list[str]) -> _Look:
    heading = max(map(_ems, re.split("[（ ]", column.title.zh)))
    width = max(_ems(piece) for text in texts for piece in _INSTANT.sub(r"\1\n", text).split("\n"))
    if column.unit == "text" and width > _SHORT:
        return _Look("long", max(heading, _LONG))
    name = {"text": "short", "day": "day"}.get(column.unit, "figure")
    return _Look(name, max(heading, width))


def _texts(table: Table) -> Iterator[list[str]]:
    """The cells as they are read, column by column."""
    rows = table.rows if table.total is None else (*table.rows, table.total)
    for place, column in enumerate(table.columns):
        told = []
        for row in rows:
            said = column.read(row.cells[place])
            told.append(f"{said.zh} {said.en}" if said is not None else shown(row.cells[place], column.unit))
        yield told


def _ems(text: str) -> float:
    """About how wide, with what stands between two columns."""
    return 0.9 + sum(1.0 if unicodedata.east_asian_width(one) in "WF" else 0.55 for one in text)


def _cells(table: Table, row: Row, looks: list[_Look], acts_at: str | None, first: Said | None = None) -> str:
    parts = []
    for place, (column, cell) in enumerate(zip(table.columns, row.cells, strict=True)):
        inner = _cell(column, row, cell, acts_at)
        if place == 0 and cell is None and first is not None:
            inner = _both(first)
        parts.append(f"<td{looks[place].named}>{inner}</td>")
    return "".join(parts)


def _cell(column: Column, row: Row, cell: Cell, acts_at: str | None) -> str:
    said = column.read(cell)
    text = _both(said) if said is not None else _INSTANT.sub(r"\1<wbr>", _text(shown(cell, column.unit)))
    key = figure_key(row, column)
    if acts_at is None or key is None or not cell:
        return text
    return f'<a href="{_text(acts_at + quote(key, safe=""))}">{text}</a>'
