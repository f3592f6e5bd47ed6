"""From a figure to its acts: the keys that reports give out, asked of the same batches again.

A key is words joined by `&`: `institution=H1&decision=denied&clause=1.day`; ids have neither `&`, `=` nor a comma, so
nothing needs to be escaped. Commas mean any of: `act=S1,S2`.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import islice

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from projections.mirror.columns import NONE, SESSION
from projections.reports.document import Document, Table, label
from projections.reports.question import Batch, Question
from projections.reports.view import View


class ActLine(Struct, frozen=True, kw_only=True):
    """One act behind a figure. `position`: of the line in the log that opens it, from 1; None where none is known."""

    act: str
    kind: str
    position: int | None
    patient: str
    item: str
    institution: str
    day: date
    payable: bool
    denied_by: tuple[str, ...]
    fee_fen: int | None


def acts_of(key: str, batches: Iterable[Batch], question: Question) -> Iterator[ActLine]:
    """The acts that a key means, within the question's filter: patient by patient, in the order of judging.

    The key of a figure is `document.figure_key(row, column)`; a row's own key means all of the row. Raises NotAKey.
    """
    for batch in batches:
        view = View(batch, question)
        mask = view.where(key) if key else view.within()
        for place in np.flatnonzero(mask).tolist():
            yield _line(view, place)


def with_acts(document: Document, batches: Iterable[Batch], question: Question, *, at_most: int = 20) -> Document:
    """The same document, every row of it with the first acts that it is about: `S1@12` is S1 at log position 12."""
    kept = list(batches)
    return replace(document, tables=tuple(_listing(table, kept, question, at_most) for table in document.tables))


def _listing(table: Table, batches: list[Batch], question: Question, at_most: int) -> Table:
    rows = []
    for row in table.rows:
        lines = list(islice(acts_of(row.key, batches, question), at_most + 1))
        told = [line.act if line.position is None else f"{line.act}@{line.position}" for line in lines[:at_most]]
        more = ["…"] if len(lines) > at_most else []
        rows.append(replace(row, cells=(*row.cells, " ".join(told + more))))
    total = table.total and replace(table.total, cells=(*table.total.cells, None))
    columns = (*table.columns, label("acts_listed", "治疗记录", "acts"))
    return replace(table, columns=columns, rows=tuple(rows), total=total)


def _line(view: View, place: int) -> ActLine:
    columns, rows = view.columns, view.rows
    fee, position = int(columns.fee[place]), int(columns.position[place])
    return ActLine(
        act=rows.acts[place],
        kind="session" if columns.kind[place] == SESSION else "assessment",
        position=None if position == NONE else position,
        patient=rows.patients[columns.patient[place]],
        item=rows.items[columns.item[place]],
        institution=rows.institutions[columns.institution[place]],
        day=date(1970, 1, 1) + timedelta(int(columns.day[place])),
        payable=bool(view.outcome.payable[place]),
        denied_by=view.patterns.clauses[view.patterns.code[place]],
        fee_fen=None if fee == NONE else fee,
    )
