"""Courses whose rows count paid days: wheelchair, vocational and daily-living training, and children's months.

These keep their own counters, and say themselves which acts lie past the limit: those are planted mistakes.
"""

from collections.abc import Sequence
from datetime import date

from api.demo.chart import Chart
from api.demo.courses import SHEET_DAYS, summarize
from api.demo.examinations import assess, due
from api.demo.sessions import hold_session
from api.demo.visit import Place

BLOCK_DAYS = 14  # clause 21.gate
_TOLD = {
    "3.child": "grown up, treated as a child",
    "3.proof": "seven and more, and nothing assessed",
    "3.year": "more months than the year allows",
    "17.span": "past 180 days",
    "22.age": "past the statutory age",
    "25.age": "older than six",
    "40.span": "past 180 days",
}


def limited_course(
    chart: Chart, place: Place, slug: str, days: Sequence[date], limit: int, clause: str, *, group_every: int = 0
) -> None:
    """One session on each of the days; past `limit` paid days they are denied by `clause`.

    With `group_every` = n every n-th session is in a group, never the first.
    """
    used = 0
    for first in range(0, len(days), SHEET_DAYS):
        sheet_days = days[first : first + SHEET_DAYS]
        (slip,) = chart.prescribe(sheet_days[0], sheet_days[-1], place.institution, [(slug, len(sheet_days), 3, 1)])
        for day in sheet_days:
            group = group_every > 0 and used > 0 and (used + 1) % group_every == 0
            denied = (clause,) if used >= limit else ()
            story = _TOLD.get(clause, f"more than {limit} paid days") if denied else ""
            held = hold_session(
                chart, day.toordinal(), slip, place, denied=denied, story=story, mode="group" if group else "individual"
            )
            used += held is not None and not denied
        summarize(chart, sheet_days[-1], place, len(sheet_days))


def daily_living_course(chart: Chart, place: Place, days: Sequence[date], limits: Sequence[int], gate: str) -> None:
    """Daily-living training with its assessments: before the 15th day, the 29th … one must show improvement.

    `limits` has the tier's limit for each of the days. `gate` says what goes wrong at the second gate: "" nothing,
    "late" the assessment comes two days late, "unchanged" a first one shows no improvement.
    """
    used = in_block = blocks = waiting = 0
    for first in range(0, len(days), SHEET_DAYS):
        sheet_days = days[first : first + SHEET_DAYS]
        (slip,) = chart.prescribe(
            sheet_days[0], sheet_days[-1], place.institution, [("adl-training", len(sheet_days), 5, 1)]
        )
        for n, day in enumerate(sheet_days, first):
            ordinal, slot, denied, story = day.toordinal(), -1, "", ""
            charged = due(chart, "adl-assessment", ordinal, place, 14)
            if not chart.paid:
                assess(chart, ordinal, "adl-assessment", place, "baseline", serves="adl-training")
            if used >= limits[n]:
                denied, story = "21.days", f"more than {limits[n]} days of daily-living training"
            elif in_block == BLOCK_DAYS:
                stuck = gate if blocks == 1 and waiting < 2 else ""
                if stuck == "unchanged" and waiting == 0:
                    slot = _scale(chart, ordinal, place, "unchanged", charged)
                if stuck:
                    waiting += 1
                    denied, story = "21.gate", "fourteen days without a scale that shows improvement"
                else:
                    slot = _scale(chart, ordinal, place, "improved", charged)
                    in_block, blocks = 0, blocks + 1
            held = hold_session(
                chart, ordinal, slip, place, after=slot, early=0, denied=(denied,) if denied else (), story=story
            )
            if held and not denied:
                used, in_block = used + 1, in_block + 1
        summarize(chart, sheet_days[-1], place, len(sheet_days))


def _scale(chart: Chart, day: int, place: Place, outcome: str, charged: bool) -> int:
    """The scale that opens the gate, charged when the month has room for one; its place in the day."""
    slot = assess(chart, day, "adl-assessment", place, outcome, charged=charged, serves="adl-training")  # type: ignore[arg-type]
    return -1 if slot is None else slot


def months_from(first: date, months: int, days: Sequence[date]) -> tuple[list[date], list[date]]:
    """Those of the days in the first so many calendar months from `first` on, and the rest."""
    last = first.month + months - 1
    return [day for day in days if day.month <= last], [day for day in days if day.month > last]


def every_other(days: Sequence[date], weekdays: Sequence[int]) -> list[date]:
    """Those of the days on the weekdays."""
    return [day for day in days if day.weekday() in weekdays]
