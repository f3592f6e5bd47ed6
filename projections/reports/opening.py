"""From a figure to its acts: the keys that reports give out, asked of the same batches again.

A key is words joined by `&`: `institution=H1&decision=denied&clause=1.day`; ids have neither `&`, `=` nor a comma, so
nothing needs to be escaped. Commas mean any of: `act=S1,S2`.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta

from msgspec import Struct
from msgspec.structs import replace

from projections.mirror.columns import NONE, SESSION, Ints
from projections.reports.document import Document, Table, label
from projections.reports.question import Batch, Question
from projections.reports.view import View

LISTED = label("acts_listed", "治疗记录", "acts")
"""The column of the acts that a row is about."""


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
        for place in view.places(key).tolist():
            yield _line(view, place)


def with_acts(document: Document, batches: Iterable[Batch], question: Question, *, at_most: int = 20) -> Document:
    """The same document, every row of it with the first acts that it is about: `S1@12` is S1 at log position 12.

    Batches are read once, whatever the number of rows, and one of them is held at a time. Raises NotAKey.
    """
    told: dict[str, list[str]] = {row.key: [] for table in document.tables for row in table.rows}
    wanted = list(told)
    for batch in batches:
        view = View(batch, question)
        for key in wanted:
            told[key] += _told(view, view.places(key)[: at_most + 1 - len(told[key])])
        wanted = [key for key in wanted if len(told[key]) <= at_most]
        if not wanted:
            break
    listed = {key: " ".join([*acts[:at_most], *(["…"] if len(acts) > at_most else [])]) for key, acts in told.items()}
    return replace(document, tables=tuple(_listing(table, listed) for table in document.tables))


def _told(view: View, places: Ints) -> list[str]:
    acts, positions = view.rows.acts, view.columns.position
    return [acts[k] if positions[k] == NONE else f"{acts[k]}@{positions[k]}" for k in places.tolist()]


def _listing(table: Table, listed: Mapping[str, str]) -> Table:
    rows = tuple(replace(row, cells=(*row.cells, listed[row.key])) for row in table.rows)
    total = table.total and replace(table.total, cells=(*table.total.cells, None))
    return replace(table, columns=(*table.columns, LISTED), rows=rows, total=total)


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
