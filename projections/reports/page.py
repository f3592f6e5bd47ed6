"""A document as a page to print: one file, Chinese and English, charts inside, nothing loaded and nothing run.

The page says that of itself to a browser as well (Content-Security-Policy). Every text is escaped, whoever wrote it.
"""

from collections.abc import Iterator
from html import escape
from pathlib import Path
from urllib.parse import quote

from projections.reports.charts import format_svg
from projections.reports.document import Basis, Cell, Column, Document, Row, Table, figure_key
from projections.reports.text import printable, shown
from projections.said import Said

_STYLE = Path(__file__).with_name("page.css").read_text("utf-8")
_LONG = 24
"""Characters from which on a text gets a wide column."""


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
        *(("规则 rulebook", f"{since}{id} · SHA-256 {digest}") for since, id, digest in _rulebooks(basis)),
        ("口径 profile", basis.profile),
        ("读法 readings", readings),
        ("镜像 mirror", basis.mirror or "未使用 / not used"),
        ("日志 log (size · root)", log or "无 / none: a journal"),
        *((name, at.isoformat()) for name, at in cuts if at is not None),
        ("计算日 computed on", basis.day.isoformat()),
    ]
    yield "<dl>"
    for name, value in lines:
        yield f"<dt>{_text(name)}</dt><dd>{_text(value)}</dd>"
    yield "</dl>"


def _rulebooks(basis: Basis) -> list[tuple[str, str, str]]:
    """Since when which one decides, with its digest."""
    if not basis.periods:
        return [("", id, digest) for id, digest in basis.rulebooks]
    return [(f"自 {begin} 起 from {begin}: ", id, digest) for begin, id, digest in basis.periods]


def _table(table: Table, acts_at: str | None) -> Iterator[str]:
    if not table.rows:
        yield f'<p class="empty">{_both(Said("无记录", "nothing"))}</p>'
        return
    long = [
        any(isinstance(cell, str) and len(cell) > _LONG for cell in (row.cells[k] for row in table.rows))
        for k in range(len(table.columns))
    ]
    yield "<table><thead><tr>"
    for column in table.columns:
        yield f"<th{_class(column, False)}>{_text(column.title.zh)}<small>{_text(column.title.en)}</small></th>"
    yield "</tr></thead><tbody>"
    for row in table.rows:
        yield f"<tr>{_cells(table, row, long, acts_at)}</tr>"
    if table.total is not None:
        yield f'<tr class="total">{_cells(table, table.total, long, acts_at, Said("合计", "total"))}</tr>'
    yield "</tbody></table>"
    if table.note is not None:
        yield f'<p class="note">{_text(table.note.zh)} {_text(table.note.en)}</p>'


def _cells(table: Table, row: Row, long: list[bool], acts_at: str | None, first: Said | None = None) -> str:
    parts = []
    for place, (column, cell) in enumerate(zip(table.columns, row.cells, strict=True)):
        inner = _cell(column, row, cell, acts_at)
        if place == 0 and cell is None and first is not None:
            inner = _both(first)
        parts.append(f"<td{_class(column, long[place])}>{inner}</td>")
    return "".join(parts)


def _cell(column: Column, row: Row, cell: Cell, acts_at: str | None) -> str:
    said = column.read(cell)
    text = _both(said) if said is not None else _text(shown(cell, column.unit))
    key = figure_key(row, column)
    if acts_at is None or key is None or not cell:
        return text
    return f'<a href="{_text(acts_at + quote(key, safe=""))}">{text}</a>'


def _class(column: Column, long: bool) -> str:
    if column.unit not in ("text", "day"):
        return ' class="figure"'
    if column.unit == "day":
        return ' class="day"'
    return ' class="long"' if long else ""
