"""Indicators of the rehabilitation pilot: care at home and over the internet, staff, patients, items, institutions.

Source: 国家卫生健康委办公厅《关于开展康复医疗服务试点工作的通知》(国卫办医函〔2021〕536号), 附件 三: (一) institutions,
(三) therapists, (五) 居家康复、"互联网+"、家庭病床, (六) 中医药康复, (七) "国家确定的康复综合评定等29项医疗康复项目".
"""

from collections.abc import Iterable
from typing import NamedTuple

from projections.reports.counting import Counting, Measure, Tabling, What
from projections.reports.document import Chart, Column, Document, Row, Table, figure, label, rate
from projections.reports.question import Batch, Question
from projections.reports.view import View
from projections.rules.rulebook import Rulebook
from projections.said import Said

_DONE = "voided=no"
HOME = "setting=home,home_bed"
ONLINE = "setting=internet"
AT_HOME = "setting=home,home_bed,internet"

SETTINGS = (
    Measure(figure("acts", "治疗次数", "acts")),
    Measure(figure("patients", "患者数", "patients"), "patients"),
    Measure(figure("therapists", "治疗师数", "therapists"), "therapists"),
    Measure(figure("institutions", "机构数", "institutions"), "institutions"),
    Measure(figure("payable", "可支付次数", "payable", opens="decision=payable")),
    Measure(figure("amount_fen", "确认费用", "confirmed fees", "fen"), "fee"),
)
MONTHS = (
    Measure(figure("acts", "治疗次数", "acts")),
    Measure(figure("home", "上门与家庭病床", "at home and in home beds", opens=HOME)),
    Measure(figure("internet", "互联网+", "over the internet", opens=ONLINE)),
    Measure(figure("patients", "患者数", "patients"), "patients"),
    Measure(figure("therapists", "治疗师数", "therapists"), "therapists"),
)


class Indicator(NamedTuple):
    """`of`: which indicator is the whole of it; None where there is none."""

    id: str
    title: Said
    part: str
    key: str
    what: What
    of: str | None = None


_REHABILITATION, _TCM = "department=rehabilitation,either", "department=tcm,either"
INDICATORS = (
    Indicator("acts", Said("康复治疗次数", "acts"), "三", "", "acts"),
    Indicator("home", Said("上门及家庭病床", "acts at home and in home beds"), "三（五）", HOME, "acts", "acts"),
    Indicator("internet", Said("“互联网+”", "acts over the internet"), "三（五）", ONLINE, "acts", "acts"),
    Indicator("at_home", Said("居家康复合计", "care at home, together"), "三（五）", AT_HOME, "acts", "acts"),
    Indicator("patients", Said("患者数", "patients"), "三", "", "patients"),
    Indicator(
        "home_patients",
        Said("居家康复患者数", "patients cared for at home"),
        "三（五）",
        AT_HOME,
        "patients",
        "patients",
    ),
    Indicator("therapists", Said("在岗治疗师数", "therapists active"), "三（三）", "", "therapists"),
    Indicator("institutions", Said("提供治疗的机构数", "institutions active"), "三（一）", "", "institutions"),
    Indicator(
        "rehabilitation",
        Said("提供康复治疗的机构数", "institutions giving rehabilitation"),
        "三（一）",
        _REHABILITATION,
        "institutions",
        "institutions",
    ),
    Indicator(
        "tcm", Said("提供中医治疗的机构数", "institutions giving tcm"), "三（六）", _TCM, "institutions", "institutions"
    ),
)
NOTES = (
    Said(
        "作废记录不计。服务方式（门诊、住院、上门、家庭病床、互联网）仅治疗记录有；评定无此项。",
        "Voided acts are left out. Only sessions have a setting; assessments have none.",
    ),
    Said(
        "康复／中医按治疗人员当日资质推定。床位、培训、早期介入等指标不在记录内，未列。",
        "Rehabilitation or tcm is inferred from the staff's qualification on the day. Beds, training and early "
        "intervention are not on record and not listed.",
    ),
    Said(
        "试点时间为2022年1月至12月；本表按所选日期计算。",
        "The pilot ran from January to December 2022; these are the days that were asked for.",
    ),
)


