"""Timeliness: how long after it happened an act was written down, and whether and when its record was signed.

Source: the notice, 一, "提高治疗记录工作的真实性与时效性", and annex 3 (治疗师签名). It gives no number of hours.
"""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from projections.mirror.columns import Ints
from projections.reports.counting import Counting, Measure, dense_groups, key_of
from projections.reports.document import Cell, Chart, Column, Document, Row, Table, figure, label, rate
from projections.reports.question import Batch, Question
from projections.reports.view import LATE_HOURS, View
from projections.said import Said

PERFORMED = "voided=no"
_SECOND = 1_000_000
_SECONDS_BITS = 40
_ZERO = 1 << (_SECONDS_BITS - 1)
"""Ten thousand years of seconds, forth and back, are below 2**40; that leaves room for eight million groups."""

MEASURES = (
    Measure(figure("acts", "治疗次数", "acts")),
    Measure(figure("written_late", "迟录次数", "written late", opens="written=late")),
    Measure(figure("written_early", "录入早于发生", "written before it happened", opens="written=early")),
    Measure(figure("sessions", "治疗（训练）次数", "sessions", opens="kind=session")),
    Measure(figure("unsigned", "未签名", "unsigned", opens="kind=session&signature=none")),
    Measure(figure("signed_late", "迟签", "signed late", opens="kind=session&signature=late")),
    Measure(
        figure(
            "assessments_unsigned",
            "评定无签名行",
            "assessments without a signature",
            opens="kind=assessment&signature=none",
        )
    ),
)
DELAYS = (
    Column(id="median_hours", title=Said("录入延迟中位数", "median delay"), unit="hours"),
    Column(id="p90_hours", title=Said("录入延迟第90百分位", "90th percentile"), unit="hours"),
    Column(id="max_hours", title=Said("录入延迟最大值", "longest delay"), unit="hours"),
)
UNSIGNED_RATE = Column(id="unsigned_rate", title=Said("未签名率", "unsigned, of sessions"), unit="percent")

NOTES = (
    Said(
        f"延迟为录入时间减发生时间（小时）；超过{LATE_HOURS}小时记为迟录，治疗结束后超过{LATE_HOURS}小时签名记为迟签。通知未规定时限，"
        "此为本系统的界限。",
        f"The delay is the time of writing less the time of happening, in hours. Later than {LATE_HOURS} hours counts "
        f"as late, a signature {LATE_HOURS} hours after the end. The notice names no limit; this one is the project's.",
    ),
    Said(
        "百分位取最近序位（实际发生的值，不内插），精确到秒。作废记录不计。签名指本人（治疗师或评定人之一）的首次签名。",
        "Percentiles are nearest-rank values that occurred, to the second, nothing interpolated. Voided acts are left "
        "out. A signature is the first one by the act's own therapist or one of its assessors.",
    ),
)


class _Delays(NamedTuple):
    """Seconds of delay, and the group of each."""

    seconds: list[Ints]
    groups: list[Ints]


class _Timing:
    """One table: figures counted, and delays kept until all are there, eight bytes an act."""

    def __init__(self, id: str, title: Said, labels: tuple[Column, ...]) -> None:
        self._id, self._title, self._labels = id, title, labels
        self._by = tuple(column.id for column in labels)
        self._counting = Counting(self._by, MEASURES, PERFORMED)
        self._places: dict[tuple[str, ...], int] = {}
        self._delays = _Delays([], [])

    def add(self, view: View) -> None:
        self._counting.add(view)
        places = np.flatnonzero(view.where(PERFORMED))
        code, groups = dense_groups(view, self._by, places)
        numbers = [self._places.setdefault(words, len(self._places)) for words in groups]
        delay = (view.columns.recorded - view.columns.at)[places]
        self._delays.seconds.append(delay // _SECOND)
        self._delays.groups.append(np.array(numbers, np.int64)[code] if numbers else code)

    def rows(self) -> list[Row]:
        if not self._places:
            return []
        # One sort of one number: the group in front, the delay behind.
        packed = np.concatenate(self._delays.seconds) + _ZERO
        packed += np.concatenate(self._delays.groups) << _SECONDS_BITS
        packed.sort()
        begins = np.searchsorted(packed, np.arange(len(self._places) + 1) << _SECONDS_BITS)
        seconds = (packed & ((1 << _SECONDS_BITS) - 1)) - _ZERO
        found = []
        for words, numbers in self._counting.result().items():
            place = self._places[words]
            delays = seconds[begins[place] : begins[place + 1]]
            hours = [_hours(delays, percent) for percent in (50, 90, 100)]
            key = "&".join(part for part in (PERFORMED, key_of(self._by, words)) if part)
            labels: list[Cell] = [word or None for word in words]
            found.append(Row(key, (*labels, *numbers, rate(numbers[4], numbers[3]), *hours)))
        return found

    def table(self, total: Row | None) -> Table:
        columns = (*self._labels, *(measure.column for measure in MEASURES), UNSIGNED_RATE, *DELAYS)
        blank: list[Cell] = [None] * len(self._labels)
        return Table(
            id=self._id,
            title=self._title,
            columns=columns,
            rows=tuple(self.rows()),
            total=None if total is None else Row(total.key, (*blank, *total.cells)),
        )


def _hours(delays: Ints, percent: int) -> float:
    """The nearest-rank percentile of sorted delays, in hours with one decimal."""
    place = -(-len(delays) * percent // 100) - 1
    return round(int(delays[place]) / 3600, 1)


def timeliness(batches: Iterable[Batch], question: Question) -> Document:
    """Delays and signatures by month, institution and therapist."""
    whole = _Timing("whole", Said("合计", "Together"), ())
    tables = (
        _Timing("months", Said("按月", "By month"), (label("month", "月份", "month"),)),
        _Timing("institutions", Said("按机构", "By institution"), (label("institution", "机构", "institution"),)),
        _Timing(
            "therapists",
            Said("按机构和治疗师", "By institution and therapist"),
            (label("institution", "机构", "institution"), label("therapist", "治疗师", "therapist")),
        ),
    )
    for batch in batches:
        view = View(batch, question)
        whole.add(view)
        for table in tables:
            table.add(view)
    together = whole.rows()
    total = together[0] if together else None
    return Document(
        name="timeliness",
        title=Said("记录时效", "Timeliness of records"),
        basis=question.basis(),
        tables=tuple(table.table(total) for table in tables),
        charts=(
            Chart(
                id="months-delay",
                title=Said("各月录入延迟（小时）", "Delay by month, hours"),
                kind="line",
                table="months",
                x="month",
                series=("median_hours", "p90_hours"),
            ),
            Chart(
                id="institutions-unsigned",
                title=Said("各机构未签名与迟签", "Unsigned and signed late, by institution"),
                kind="bar",
                table="institutions",
                x="institution",
                series=("unsigned", "signed_late"),
                most=15,
            ),
        ),
        notes=NOTES,
    )
