"""Charts as SVG for the printed page, drawn by pygal: no script, no network, the same bytes for the same table.

pygal writes a script and the day into what it draws; both are taken out, for the page may run nothing and must not
change by being printed again.
"""

import sys
import unicodedata
from typing import Any

import pygal  # type: ignore[import-untyped, import-not-found, unused-ignore]
from pygal.style import Style  # type: ignore[import-untyped, import-not-found, unused-ignore]

from projections.reports.document import Cell, Chart, Document, Row, Table, Unit
from projections.reports.text import printable, shown

# pygal leaves an import hook of Python 2 behind, for maps that are not used here: from then on every import would be
# asked through it, with a warning on Python 3.11.
sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__module__.partition(".")[0] != "pygal"]

FONT = "'Noto Sans CJK SC', 'Source Han Sans SC', 'PingFang SC', 'Microsoft YaHei', sans-serif"
_LABEL_SIZE = 11
_STYLE = Style(
    background="transparent",
    plot_background="transparent",
    foreground="#222",
    foreground_strong="#000",
    foreground_subtle="#888",
    opacity="1",
    opacity_hover="1",
    colors=("#2b6cb0", "#dd6b20", "#2f855a", "#6b46c1"),
    font_family=FONT,
    guide_stroke_color="#ddd",
    major_guide_stroke_color="#ccc",
    label_font_size=_LABEL_SIZE,
    major_label_font_size=_LABEL_SIZE,
    legend_font_size=12,
    value_font_size=10,
    no_data_font_size=14,
)
_UPRIGHT = {"bar": pygal.Bar, "stacked": pygal.StackedBar, "line": pygal.Line}
_LYING = {"bar": pygal.HorizontalBar, "stacked": pygal.HorizontalStackedBar, "line": pygal.Line}
_LABEL = 40
"""Characters of a label; the table has it whole."""
_UPRIGHT_LABEL = 8
"""Characters of the longest label that a bar still stands upright on: longer ones would lean out of the drawing."""
_DRAWN = 0.6
"""Ems that pygal takes for one character, whichever; a Chinese one is an em wide."""


def format_svg(chart: Chart, document: Document) -> str:
    """The chart of a document's table, as an `svg` element for a page."""
    table = document.table(chart.table)
    rows = _drawn(chart, table)
    place = table.place(chart.x)
    labels = [_label(row.cells[place]) for row in rows]
    lying = chart.kind != "line" and (chart.most is not None or max(map(len, labels), default=0) > _UPRIGHT_LABEL)
    unit = table.columns[table.place(chart.series[0])].unit
    drawing: Any = (_LYING if lying else _UPRIGHT)[chart.kind](
        js=(),
        style=_STYLE,
        width=760,
        height=110 + 30 * len(rows) * (1 if chart.kind == "stacked" else len(chart.series)) if lying else 300,
        explicit_size=False,
        disable_xml_declaration=True,
        show_legend=len(chart.series) > 1,
        legend_at_bottom=True,
        legend_at_bottom_columns=len(chart.series),
        legend_box_size=10,
        truncate_label=-1,
        truncate_legend=-1,
        x_label_rotation=0 if lying or len(rows) <= 12 else 35,
        include_x_axis=True,
        no_data_text="无数据 / no data",
        value_formatter=lambda number: _axis(number, unit),
        margin=8,
        margin_left=8 + _lacking(labels) if lying else 8,
    )
    drawing.uuid = f"{document.name}-{chart.id}"
    drawing.add_xml_filter(_quiet)
    if lying:
        rows, labels = rows[::-1], labels[::-1]  # the first one on top
    drawing.x_labels = labels
    for name in chart.series:
        column = table.place(name)
        drawing.add(_title(table, name), [row.cells[column] for row in rows])
    drawn: str = drawing.render(is_unicode=True)
    return drawn


def _drawn(chart: Chart, table: Table) -> list[Row]:
    if chart.most is None:
        return list(table.rows)
    places = [table.place(name) for name in chart.series]

    def size(row: Row) -> float:
        cells = [row.cells[place] for place in places]
        return sum(cell for cell in cells if isinstance(cell, int | float))

    return sorted(table.rows, key=lambda row: -size(row))[: chart.most]


def _title(table: Table, name: str) -> str:
    title = table.columns[table.place(name)].title
    return printable(f"{title.zh} {title.en}")


def _label(cell: Cell) -> str:
    text = "未记录" if cell is None else printable(str(cell))
    return text if len(text) <= _LABEL else text[: _LABEL - 1] + "…"


def _lacking(labels: list[str]) -> int:
    """Pixels that pygal does not see labels to the left of the bars need."""
    wide = [sum(1.0 if unicodedata.east_asian_width(one) in "WF" else _DRAWN for one in label) for label in labels]
    seen = max(map(len, labels), default=0) * _DRAWN
    return max(0, round(_LABEL_SIZE * (max(wide, default=0.0) - seen)))


def _axis(number: Any, unit: Unit) -> str:
    if unit == "fen":
        return shown(round(number), unit).removesuffix(".00")
    if isinstance(number, float) and not number.is_integer():
        return f"{number:,.1f}"
    return f"{int(number):,}"


def _quiet(root: Any) -> Any:
    """Without scripts and without comments, one of which has the day."""
    for parent in list(root.iter()):
        for child in list(parent):
            if not isinstance(child.tag, str) or child.tag.rpartition("}")[2] == "script":
                parent.remove(child)
    return root
