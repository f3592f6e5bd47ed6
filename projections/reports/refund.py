"""What the fund paid for acts that are not payable, and a fine's range by the day of the act. Nothing is decided."""

from collections.abc import Iterable, Mapping

from projections.reports.counting import Counting, Measure
from projections.reports.document import Cell, Column, Document, Row, Table, figure, label
from projections.reports.fines import NOTES, REGIMES, Regime
from projections.reports.question import Batch, Question
from projections.reports.view import View
from projections.said import Said

DENIED = "decision=denied"

_MEASURES = (
    Measure(figure("acts", "不予支付次数", "acts not payable")),
    Measure(figure("fund_fen", "基金已付（载明）", "paid by the fund, as stated", "fen", "share=stated"), "fund"),
    Measure(
        figure(
            "unstated_fen",
            "费用（未载明基金份额）",
            "fees without a stated share",
            "fen",
            "fee=confirmed&share=not_stated",
        ),
        "fee",
    ),
    Measure(figure("no_fee", "未确费次数", "without a fee", opens="fee=none")),
)
_COLUMNS = (
    label("regime", "依据时段", "regime"),
    label("kind", "行为性质（待认定）", "kind of act (to be found)"),
    label("since", "自", "from", "day"),
    label("before", "至（不含）", "before", "day"),
)
_RANGE = (
    figure("base_fen", "退回基数（至多）", "refund base, at most", "fen", "fee=confirmed"),
    Column(id="least", title=Said("最低倍数", "least times"), unit="count"),
    Column(id="most", title=Said("最高倍数", "most times"), unit="count"),
    Column(id="fine_least_fen", title=Said("罚款幅度下限", "range of the fine, from"), unit="fen"),
    Column(id="fine_most_fen", title=Said("罚款幅度上限", "range of the fine, to"), unit="fen"),
)
_BASIS = (
    label("basis", "法律依据", "legal basis (Chinese)"),
    label("basis_en", "法律依据（英文）", "legal basis"),
    label("words", "条文", "words"),
)

_BASE_NOTE = Said(
    "退回基数＝不予支付治疗中载明的基金份额，加未载明份额者的全部确认费用（故为上限）；含已确费后作废的记录。假定确认的基金份额已经支付。",
    "The refund base is the fund's stated share of acts that are not payable, and where no share is stated the whole "
    "confirmed fee, so it is an upper bound; voided acts with a fee are in it. What was confirmed is taken to be paid.",
)


def refund(batches: Iterable[Batch], question: Question) -> Document:
    """The base and the ranges, over all and by institution."""
    whole = Counting(["regime"], _MEASURES, DENIED)
    houses = Counting(["regime", "institution"], _MEASURES, DENIED)
    for batch in batches:
        view = View(batch, question)
        whole.add(view)
        houses.add(view)
    by_house: dict[str, dict[str, list[int]]] = {}
    for (period, institution), numbers in houses.result().items():
        by_house.setdefault(institution, {})[period] = numbers
    everywhere = {period: numbers for (period,), numbers in whole.result().items()}
    figures = (*(measure.column for measure in _MEASURES), *_RANGE)
    institution_label = label("institution", "机构", "institution")
    return Document(
        name="refund",
        title=Said("退回基数与罚款幅度", "Refund base and the range of a fine"),
        basis=question.basis(),
        tables=(
            Table(
                id="ranges",
                title=Said("按行为日期适用的依据", "By the text of the act's day"),
                columns=(*_COLUMNS, *figures, *_BASIS),
                rows=tuple(_rows(everywhere)),
            ),
            Table(
                id="institutions",
                title=Said("按机构", "By institution"),
                columns=(institution_label, *_COLUMNS, *figures),
                rows=tuple(row for name in sorted(by_house) for row in _rows(by_house[name], name)),
            ),
        ),
        notes=(_BASE_NOTE, *NOTES),
    )


def _rows(found: Mapping[str, list[int]], institution: str | None = None) -> list[Row]:
    """A row for each text, or kind of act under it, of the days on which there is anything to pay back."""
    rows = []
    of = [] if institution is None else [f"institution={institution}"]
    for regime in REGIMES:
        numbers = found.get(regime.period)
        if numbers is None:
            continue
        base = numbers[1] + numbers[2]
        cells = (*_about(regime), *numbers, base, *_fine(regime, base))
        cells = (*cells, *_said(regime)) if institution is None else (institution, *cells)
        rows.append(Row("&".join([*of, f"regime={regime.period}", DENIED]), cells))
    return rows


def _about(regime: Regime) -> tuple[Cell, ...]:
    since, until = (None if day is None else day.isoformat() for day in (regime.since, regime.until))
    return regime.id, f"{regime.kind.zh} / {regime.kind.en}", since, until


def _fine(regime: Regime, base: int) -> tuple[Cell, ...]:
    if regime.least is None or regime.most is None:
        return None, None, None, None
    return regime.least, regime.most, base * regime.least, base * regime.most


def _said(regime: Regime) -> tuple[Cell, ...]:
    return regime.basis.zh, regime.basis.en, regime.words or None
