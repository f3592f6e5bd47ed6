"""The printed page: whole, harmless, and drawn by a real browser that is given no network."""

import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

from projections.reports.charts import format_svg
from projections.reports.document import Chart, Document, Row, Table, figure, label
from projections.reports.monthly import monthly
from projections.reports.page import format_page
from projections.reports.question import month_of
from projections.reports.timeliness import timeliness
from projections.said import Said
from tests.projections.reports.world import world_of
from tests.verify.browser import chromium

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</style></svg></table><h1>gone</h1>",
    "&lt;b&gt; &amp;",
    "' onmouseover='alert(1)",
    "\u202eevil\x00\x07\x1b[31m",
]


def a_document() -> Document:
    world = world_of((3, 6, 14))
    return monthly(world.batches, world.question())


def hostile_document() -> Document:
    """Texts that would break out of anything, wherever a text can stand."""
    rows = tuple(Row(f"item={text}", (text, 100 * k + 5, 7)) for k, text in enumerate(HOSTILE))
    said = Said(HOSTILE[0], HOSTILE[1])
    table = Table(
        id="items",
        title=said,
        columns=(
            label("item", HOSTILE[2], HOSTILE[4]),
            figure("money", "费用", HOSTILE[0], "fen"),
            figure("n", "次", "n"),
        ),
        rows=rows,
        total=Row("", (None, 1, 2)),
        note=said,
    )
    charts = tuple(
        Chart(id=kind, title=said, kind=kind, table="items", x="item", series=("money",), most=most)
        for kind, most in (("bar", None), ("line", None), ("stacked", 3))
    )
    return Document(name="x", title=said, basis=a_document().basis, tables=(table,), charts=charts, notes=(said,))


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs


@pytest.mark.parametrize("document", [a_document(), hostile_document()], ids=["settled", "hostile"])
def test_nothing_runs_and_nothing_is_loaded(document: Document) -> None:
    page = _Tags()
    page.feed(format_page(document, acts_at="/acts?key="))
    assert not {"script", "img", "iframe", "object", "link", "base", "form"} & set(page.tags)
    assert page.tags.count("h1") == 1
    for name, value in page.attributes:
        assert not name.startswith("on")
        if name in ("href", "src", "xlink:href"):
            assert value is not None
            assert value.startswith("/acts?key=")
    assert not {"\u202e", "\x00", "\x07", "\x1b"} & set(format_page(document))
    assert not re.search(r"url\((?!#)|@import", format_page(document))


def test_every_figure_is_on_it_as_people_write_it() -> None:
    document = a_document()
    text = re.sub(r"<[^>]+>", " ", format_page(document))
    total = document.table("months").total
    assert total is not None
    fen = total.cells[document.table("months").place("amount_fen")]
    assert isinstance(fen, int)
    assert f"¥{fen // 100:,}.{fen % 100:02}" in text
    for said in (document.title, *document.notes, *(table.title for table in document.tables)):
        assert said.zh in text
        assert said.en.replace("'", "&#x27;") in text
    assert document.basis.rulebooks[0][1] in text
    assert "m" * 64 in text


def test_figures_are_links_only_where_somebody_answers_them() -> None:
    document = a_document()
    assert "<a " not in format_page(document)
    linked = format_page(document, acts_at="/acts?key=")
    assert 'href="/acts?key=month%3D2020-04%26decision%3Dpayable"' in linked


def test_the_same_document_gives_the_same_page() -> None:
    assert format_page(a_document()) == format_page(a_document())


def test_a_report_of_nothing_says_so() -> None:
    world = world_of((3,))
    page = format_page(timeliness(world.batches, world.question(month_of("1999-01"))))
    assert page.count('class="empty"') == 3
    assert "<svg" not in page


@pytest.mark.parametrize("chart", [0, 1, 2])
def test_a_chart_is_well_formed_and_quiet(chart: int) -> None:
    document = hostile_document()
    drawn = format_svg(document.charts[chart], document)
    root = ElementTree.fromstring(drawn)
    tags = {str(one.tag).rpartition("}")[2] for one in root.iter()}
    assert "script" not in tags
    assert tags & {"rect", "path"}
    assert "<!--" not in drawn
    assert not {"\u202e", "\x00", "\x07", "\x1b"} & set(drawn)
    assert "http" not in drawn.replace("http://www.w3.org/", "")


def test_a_chart_draws_the_largest_and_its_own_rows() -> None:
    document = a_document()
    items = document.table("items")
    (chart,) = [one for one in document.charts if one.table == "items"]
    drawn = format_svg(
        Chart(**{name: getattr(chart, name) for name in chart.__struct_fields__} | {"most": 2}), document
    )
    worth = [
        (items_row.cells[items.place("payable_fen")] or 0) + (items_row.cells[items.place("denied_fen")] or 0)  # type: ignore[operator]
        for items_row in items.rows
    ]
    ranked = [str(row.cells[1]) for _, row in sorted(zip(worth, items.rows, strict=True), key=lambda one: -one[0])]
    shown = set(re.findall(r">([^<>]+)</text>", drawn))
    assert set(ranked[:2]) <= shown
    assert not set(ranked[2:]) & shown


