"""Stroke, treated past the year that the rows allow: the extension in time, late, without progress, or not at all."""

from datetime import date, timedelta
from typing import NamedTuple

from api.demo.chart import Chart
from api.demo.conditions.admission import fell_ill, last_day, outpatient, patient
from api.demo.conditions.stroke import MOTOR
from api.demo.courses import MW, SHEET_DAYS, Check, Regime, course, summarize
from api.demo.examinations import assess
from api.demo.scene import Scene
from api.demo.sessions import hold_session
from api.demo.visit import Place, Slip
from api.demo.workdays import anniversary, next_workday, workdays
from ledger.treatment.values import Outcome


class Extension(NamedTuple):
    """A comprehensive assessment so many days after the year is over, with what it says."""

    days: int
    outcome: Outcome

    @property
    def counts(self) -> bool:
        """Whether it extends: dated after the limit, and improved."""
        return self.days >= 0 and self.outcome == "improved"


_EXTENSIONS = (
    Extension(0, "improved"),
    None,
    Extension(21, "improved"),
    Extension(0, "unchanged"),
    Extension(-10, "improved"),
)
_SLUGS = ("hemiplegia-limb-training", "balance-training")
_TEN = "comprehensive-rehabilitation-assessment"


def over_a_year(scene: Scene, number: int, turn: int) -> Chart:
    """Begun in 2020, treated past the year: extended in time, late, not at all, without progress, or too early."""
    dice = scene.dice
    chart = patient(scene, number, 50, 80)
    begun = workdays(date(2020, 3, 9) + timedelta(days=dice.below(250)), date(2020, 12, 31))
    first = next(day for day in begun if day.weekday() in MW)
    place = outpatient(chart, dice.pick((scene.houses.general, scene.houses.rehabilitation, scene.houses.tcm)), first)
    fell_ill(chart, place, first, "I69.3", "脑卒中后遗症，偏瘫", dice.between(30, 90), **MOTOR)
    limit = anniversary(first)
    regimes = [Regime(slug, MW) for slug in _SLUGS]
    course(chart, place, first, limit - timedelta(days=1), regimes, [Check("balance-test", 42)])
    extension = _EXTENSIONS[turn % len(_EXTENSIONS)]
    assessed = next_workday(limit + timedelta(days=extension.days)) if extension else None
    if extension and assessed and assessed < limit:
        assess(chart, assessed.toordinal(), _TEN, place, extension.outcome)
    _past_the_limit(chart, place, limit, extension, assessed)
    return chart


def _past_the_limit(
    chart: Chart, place: Place, limit: date, extension: Extension | None, assessed: date | None
) -> None:
    """Five weeks after the limit, or ten if the extension counts; what is not extended is denied."""
    last = last_day(limit, 70 if extension and extension.counts else 35)
    slips: list[Slip] = []
    until = limit
    held = 0
    extended = False
    days = [day for day in workdays(limit, last) if day.weekday() in MW or day == assessed]
    for day in days:
        if day >= until:
            until = day + timedelta(days=SHEET_DAYS)
            slips = chart.prescribe(day, until, place.institution, [(slug, 12, 2, 1) for slug in _SLUGS])
        slot = None
        if extension and day == assessed:
            slot = assess(chart, day.toordinal(), _TEN, place, extension.outcome)
            extended = extension.counts and slot is not None
        after = -1 if slot is None else slot
        for slip in slips:
            # Each row's span counts from its own first paid act.
            over = not extended and day >= anniversary(date.fromordinal(chart.first_paid[slip.number]))
            denied = (f"{slip.number}.span",) if over else ()
            story = "past the year without an assessment that shows improvement" if over else ""
            on = day.toordinal()
            held += hold_session(chart, on, slip, place, after=after, early=0, denied=denied, story=story) is not None
    summarize(chart, days[-1], place, held)
