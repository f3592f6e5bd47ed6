"""How a patient comes in: ages, first days, files, stays and episodes, the same for every condition."""

from datetime import date, timedelta
from typing import Any

from api.demo.chart import Chart
from api.demo.corrections import correct_birthday
from api.demo.dice import Dice
from api.demo.institutions import Institution
from api.demo.scene import Scene
from api.demo.visit import Place
from api.demo.workdays import FIRST_DAY, LAST_DAY, instant, next_workday
from ledger.treatment.values import EmploymentCategory, Setting, Sex

_FLAW_RATES = (0.0, 0.02, 0.04, 0.06, 0.14)  # how carelessly a patient's sessions are recorded


def patient(scene: Scene, number: int, youngest: int, oldest: int) -> Chart:
    """Somebody who is so old all through 2021; grown women are workers, cadres, or not recorded as either."""
    dice = scene.dice
    sex: Sex = "female" if dice.chance(0.5) else "male"
    category: EmploymentCategory | None = None
    if sex == "female" and youngest >= 18:
        category = dice.pick(("worker", "cadre", None))
    # Born in January, so that the age on the first day of treatment is the age all year; children need that.
    born = date(2021 - dice.between(youngest, oldest), 1, 1 + dice.below(3))
    chart = Chart(scene, number, sex, born, category)
    chart.flaw_rate = dice.pick(_FLAW_RATES)
    return chart


def first_day(dice: Dice, latest_month: int, earliest: date = FIRST_DAY) -> date:
    """A working day, from the earliest to the end of the latest month."""
    last = date(2021, latest_month, 28)
    return next_workday(earliest + timedelta(days=dice.below((last - earliest).days + 1)))


def last_day(first: date, days: int) -> date:
    """So many days after the first, but within the year."""
    return min(first + timedelta(days=days), LAST_DAY)


def outpatient(
    chart: Chart, institution: Institution, day: date, setting: Setting = "outpatient", misspelt: bool = False
) -> Place:
    """A file, and no stay; with `misspelt` the birthday in it is wrong and corrected the next day."""
    wrong = chart.born.replace(year=chart.born.year - 10) if misspelt else None
    chart.open_file(institution, day, wrong)
    if wrong:
        clerk = chart.scene.assessors(institution.id)[0].id
        correct_birthday(chart, institution.id, wrong, instant(day, 440), clerk)
    return Place(institution, setting)


def fell_ill(chart: Chart, place: Place, day: date, code: str, text: str, onset_days: int, **findings: Any) -> None:
    """The episode of the patient, declared where they are treated first."""
    chart.open_episode(place.institution, day, code, text, onset_days, **findings)
