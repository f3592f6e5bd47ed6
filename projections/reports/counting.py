"""Acts counted and money summed by dimensions, batch after batch: what most tables are made of.

Money is exact: integers of any size. A patient is in one batch only, so distinct patients add up.
"""

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

import numpy as np

from projections.mirror.columns import Ints
from projections.reports.document import Cell, Column, Row, Table
from projections.reports.view import View
from projections.said import Said

What = Literal["acts", "fee", "fund", "patients", "therapists", "institutions", "items"]

_NAMED: dict[What, str] = {"therapists": "therapist", "institutions": "institution", "items": "item"}
_LOW = 25
"""Bits. A fee is below 2**50: as two halves of 25 bits, sums over 2**28 acts stay exact in a float of 53 bits."""


class Measure(NamedTuple):
    """A column of figures: what is counted, of the acts that `column.opens` leaves."""

    column: Column
    what: What = "acts"


class Counting:
    """One table's figures, by the words of some dimensions."""

    def __init__(self, by: Sequence[str], measures: Sequence[Measure], where: str = "") -> None:
        self.by = tuple(by)
        self.measures = tuple(measures)
        self._where = where
        self._sums: dict[tuple[str, ...], list[int]] = {}
        self._named: dict[tuple[tuple[str, ...], int], set[str]] = {}

    def add(self, view: View) -> None:
        """A batch more."""
        places, alike, bits = view.alike(
            self._where, tuple(dict.fromkeys(one.column.opens or "" for one in self.measures))
        )
        if not len(places):
            return
        code, groups = dense_groups(view, self.by, places)
        for words in groups:
            self._sums.setdefault(words, [0] * len(self.measures))
        kinds = bits.shape[1]
        of = code * kinds + alike
        size = len(groups) * kinds
        sums: dict[What, tuple[Ints, Ints]] = {}
        opens = list(dict.fromkeys(one.column.opens or "" for one in self.measures))
        for k, (column, what) in enumerate(self.measures):
            kept = bits[opens.index(column.opens or "")]
            if what == "patients" or what in _NAMED:
                some = kept[alike]
                self._distinct(view, k, places[some], code[some], groups)
                continue
            if what not in sums:
                sums[what] = _halves(view, what, places, of, size)
            high, low = (half.reshape(-1, kinds) @ kept for half in sums[what])
            for words, number in zip(groups, _joined(high, low), strict=True):
                self._sums[words][k] += number

    def _distinct(self, view: View, k: int, rows: Ints, of: Ints, groups: Sequence[tuple[str, ...]]) -> None:
        """Patients add up over batches; what else is counted once can be in several, so by its name."""
        what = self.measures[k].what
        codes, words = view.dimension(_NAMED.get(what, "patient"))
        pairs = _pairs(of, codes[rows], len(groups), len(words))
        if what == "patients":
            for group, count in enumerate(np.bincount(pairs // len(words), minlength=len(groups)).tolist()):
                self._sums[groups[group]][k] += count
            return
        for pair in pairs.tolist():
            group, place = divmod(pair, len(words))
            if words[place]:
                self._named.setdefault((groups[group], k), set()).add(words[place])

    def result(self) -> dict[tuple[str, ...], list[int]]:
        """The figures of every group that has acts, by its words, in order."""
        for (words, k), names in self._named.items():
            self._sums[words][k] = len(names)
        return dict(sorted(self._sums.items()))

    def only(self) -> list[int]:
        """The figures of a counting by nothing: zeros where there is no act."""
        return self.result().get((), [0] * len(self.measures))


def key_of(by: Iterable[str], words: Iterable[str]) -> str:
    """The key of a group."""
    return "&".join(f"{name}={word}" for name, word in zip(by, words, strict=True))


class Tabling:
    """A table counted: a row for each group, and a total counted beside it."""

    def __init__(
        self,
        id: str,
        title: Said,
        labels: Sequence[Column],
        measures: Sequence[Measure],
        *,
        where: str = "",
        note: Said | None = None,
    ) -> None:
        """The ids of `labels` are dimensions; `where` is a key, of the acts that the table is about."""
        self._id, self._title, self._labels, self._note, self._where = id, title, tuple(labels), note, where
        self._groups = Counting([label.id for label in labels], measures, where)
        self._total = Counting([], measures, where)
        self._columns = tuple(measure.column for measure in measures)

    def add(self, view: View) -> None:
        """A batch more."""
        self._groups.add(view)
        self._total.add(view)

    def table(self) -> Table:
        """All that was counted."""
        rows = []
        for words, numbers in self._groups.result().items():
            key = "&".join(part for part in (self._where, key_of(self._groups.by, words)) if part)
            shown: list[Cell] = [word or None for word in words]
            rows.append(Row(key, (*shown, *numbers)))
        blank: list[Cell] = [None] * len(self._labels)
        total = Row(self._where, (*blank, *self._total.only()))
        columns = (*self._labels, *self._columns)
        return Table(id=self._id, title=self._title, columns=columns, rows=tuple(rows), total=total, note=self._note)


def dense_groups(view: View, by: Sequence[str], places: Ints) -> tuple[Ints, list[tuple[str, ...]]]:
    """A dense number for each act, and the words that each number stands for."""
    code = np.zeros(len(places), np.int64)
    sizes: list[int] = []
    for name in by:
        codes, words = view.dimension(name)
        code = code * len(words) + codes[places]
        sizes.append(len(words))
    room = 1
    for size in sizes:
        room *= size
    if room <= max(1 << 20, 2 * len(places)):
        seen = np.bincount(code, minlength=room) > 0
        found = np.flatnonzero(seen)
        code = (np.cumsum(seen) - 1)[code]
    else:
        found, code = np.unique(code, return_inverse=True)
    groups = []
    for packed in found.tolist():
        words_of: list[str] = []
        for name, size in zip(reversed(by), reversed(sizes), strict=True):
            packed, place = divmod(packed, size)
            words_of.append(view.dimension(name).words[place])
        groups.append(tuple(reversed(words_of)))
    return code, groups


def _halves(view: View, what: What, places: Ints, of: Ints, size: int) -> tuple[Ints, Ints]:
    """Sums by group, in two halves: of counts there is only the lower one."""
    if what == "acts":
        counts = np.bincount(of, minlength=size).astype(np.float64)
        return np.zeros(size), counts
    money = np.maximum((view.columns.fee if what == "fee" else view.columns.fund)[places], 0)  # NONE adds nothing
    high = np.bincount(of, weights=money >> _LOW, minlength=size)
    return high, np.bincount(of, weights=money & ((1 << _LOW) - 1), minlength=size)


def _joined(high: Ints, low: Ints) -> list[int]:
    if not high.any():
        whole: list[int] = low.astype(np.int64).tolist()
        return whole
    return [(int(a) << _LOW) + int(b) for a, b in zip(high.tolist(), low.tolist(), strict=True)]


def _pairs(of: Ints, codes: Ints, groups: int, words: int) -> Ints:
    """The pairs of a group and a word that there are, each once, as one number: `group * words + word`."""
    pairs = of * words + codes
    if groups * words > max(1 << 26, 8 * len(pairs)):
        found: Ints = np.unique(pairs)
        return found
    seen = np.zeros(groups * words, bool)
    seen[pairs] = True
    return np.flatnonzero(seen)
