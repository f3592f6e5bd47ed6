"""近限 list: who is near a limit of an item, or at it, so that treatment is planned before it is denied.

Who is near is asked of `summary` (which asks eligibility): one definition for everybody who warns. It needs the facts,
because the question is about an act that nobody has given yet; the mirror says which acts the row is about.
"""

from collections.abc import Iterable, Sequence

from projections.reports.document import Cell, Chart, Column, Document, Row, Table, figure, label
from projections.reports.question import Batch, Question
from projections.reports.view import ANYTIME, View
from projections.said import UNITS, Said
from projections.summary import Near

COLUMNS = (
    label("patient", "患者", "patient"),
    label("item", "项目", "item"),
    label("name", "项目名称", "name"),
    label("clause", "条款", "clause"),
    figure("used", "已用", "used"),
    Column(id="limit", title=Said("限额", "limit"), unit="count"),
    Column(id="left", title=Said("剩余", "left"), unit="count"),
    label("unit", "单位", "unit"),
    label("from", "起", "from", "day"),
    label("until", "止", "until", "day"),
    label("on", "截至治疗日", "after the act of", "day"),
)
NOTES = (
    Said(
        "按患者最后一次治疗后的状态；仅列其最后治疗日在所选日期内、并曾在所选机构治疗者。",
        "As it stands right after the patient's last act; listed where that day is among those asked for and the "
        "patient was treated at the institution asked for.",
    ),
    Said(
        "展开所示为该患者该项目（含子项目）在计数区间内获支付的治疗；限额按天、月计时，次数可多于已用数。",
        "A row opens into the patient's paid acts of the item and its parts within the window. Where days or months "
        "are counted, these acts may be more than what is used.",
    ),
)


def near_limit(near: Sequence[Near], batches: Iterable[Batch], question: Question) -> Document:
    """The list, in the order of `summary.summarize`: most urgent first. `near` is its answer by the same judge."""
    first, last, institution = question.filter
    here: set[str] | None = None
    if institution is not None:
        here = set()
        anywhen = question._replace(filter=question.filter._replace(first=None, last=None))
        for batch in batches:
            view = View(batch, anywhen)
            here.update(batch.rows.patients[place] for place in set(view.columns.patient[view.within()].tolist()))
    rows = tuple(
        _row(one, question)
        for one in near
        if (first is None or first <= one.on)
        and (last is None or one.on <= last)
        and (here is None or one.patient in here)
    )
    return Document(
        name="near-limit",
        title=Said("近限名单", "Patients near a limit"),
        basis=question.basis(),
        tables=(
            Table(id="patients", title=Said("近限患者", "Patients"), columns=COLUMNS, rows=rows),
            _by_clause(rows),
        ),
        charts=(
            Chart(
                id="clauses-patients",
                title=Said("各条款近限患者数", "Patients near, by clause"),
                kind="bar",
                table="clauses",
                x="clause",
                series=("patients",),
                most=15,
            ),
        ),
        notes=NOTES,
    )


def _row(one: Near, question: Question) -> Row:
    slugs = next(
        (
            [book.by_slug[one.item].slug, *book.by_slug[one.item].includes]
            for book in reversed(question.judge.rulebooks)
            if one.item in book.by_slug
        ),
        [one.item],
    )
    begin, end = one.window if one.window is not None else (None, None)
    parts = [ANYTIME, f"patient={one.patient}", f"item={','.join(slugs)}", "decision=payable"]
    parts += [f"from={begin}"] if begin is not None else []
    parts += [f"until={end}"] if end is not None else []
    zh, en = UNITS.get(one.unit, (one.unit, one.unit))
    days: list[Cell] = [None if day is None else day.isoformat() for day in (begin, end, one.on)]
    cells = (one.patient, one.item, one.name, one.clause, one.used, one.limit, one.left, f"{zh} / {en}", *days)
    return Row("&".join(parts), cells)


def _by_clause(rows: tuple[Row, ...]) -> Table:
    patients: dict[str, set[str]] = {}
    for row in rows:
        patients.setdefault(str(row.cells[3]), set()).add(str(row.cells[0]))
    order = sorted(patients, key=lambda clause: (-len(patients[clause]), clause))
    return Table(
        id="clauses",
        title=Said("按条款", "By clause"),
        columns=(
            label("clause", "条款", "clause"),
            Column(id="patients", title=Said("患者数", "patients"), unit="count"),
        ),
        rows=tuple(
            Row(f"{ANYTIME}&patient={','.join(sorted(patients[clause]))}", (clause, len(patients[clause])))
            for clause in order
        ),
    )
