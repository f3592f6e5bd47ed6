"""The register of acts: every act with its place in the log, so that any of them can be asked for its proof."""

from collections.abc import Iterable, Sequence
from operator import itemgetter

import numpy as np
from msgspec.structs import replace

from projections.mirror.columns import NONE, SESSION, SETTINGS, Ints
from projections.reports.document import Cell, Document, Row, Streamed, Table, figure, label
from projections.reports.naming import item_name
from projections.reports.opening import LISTED
from projections.reports.question import Batch, Question
from projections.reports.sorting import Placed, Sorting
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
_RUN = 20_000
"""Acts whose rows are made at once."""
SHOWN = 5_000
"""Acts of a register that somebody reads: of more, programs read the rest."""


def register(
    batches: Iterable[Batch], question: Question, *, at_most: int | None = None, listed: bool = False
) -> Document:
    """Every act by its position in the log; of more than `at_most` the first, and a note says how many there are.

    `listed`: each with its act and place in one cell more, as `opening.with_acts` puts it.
    """
    count = 0
    found: list[Placed] = []
    for batch in batches:
        view = View(batch, question)
        places = np.flatnonzero(view.within())
        count += len(places)
        if at_most is not None:
            places = places[np.argsort(view.columns.position[places], kind="stable")[:at_most]]
        found += _rows(view, places, listed)
        if at_most is not None and len(found) > at_most:
            found = sorted(found, key=itemgetter(0, 1))[:at_most]
    found.sort(key=itemgetter(0, 1))
    document = _document(question, [row for _, _, row in found], listed)
    if len(found) == count:
        return document
    shown = Said(
        f"共 {count:,} 次，列出前 {len(found):,} 次；全部见 CSV、NDJSON 或 JSON",
        f"{count:,} acts, the first {len(found):,} listed; CSV, NDJSON and JSON have them all",
    )
    return replace(document, tables=(replace(document.tables[0], note=shown),))


def streamed(batches: Iterable[Batch], question: Question, *, listed: bool = False) -> Streamed:
    """The same of every act, however many: not all of them are held at once. The batches are read before this
    returns.
    """
    rows = Sorting()
    for batch in batches:
        view = View(batch, question)
        places = np.flatnonzero(view.within())
        for k in range(0, len(places), _RUN):
            rows.add(_rows(view, places[k : k + _RUN], listed))
    return Streamed(_document(question, [], listed), iter(rows))


def _document(question: Question, rows: Sequence[Row], listed: bool) -> Document:
    return Document(
        name="register",
        title=Said("治疗记录登记表", "Register of acts"),
        basis=question.basis(),
        tables=(
            Table(
                id="acts",
                title=Said("治疗记录", "Acts"),
                columns=(*COLUMNS, LISTED) if listed else COLUMNS,
                rows=tuple(rows),
            ),
        ),
        notes=(
            Said(
                "日志位置为开立该记录的那一行在账本中的位置（从1起）。",
                "The log position is that of the line that opens the act, from 1.",
            ),
        ),
    )


def _rows(view: View, places: Ints, listed: bool) -> list[Placed]:
    columns, rows = view.columns, view.rows
    at_home = (columns.at[places] + _EIGHT_HOURS).astype("datetime64[us]")
    names = [item_name(view.question.judge, slug) for slug in rows.items]
    denied_by = [" ".join(clauses) or None for clauses in view.patterns.clauses]
    of_each = zip(
        places.tolist(),
        np.datetime_as_string(at_home, unit="s").tolist(),
        view.outcome.payable[places].tolist(),
        view.patterns.code[places].tolist(),
        *(
            getattr(columns, name)[places].tolist()
            for name in ("position", "kind", "institution", "patient", "item", "staff", "setting", "fee", "fund")
        ),
        strict=True,
    )
    found: list[Placed] = []
    for place, start, payable, code, position, kind, institution, patient, item, staff, setting, fee, share in of_each:
        act, known = rows.acts[place], position != NONE
        cells: tuple[Cell, ...] = (
            position if known else None,
            act,
            "session" if kind == SESSION else "assessment",
            start[:10],
            start[11:],
            rows.institutions[institution],
            rows.patients[patient],
            rows.items[item],
            names[item],
            rows.practitioners[staff] if staff >= 0 else None,
            SETTINGS[setting - 1] if setting else None,
            "payable" if payable else "denied",
            denied_by[code],
            None if fee == NONE else fee,
            None if share == NONE else share,
        )
        if listed:
            cells += (f"{act}@{position}" if known else act,)
        found.append((position, act, Row(f"position={position}" if known else f"act={act}", cells)))
    return found
