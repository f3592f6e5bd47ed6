"""Where in a chart a mistake fits: days on which one more act of a row would otherwise be payable."""

from collections.abc import Iterator
from datetime import date

from api.demo.chart import Chart
from api.demo.sessions import COUNTED
from api.demo.visit import Done, Place, Slip
from api.demo.workdays import is_workday

DAY_CAPS = {1: 2, 5: 2, 7: 2, 43: 2, 25: 1}
LIMB_ROWS = (2, 3, 4)
_SPANS = {**dict.fromkeys((1, 2, 4, 5, 6, 7, 8, 14, 18, 19, 23, 24, 39, 42, 43), 365), 17: 180, 40: 180}


def visits(chart: Chart) -> Iterator[Done]:
    """The chart's payable sessions, from a place in it that the dice choose, round."""
    return _round(chart, [done for done in chart.paid if done.slip])


def examinations(chart: Chart) -> Iterator[Done]:
    """The chart's payable assessments, likewise."""
    return _round(chart, [done for done in chart.paid if not done.slip])


def _round(chart: Chart, acts: list[Done]) -> Iterator[Done]:
    """All of them, from one that the dice choose."""
    start = chart.scene.dice.below(len(acts)) if acts else 0
    yield from acts[start:]
    yield from acts[:start]


def in_span(chart: Chart, number: int, day: int) -> bool:
    """Whether the day lies within the row's span, or the row has not begun."""
    return day - chart.first_paid.get(number, day) < _SPANS.get(number, 400_000)


def clean(chart: Chart, number: int, day: int) -> bool:
    """Whether one more act of the row on that day, whatever its place, breaks no clause of the row.

    Rows with counters of their own are never clean.
    """
    if number in COUNTED or number == 8 or not chart.indicated(number) or not in_span(chart, number, day):
        return False
    if number in DAY_CAPS and chart.count(day, number) >= DAY_CAPS[number]:
        return False
    if number == 1:
        return not chart.count(day, *LIMB_ROWS)
    return number not in LIMB_ROWS or not chart.count(day, 1)


def temporary(
    chart: Chart, day: int, slug: str, place: Place, *, physician: str | None = None, minute: int = 468
) -> Slip:
    """临时医嘱: a sheet of that day for one session."""
    on = date.fromordinal(day)
    return chart.prescribe(on, on, place.institution, [(slug, 1, 1, 1)], physician=physician, minute=minute)[0]


def later_day(chart: Chart, done: Done, days: int) -> bool:
    """Whether the patient could be treated at the same place so many days after the act."""
    day = done.day + days
    on = date.fromordinal(day)
    if on.year > 2021 or not is_workday(on) or not done.place.institution.open_on(on):
        return False
    return done.place.stay is None or day <= chart.stay_ends.get(done.place.stay, day)
