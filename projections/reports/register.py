"""The register of acts: every act with its place in the log, so that any of them can be asked for its proof."""

from collections.abc import Iterable

import numpy as np

from projections.mirror.columns import NONE, SESSION, SETTINGS, Ints
from projections.reports.document import Cell, Document, Row, Table, figure, label
from projections.reports.naming import item_name
from projections.reports.question import Batch, Question
from projections.reports.view import HOUR, View
from projections.said import Said

COLUMNS = (
    label("position", "日志位置", "log position", "position"),
    label("act", "编号", "act"),
    label("kind", "类别", "kind"),
    label("day", "日期", "day", "day"),
    label("start", "开始时间（+08:00）", "start (+08:00)"),
    label("institution", "机构", "institution"),
    label("patient", "患者", "patient"),
    label("item", "项目", "item"),
    label("name", "项目名称", "name"),
    label("therapist", "治疗师", "therapist"),
    label("setting", "服务方式", "setting"),
    label("payable", "支付结论", "decision"),
    label("denied_by", "不予支付依据", "denied by"),
    figure("amount_fen", "确认费用", "confirmed fee", "fen"),
    figure("fund_fen", "基金份额", "fund share", "fen"),
)
_EIGHT_HOURS = 8 * HOUR


def register(batches: Iterable[Batch], question: Question, *, at_most: int | None = None) -> Document:
    """Every act by its position in the log; of more than `at_most` the first, and a note says how many there are."""
    count = 0
    rows: list[tuple[int, Row]] = []
    for batch in batches:
        view = View(batch, question)
        places = np.flatnonzero(view.within())
        count += len(places)
        if at_most is not None:
            places = places[np.argsort(view.columns.position[places], kind="stable")[:at_most]]
        rows += _rows(view, places)
        if at_most is not None and len(rows) > at_most:
            rows = sorted(rows, key=lambda one: one[0])[:at_most]
    rows.sort(key=lambda one: (one[0], one[1].cells[1]))
    shown = Said(f"共 {count} 次，列出前 {len(rows)} 次", f"{count} acts, the first {len(rows)} listed")
    return Document(
        name="register",
        title=Said("治疗记录登记表", "Register of acts"),
        basis=question.basis(),
        tables=(
            Table(
                id="acts",
                title=Said("治疗记录", "Acts"),
                columns=COLUMNS,
                rows=tuple(row for _, row in rows),
                note=shown if len(rows) < count else None,
            ),
        ),
        notes=(
            Said(
                "日志位置为开立该记录的那一行在账本中的位置（从1起）。",
                "The log position is that of the line that opens the act, from 1.",
            ),
        ),
    )


def _rows(view: View, places: Ints) -> list[tuple[int, Row]]:
    columns, rows = view.columns, view.rows
    at_home = (columns.at[places] + _EIGHT_HOURS).astype("datetime64[us]")
    starts = np.datetime_as_string(at_home, unit="s")
    names = [item_name(view.question.judge, slug) for slug in rows.items]
    found = []
    for place, start in zip(places.tolist(), starts.tolist(), strict=True):
        position, fee, share = int(columns.position[place]), int(columns.fee[place]), int(columns.fund[place])
        staff, setting = int(columns.staff[place]), int(columns.setting[place])
        item = int(columns.item[place])
        known = position != NONE
        cells: tuple[Cell, ...] = (
            position if known else None,
            rows.acts[place],
            "session" if columns.kind[place] == SESSION else "assessment",
            start[:10],
            start[11:],
            rows.institutions[columns.institution[place]],
            rows.patients[columns.patient[place]],
            rows.items[item],
            names[item],
            rows.practitioners[staff] if staff >= 0 else None,
            SETTINGS[setting - 1] if setting else None,
            "payable" if view.outcome.payable[place] else "denied",
            " ".join(view.patterns.clauses[view.patterns.code[place]]) or None,
            None if fee == NONE else fee,
            None if share == NONE else share,
        )
        key = f"position={position}" if known else f"act={rows.acts[place]}"
        found.append((position, Row(key, cells)))
    return found