def pilot(batches: Iterable[Batch], question: Question, national: Rulebook) -> Document:
    """The indicators. `national` has the 29 items of the country (`national-29`)."""
    measures = [Measure(figure(one.id, one.title.zh, one.title.en, opens=one.key), one.what) for one in INDICATORS]
    whole = Counting([], measures, _DONE)
    items = Counting(
        ["item"], [Measure(figure("acts", "", "")), Measure(figure("patients", "", ""), "patients")], _DONE
    )
    settings = Tabling(
        "settings", Said("按服务方式", "By setting"), [label("setting", "服务方式", "setting")], SETTINGS, where=_DONE
    )
    months = Tabling("months", Said("按月", "By month"), [label("month", "月份", "month")], MONTHS, where=_DONE)
    for batch in batches:
        view = View(batch, question)
        for one in (whole, items, settings, months):
            one.add(view)
    used = {slug: numbers for (slug,), numbers in items.result().items()}
    books = [question.judge.rulebooks[-1], national]
    lists = [_items(f"items-{len(book.items)}", book, used) for book in books]
    return Document(
        name="pilot",
        title=Said("康复医疗服务试点指标", "Indicators of the rehabilitation pilot"),
        basis=question.basis(),
        tables=(_indicators(whole.only(), books, lists), settings.table(), months.table(), *lists),
        charts=(
            Chart(
                id="settings-acts",
                title=Said("各服务方式治疗次数", "Acts by setting"),
                kind="bar",
                table="settings",
                x="setting",
                series=("acts",),
            ),
            Chart(
                id="months-home",
                title=Said("居家康复（各月）", "Care at home by month"),
                kind="stacked",
                table="months",
                x="month",
                series=("home", "internet"),
            ),
        ),
        notes=NOTES,
    )


def _indicators(numbers: list[int], books: list[Rulebook], lists: list[Table]) -> Table:
    by_id = {one.id: number for one, number in zip(INDICATORS, numbers, strict=True)}
    rows = []
    for one in INDICATORS:
        of = None if one.of is None else by_id[one.of]
        key = "&".join(part for part in (_DONE, one.key) if part)
        rows.append(Row(key, (one.title.zh, one.title.en, by_id[one.id], of, rate(by_id[one.id], of), one.part)))
    for book, table in zip(books, lists, strict=True):
        in_use = [row for row in table.rows if row.cells[table.place("acts")]]
        said = Said(f"在用项目数（{book.id}）", f"items in use ({book.id})")
        key = f"{_DONE}&item={','.join(book.by_slug)}"
        count, of = len(in_use), len(book.items)
        rows.append(Row(key, (said.zh, said.en, count, of, rate(count, of), "三（七）")))
    return Table(
        id="indicators",
        title=Said("指标", "Indicators"),
        columns=(
            label("indicator", "指标", "indicator (Chinese)"),
            label("indicator_en", "指标（英文）", "indicator"),
            figure("value", "数值", "value"),
            Column(id="of", title=Said("占", "of"), unit="count"),
            Column(id="rate", title=Said("比率", "rate"), unit="percent"),
            label("part", "文件条款", "part of the notice"),
        ),
        rows=tuple(rows),
    )


def _items(id: str, book: Rulebook, used: dict[str, list[int]]) -> Table:
    """Every item of a rulebook, used or not; its sub-items are it."""
    rows = []
    for item in book.items:
        slugs = [item.slug, *item.includes]
        acts = sum(used[slug][0] for slug in slugs if slug in used)
        rows.append(Row(f"{_DONE}&item={','.join(slugs)}", (item.number, item.slug, item.name, acts)))
    return Table(
        id=id,
        title=Said(f"{len(book.items)}项项目使用情况（{book.id}）", f"The {len(book.items)} items of {book.id}"),
        columns=(
            label("number", "序号", "no"),
            label("item", "项目", "item"),
            label("name", "项目名称", "name"),
            figure("acts", "治疗次数", "acts"),
        ),
        rows=tuple(rows),
    )
