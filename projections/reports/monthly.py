"""Monthly settlement: acts, what is payable of them, and the money, by institution, department, item and therapist."""

from collections.abc import Iterable

from projections.reports.counting import Measure, Tabling
from projections.reports.document import Chart, Document, figure, label
from projections.reports.naming import with_item_names
from projections.reports.question import Batch, Question
from projections.reports.view import View
from projections.said import Said

MONTH = label("month", "月份", "month")
INSTITUTION = label("institution", "机构", "institution")
DEPARTMENT = label("department", "科室（按资质推定）", "department (inferred)")
ITEM = label("item", "项目", "item")
THERAPIST = label("therapist", "治疗师", "therapist")

MEASURES = (
    Measure(figure("acts", "治疗次数", "acts")),
    Measure(figure("payable", "可支付次数", "payable", opens="decision=payable")),
    Measure(figure("denied", "不予支付次数", "denied", opens="decision=denied")),
    Measure(figure("voided", "其中作废", "of these voided", opens="voided=yes")),
    Measure(figure("amount_fen", "确认费用", "confirmed fees", "fen"), "fee"),
    Measure(figure("payable_fen", "可支付费用", "payable fees", "fen", "decision=payable"), "fee"),
    Measure(figure("denied_fen", "不予支付费用", "denied fees", "fen", "decision=denied"), "fee"),
    Measure(figure("fund_fen", "其中基金（可支付）", "fund share of payable", "fen", "decision=payable"), "fund"),
    Measure(
        figure("denied_fund_fen", "其中基金（不予支付）", "fund share of denied", "fen", "decision=denied"), "fund"
    ),
    Measure(figure("no_fee", "未确费次数", "without a fee", opens="fee=none")),
    Measure(figure("no_share", "未载明基金份额次数", "no fund share stated", opens="fee=confirmed&share=not_stated")),
)

NOTES = (
    Said(
        "次数含作废记录；治疗日期按开始时间（北京时间）计入月份。",
        "Acts include voided ones; an act belongs to the month of its start at +08:00.",
    ),
    Said(
        "治疗记录无科室字段：科室按当日全部治疗人员的资质（康复／中医）推定；两者兼有时按机构登记的唯一科室，否则为“either”；"
        "人员无资质记录则为空。",
        "No act has a department on record. It is inferred from what all of its staff are qualified for on the day "
        "(rehabilitation or tcm); where that is both, from the institution's only one of the two departments, else "
        "`either`; empty where the staff hold neither.",
    ),
    Said(
        "评定的治疗师为首位评定人。基金份额仅计确费时载明者，未载明的次数另列。",
        "The therapist of an assessment is its first assessor. Fund shares are those stated with the fee; acts whose "
        "fee states none are counted beside.",
    ),
)


def monthly(batches: Iterable[Batch], question: Question) -> Document:
    """The settlement of the question's days; by month, and each way over all of its days."""
    tables = (
        Tabling("months", Said("按月", "By month"), [MONTH], MEASURES),
        Tabling("institutions", Said("按月和机构", "By month and institution"), [MONTH, INSTITUTION], MEASURES),
        Tabling(
            "departments", Said("按机构和科室", "By institution and department"), [INSTITUTION, DEPARTMENT], MEASURES
        ),
        Tabling("items", Said("按项目", "By item"), [ITEM], MEASURES),
        Tabling(
            "therapists", Said("按机构和治疗师", "By institution and therapist"), [INSTITUTION, THERAPIST], MEASURES
        ),
    )
    for batch in batches:
        view = View(batch, question)
        for table in tables:
            table.add(view)
    found = [table.table() for table in tables]
    found[3] = with_item_names(found[3], question.judge)
    return Document(
        name="monthly",
        title=Said("月度结算表", "Monthly settlement"),
        basis=question.basis(),
        tables=tuple(found),
        charts=(
            Chart(
                id="months-money",
                title=Said("各月费用：可支付与不予支付", "Fees by month: payable and denied"),
                kind="stacked",
                table="months",
                x="month",
                series=("payable_fen", "denied_fen"),
            ),
            Chart(
                id="items-money",
                title=Said("费用最高的项目", "Items with the highest fees"),
                kind="stacked",
                table="items",
                x="name",
                series=("payable_fen", "denied_fen"),
                most=12,
            ),
        ),
        notes=NOTES,
    )
