"""Quality indicators for a department's own supervision (日常考核和质控管理).

Source: the notice, 一 ("将治疗记录情况，纳入日常考核和质控管理") and 二.4 ("确保治疗过程的真实性、有效性和完整性").
Each indicator is a part of a whole, and both open into their acts.
"""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from projections.reports.clauses import quotes
from projections.reports.counting import Counting, Measure
from projections.reports.document import Chart, Column, Document, Row, Table, figure, label, rate
from projections.reports.question import Batch, Question
from projections.reports.view import LATE_HOURS, View
from projections.rules.record import RECORD
from projections.said import Said


class Indicator(NamedTuple):
    """`part` of `whole`, both keys."""

    id: str
    title: Said
    part: str
    whole: str


INDICATORS = (
    Indicator("complete", Said("记录完整率", "records complete"), "voided=no&record=complete", "voided=no"),
    Indicator(
        "written_in_time",
        Said(f"{LATE_HOURS}小时内录入率", f"written down within {LATE_HOURS} hours"),
        "voided=no&written=in_time",
        "voided=no",
    ),
    Indicator(
        "signed_in_time",
        Said(f"{LATE_HOURS}小时内签名率（治疗）", f"sessions signed within {LATE_HOURS} hours of their end"),
        "voided=no&kind=session&signature=in_time",
        "voided=no&kind=session",
    ),
    Indicator(
        "unsigned",
        Said("未签名率（治疗）", "sessions unsigned"),
        "voided=no&kind=session&signature=none",
        "voided=no&kind=session",
    ),
    Indicator("denied", Said("不予支付率", "denied"), "voided=no&decision=denied", "voided=no"),
    Indicator("voided", Said("作废率", "voided"), "voided=yes", ""),
    Indicator(
        "span_supported",
        Said("超期治疗有评定支持率", "past the end of a span, with an assessment that carries it"),
        "voided=no&span=supported",
        "voided=no&span=supported,past",
    ),
)

NOTES = (
    Said(
        "记录完整指通知第二部分各项记录要求（record.*）全部成立；疗效、部位等文字内容不作评判。",
        "A record is complete when every clause of the record (record.*) holds; what its words say is not weighed.",
    ),
    Said(
        "超期治疗：自该疾病过程中首次获支付之日起超过项目限期的治疗；有评定支持即限期条款仍成立（康复综合评定示持续改善）。其他口径见读法。",
        "Past a span: later than the item's span after its first paid act in the episode; carried when the span's "
        "clause holds all the same. Under readings that count a span otherwise, what the clause says decides.",
    ),
    Said(
        f"{LATE_HOURS}小时为本系统的界限，通知未规定时限。",
        f"The limit of {LATE_HOURS} hours is the project's; the notice names none.",
    ),
)


def quality(batches: Iterable[Batch], question: Question) -> Document:
    """The indicators over all, by institution, and failures by clause."""
    measures = [
        Measure(figure(f"{one.id}_{side}", one.title.zh, one.title.en, opens=key))
        for one in INDICATORS
        for side, key in (("part", one.part), ("whole", one.whole))
    ]
    whole, houses = Counting([], measures), Counting(["institution"], measures)
    acts: Counter[str] = Counter()
    alone: Counter[str] = Counter()
    for batch in batches:
        view = View(batch, question)
        whole.add(view)
        houses.add(view)
        counts = np.bincount(view.patterns.code[view.within()], minlength=len(view.patterns.clauses))
        for clauses, count in zip(view.patterns.clauses, counts.tolist(), strict=True):
            for clause in clauses:
                acts[clause] += count
            if len(clauses) == 1:
                alone[clauses[0]] += count
    return Document(
        name="quality",
        title=Said("质控指标", "Quality indicators"),
        basis=question.basis(),
        tables=(_overall(whole.only()), _by_institution(houses), _by_clause(acts, alone, question)),
        charts=(
            Chart(
                id="indicators-rate",
                title=Said("各项指标（%）", "Indicators, percent"),
                kind="bar",
                table="indicators",
                x="indicator",
                series=("rate",),
                most=len(INDICATORS),
            ),
            Chart(
                id="clauses-acts",
                title=Said("不予支付最多的条款", "Clauses that deny most"),
                kind="bar",
                table="clauses",
                x="clause",
                series=("acts",),
                most=15,
            ),
        ),
        notes=NOTES,
    )


def _overall(numbers: list[int]) -> Table:
    """One row an indicator. Its key is that of the whole; the part has its own."""
    rows = []
    for k, one in enumerate(INDICATORS):
        part, of = numbers[2 * k], numbers[2 * k + 1]
        rows.append(Row(one.whole, (one.title.zh, one.title.en, part, of, rate(part, of)), {"part": one.part}))
    return Table(
        id="indicators",
        title=Said("指标", "Indicators"),
        columns=(
            label("indicator", "指标", "indicator (Chinese)"),
            label("indicator_en", "指标（英文）", "indicator"),
            figure("part", "次数", "acts"),
            figure("whole", "分母", "of"),
            Column(id="rate", title=Said("比率", "rate"), unit="percent"),
        ),
        rows=tuple(rows),
    )


def _by_institution(counting: Counting) -> Table:
    columns: list[Column] = [label("institution", "机构", "institution"), figure("acts", "治疗次数", "acts")]
    for one in INDICATORS:
        columns.append(figure(one.id, one.title.zh, one.title.en, opens=one.part))
        columns.append(Column(id=f"{one.id}_rate", title=one.title + Said("（%）", ", %"), unit="percent"))
    voided = 2 * [one.id for one in INDICATORS].index("voided")
    rows = []
    for (institution,), numbers in counting.result().items():
        cells: list[str | int | float | None] = [institution, numbers[voided + 1]]
        for k in range(0, len(numbers), 2):
            cells += [numbers[k], rate(numbers[k], numbers[k + 1])]
        rows.append(Row(f"institution={institution}", tuple(cells)))
    return Table(id="institutions", title=Said("按机构", "By institution"), columns=tuple(columns), rows=tuple(rows))


def _by_clause(acts: Counter[str], alone: Counter[str], question: Question) -> Table:
    words = quotes(question.judge)
    order = {clause: place for place, clause in enumerate(RECORD)}
    found = sorted(+acts, key=lambda clause: (clause not in order, order.get(clause, 0), -acts[clause], clause))
    return Table(
        id="clauses",
        title=Said("按条款", "By clause"),
        columns=(
            label("clause", "条款", "clause"),
            figure("acts", "不成立次数", "acts that fail it"),
            figure("alone", "仅因此条", "that fail nothing else", opens="alone=yes"),
            label("quote", "原文", "words of the rule"),
        ),
        rows=tuple(
            Row(f"clause={clause}", (clause, acts[clause], alone[clause], words.get(clause))) for clause in found
        ),
        note=Said(
            "一次治疗可同时不符合多项条款，次数不可相加。", "An act can fail several clauses: not to be added up."
        ),
    )
