"""Gains and losses summed up: in acts and money, by item, institution, month, patient and clause."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec
import numpy as np

from projections.mirror.columns import EVIDENCE, NONE, Ints, Rows
from projections.preview.comparing import Comparison, Decide, compare
from projections.preview.telling import Change, Telling
from projections.rebuild.failing import failing_clauses, rulebook_places
from projections.rebuild.judging import Outcome
from projections.rules.judge import Judge
from projections.rules.register import Institution

Within = Callable[[Rows], Ints]
"""The acts that are asked for, as a mask over the rows."""


class Moved(msgspec.Struct, kw_only=True, gc=False):
    """Acts that a change moves one way; `amount_fen` sums the confirmed fees, `without_fee` counts those without."""

    acts: int = 0
    amount_fen: int = 0
    without_fee: int = 0

    def add(self, acts: int, amount_fen: int, without_fee: int) -> None:
        """So many more."""
        self.acts += acts
        self.amount_fen += amount_fen
        self.without_fee += without_fee


class Line(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One item, institution, month or patient: what it gains and what it loses."""

    key: str
    gained: Moved
    lost: Moved


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """What a change does. `judged` acts are those of the patients whom it can reach; all others stay as they are.

    Where only some acts were asked for, what moves is summed and told of these alone; `acts`, `patients`, `judged` and
    `patients_judged` count all that there are.
    """

    acts: int
    patients: int
    judged: int
    patients_judged: int
    patients_moved: int
    gained: Moved
    lost: Moved
    by_item: tuple[Line, ...]
    by_institution: tuple[Line, ...]
    by_month: tuple[Line, ...]
    by_patient: tuple[Line, ...]
    by_clause: tuple[Line, ...]
    changes: tuple[Change, ...]


def preview(
    now: Judge,
    then: Judge,
    batches: Iterable[Rows],
    institutions: Mapping[str, Institution],
    *,
    told: int = 1_000,
    decide: Decide | None = None,
    before: Iterable[Outcome] | None = None,
    within: Within | None = None,
) -> Preview:
    """Judge under both, and sum up. The first `told` acts that move are told one by one, without their ids where the
    batches have none: by patient, and of each in the order of judging. No patient is in two batches. `decide` and
    `before`, and what is raised: as `compare` has them.

    `within`: only these of the acts that move are summed and told. All are judged: what is counted does not end where
    somebody stops looking.
    """
    sums = _Sums(now, then, told)
    for comparison in compare(now, then, batches, institutions, decide=decide, before=before):
        sums.add(comparison if within is None else _only(comparison, within))
    return sums.result()


def _only(found: Comparison, within: Within) -> Comparison:
    """The same, but that these acts alone move."""
    if not len(found.gained) + len(found.lost):
        return found
    asked = within(found.rows)
    return found._replace(gained=found.gained[asked[found.gained]], lost=found.lost[asked[found.lost]])


_Lines = dict[str, tuple[Moved, Moved]]


class _Sums:
    def __init__(self, now: Judge, then: Judge, told: int) -> None:
        self._sides = (now, then)
        self._counts = [0, 0, 0, 0]
        self._total = (Moved(), Moved())
        names = ("item", "institution", "month", "patient", "clause")
        self._by: dict[str, _Lines] = {name: defaultdict(lambda: (Moved(), Moved())) for name in names}
        self._telling = Telling(now, then, told)

    def add(self, found: Comparison) -> None:
        """A batch more."""
        rows, columns = found.rows, found.rows.columns
        is_act = columns.kind != EVIDENCE
        judged = int(np.count_nonzero(is_act & found.reached[columns.patient]))
        counts = (int(np.count_nonzero(is_act)), len(rows.patients), judged, int(np.count_nonzero(found.reached)))
        for k, count in enumerate(counts):
            self._counts[k] += count
        if len(found.gained) + len(found.lost):
            self._moves(rows, np.concatenate([found.gained, found.lost]), len(found.gained))
        for way, (places, outcome) in enumerate(((found.gained, found.now), (found.lost, found.then))):
            if len(places):
                self._clauses(way, places, outcome, rows)
        self._telling.add(found)

    def _moves(self, rows: Rows, places: Ints, gains: int) -> None:
        """The acts that move, those that gain first."""
        columns = rows.columns
        ways = np.repeat([0, 1], [gains, len(places) - gains])
        fees = columns.fee[places]
        months = columns.day[places].astype("datetime64[D]").astype("datetime64[M]")
        begin, end = months.min(), months.max() + 1
        self._add("item", ways, columns.item[places], fees, rows.items)
        self._add("institution", ways, columns.institution[places], fees, rows.institutions)
        self._add("patient", ways, columns.patient[places], fees, rows.patients)
        self._add("month", ways, (months - begin).astype(int), fees, [str(one) for one in np.arange(begin, end)])
        for way, total in enumerate(self._total):
            total.add(*_sum(fees[ways == way]))

    def _add(self, name: str, ways: Ints, keys: Ints, fees: Ints, words: Sequence[str]) -> None:
        """So many acts and so much money more, of each word that the keys number."""
        cells = 2 * keys.astype(np.int64) + ways
        known, count = fees != NONE, 2 * len(words)
        acts, without = np.bincount(cells, minlength=count), np.bincount(cells[~known], minlength=count)
        amounts = np.zeros(count, np.int64)
        np.add.at(amounts, cells[known], fees[known])
        lines, met = self._by[name], np.flatnonzero(acts)
        for cell, *more in zip(*(one.tolist() for one in (met, acts[met], amounts[met], without[met])), strict=True):
            lines[words[cell >> 1]][cell & 1].add(*more)

    def _clauses(self, way: int, places: Ints, outcome: Outcome, rows: Rows) -> None:
        """By every clause that denies the act on the side where it is denied. Acts that fail alike are named once."""
        columns, items = rows.columns, len(rows.items)
        asked = columns._replace(day=columns.day[places], opened=columns.opened[places])
        books, fees = rulebook_places(self._sides[way], asked), columns.fee[places]
        alike = ((books + 1) * items + columns.item[places]) << 32 | outcome.fails[places].astype(np.int64)
        for one in np.unique(alike).tolist():
            book, item = divmod(one >> 32, items)
            of_these = _sum(fees[alike == one])
            for clause in failing_clauses(self._sides[way], book - 1, rows.items[item], one & 0xFFFFFFFF):
                self._by["clause"][clause][way].add(*of_these)

    def result(self) -> Preview:
        """Everything so far."""
        acts, patients, judged, patients_judged = self._counts
        lines = {
            name: tuple(Line(key=key, gained=gained, lost=lost) for key, (gained, lost) in found.items())
            for name, found in self._by.items()
        }
        most = {
            name: tuple(sorted(found, key=lambda line: (-_money(line), -_acts(line), line.key)))
            for name, found in lines.items()
        }
        return Preview(
            acts=acts,
            patients=patients,
            judged=judged,
            patients_judged=patients_judged,
            patients_moved=len(lines["patient"]),
            gained=self._total[0],
            lost=self._total[1],
            by_item=most["item"],
            by_institution=most["institution"],
            by_month=tuple(sorted(lines["month"], key=lambda line: line.key)),
            by_patient=most["patient"],
            by_clause=most["clause"],
            changes=tuple(self._telling.changes),
        )


def _sum(fees: Ints) -> tuple[int, int, int]:
    known = fees[fees != NONE]
    return len(fees), int(known.sum()), len(fees) - len(known)


def _money(line: Line) -> int:
    return line.gained.amount_fen + line.lost.amount_fen


def _acts(line: Line) -> int:
    return line.gained.acts + line.lost.acts