def listing_document() -> Document:
    """Exceptions as they are: many columns, some of long texts beside short Chinese ones; and long names in a chart."""
    titles = 6 * ("集体治疗按个别治疗收费", "无资质或被暂停的机构", "疾病过程结束后治疗")
    what = "PT24 在 H2 的 1302 次记录于 2026-11-23 入账，最早的为 2443 天前（P0039-A01、P0039-S001、P0039-S002 等）"
    ids = " ".join(f"P0039-S{k:03}" for k in range(100))
    instant = "2021-06-28T09:30+08:00"
    rows = tuple(
        Row(
            "",
            ("group-charged-as-individual", title, instant, instant, instant, "H2", ids, ids, what, what, ids, ids, k),
        )
        for k, title in enumerate(titles)
    )
    names = (
        "kind",
        "title",
        "begin",
        "end",
        "known",
        "houses",
        "staff",
        "patients",
        "what",
        "what_en",
        "acts",
        "positions",
    )
    table = Table(
        id="exceptions",
        title=Said("逐项", "One by one"),
        columns=(*(label(name, "名称", name) for name in names), figure("n", "涉及记录数", "records concerned")),
        rows=rows,
    )
    charts = (
        Chart(id="all", title=Said("各类", "By kind"), kind="bar", table="exceptions", x="title", series=("n",)),
        Chart(
            id="most", title=Said("各类", "By kind"), kind="bar", table="exceptions", x="kind", series=("n",), most=2
        ),
    )
    return Document(
        name="listing", title=table.title, basis=a_document().basis, tables=(table,), charts=charts, notes=()
    )


_BROKEN = """() => [...document.querySelectorAll('td.short, td.figure, td.day')].filter(cell => {
    const range = document.createRange(); range.selectNodeContents(cell);
    const tops = [...range.getClientRects()].filter(box => box.width > 1).map(box => box.top).sort((a, b) => a - b);
    const lines = 1 + tops.filter((top, k) => k && top - tops[k - 1] > 7).length;  // small print stands a bit lower
    return lines > (cell.querySelector('wbr') ? 2 : 1);
}).map(cell => cell.textContent)"""
_CUT = """() => [...document.querySelectorAll('svg')].flatMap(svg => {
    const whole = svg.getBoundingClientRect();
    return [...svg.querySelectorAll('text')].filter(text => {
        const box = text.getBoundingClientRect();
        return box.left < whole.left || box.right > whole.right || box.bottom > whole.bottom + 1;
    }).map(text => text.textContent);
})"""


@pytest.mark.parametrize("document", [a_document(), listing_document()], ids=["settled", "listing"])
def test_what_is_short_stands_on_one_line_and_no_label_is_cut_off(document: Document, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    file.write_text(format_page(document), "utf-8")
    with chromium() as browser:
        context = browser.new_context(offline=True, viewport={"width": 1047, "height": 900})  # A4, lying, less margins
        page = context.new_page()
        page.emulate_media(media="print")
        page.goto(file.as_uri())
        assert page.locator("td.short").count() > 0
        assert page.evaluate(_BROKEN) == []
        assert page.evaluate(_CUT) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 1047
        narrow = page.locator("td.long").evaluate_all("cells => cells.map(cell => cell.clientWidth)")
        assert min(narrow, default=1047) > 70
        page.emulate_media(media="screen")
        page.set_viewport_size({"width": 390, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        context.close()


@pytest.mark.parametrize("document", [a_document(), hostile_document()], ids=["settled", "hostile"])
def test_a_real_browser_prints_it(document: Document, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    file.write_text(format_page(document), "utf-8")
    with chromium() as browser:
        context = browser.new_context(offline=True)
        page = context.new_page()
        heard: list[str] = []
        page.on("console", lambda message: heard.append(message.text))
        page.on("dialog", lambda dialog: heard.append(dialog.message))
        page.on("pageerror", lambda error: heard.append(str(error)))
        page.on("request", lambda request: heard.append(request.url) if request.url != file.as_uri() else None)
        page.goto(file.as_uri())
        rows = sum(len(table.rows) + (table.total is not None) for table in document.tables)
        assert page.locator("tbody tr").count() == rows
        assert page.locator("svg").count() == len(document.charts)
        for k in range(len(document.charts)):
            box = page.locator("svg").nth(k).bounding_box()
            assert box is not None
            assert box["height"] > 50
        if document.name == "x":
            shown = page.locator("tbody tr td:first-child").all_inner_texts()
            assert shown[:5] == HOSTILE[:5]
        printed = page.pdf(prefer_css_page_size=True)
        context.close()
    assert heard == []
    assert printed.startswith(b"%PDF-")
    assert b"/MediaBox [0 0 841" in printed or b"/MediaBox [0 0 842" in printed  # A4, lying
