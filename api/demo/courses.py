"""A course of treatment: days, sheets, sessions and the assessments between them, all of it payable.

A sheet covers four weeks; half of the sheets order exactly what is planned, the others a few times more.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from api.demo.chart import Chart
from api.demo.corrections import correct_remark
from api.demo.examinations import assess, due
from api.demo.sessions import hold_session
from api.demo.texts import stage_summary
from api.demo.visit import Place, Slip
from api.demo.workdays import instant, workdays
from ledger.treatment.facts import PrescriptionIssued, PrescriptionStopped, StageSummaryWritten

SHEET_DAYS = 28
EVERY_DAY = (0, 1, 2, 3, 4, 5)
MWF, TTS, TT, MW = (0, 2, 4), (1, 3, 5), (1, 3), (0, 2)


class Regime(NamedTuple):
    """A training on these weekdays (0 = Monday), so many times a day, for so many days from the course's start."""

    slug: str
    weekdays: tuple[int, ...]
    per_day: int = 1
    days: int = 400


class Check(NamedTuple):
    """An assessment, again every so many days (≥ 14; monthly for the ADL assessment, whatever it says)."""

    slug: str
    every: int = 28


def course(
    chart: Chart, place: Place, first: date, last: date, regimes: Sequence[Regime], checks: Sequence[Check] = ()
) -> None:
    """Treats from first to last on working days (Saturdays too in hospital) while the institution is open."""
    dice = chart.scene.dice
    saturdays = place.setting == "inpatient"
    days = [day for day in workdays(first, last, saturdays) if place.institution.open_on(day)]
    while days:
        end = days[0] + timedelta(days=SHEET_DAYS)
        sheet_days = [day for day in days if day < end]
        days = days[len(sheet_days) :]
        spare = 0 if dice.chance(0.5) else dice.between(2, 4)
        planned: list[tuple[Regime, set[date]]] = []
        for regime in regimes:
            stops = first + timedelta(days=regime.days)
            on = {day for day in sheet_days if day.weekday() in regime.weekdays and day < stops}
            if on:
                planned.append((regime, on))
        if not planned:
            break
        lines = [
            (regime.slug, len(on) * regime.per_day + spare, len(regime.weekdays), regime.per_day)
            for regime, on in planned
        ]
        until = sheet_days[-1] + timedelta(days=dice.between(1, 4))
        slips = chart.prescribe(sheet_days[0], until, place.institution, lines)
        sheet = chart.scene.facts[-1]
        if isinstance(sheet, PrescriptionIssued) and sheet.remark is None and dice.chance(0.02):
            correct_remark(chart, sheet.prescription, "避免右侧负重", sheet.physician, sheet.at)
        held = 0
        for day in sheet_days:
            held += _treat(chart, day.toordinal(), place, planned, slips, day, checks)
        summarize(chart, sheet_days[-1], place, held)
        if not days and dice.chance(0.25):
            _stop(chart, slips[0], sheet_days[-1])


def _treat(
    chart: Chart,
    ordinal: int,
    place: Place,
    planned: list[tuple[Regime, set[date]]],
    slips: list[Slip],
    day: date,
    checks: Sequence[Check],
) -> int:
    """One day: assessments that are due, then the sessions; how many were held."""
    held = 0
    for check in checks:
        if due(chart, check.slug, ordinal, place, check.every):
            begun = any(done.slug == check.slug for done in chart.paid)
            assess(chart, ordinal, check.slug, place, "improved" if begun else "baseline")
    for (regime, on), slip in zip(planned, slips, strict=True):
        if day in on:
            for _ in range(regime.per_day):
                held += hold_session(chart, ordinal, slip, place) is not None
    return held


def summarize(chart: Chart, day: date, place: Place, sessions: int) -> None:
    """阶段小结 at the end of that day."""
    chart.summaries += 1  # two courses may end on one day, and equal lines are one line
    team = chart.scene.assessors(place.institution.id)
    writer = next(p for n in range(len(team)) if (p := team[(chart.number + n) % len(team)]).last >= day.toordinal())
    chart.scene.facts.append(
        StageSummaryWritten(
            at=instant(day, 1006 + chart.summaries % 4, chart.number % 60),
            patient=chart.id,
            episode=chart.episode,
            practitioner=writer.id,
            text=stage_summary(chart.scene.dice, sessions),
        )
    )


def _stop(chart: Chart, slip: Slip, day: date) -> None:
    """The physician stops the last sheet when the course is over; nothing is done on it any more."""
    slip.last = min(slip.last, day.toordinal())
    chart.scene.facts.append(PrescriptionStopped(at=instant(day, 1012), prescription=slip.sheet, reason="疗程结束"))
