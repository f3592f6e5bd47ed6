"""Children: cerebral palsy below and above seven, impaired hearing, suspected autism; and one who has grown up."""

from datetime import date

from api.demo.chart import Chart
from api.demo.conditions.admission import fell_ill, first_day, last_day, outpatient, patient
from api.demo.courses import EVERY_DAY, MWF, TT, Check, Regime, course
from api.demo.examinations import assess
from api.demo.limited import every_other, limited_course, months_from
from api.demo.scene import Scene
from api.demo.sessions import hold_session
from api.demo.visit import Place
from api.demo.workdays import workdays

_CP = {"organic_lesion": True, "deficit_living": True, "deficit_strength": True, "documented_dysfunction": True}
_LIMBS = "cerebral-palsy-limb-training"


def cerebral_palsy(scene: Scene, number: int, turn: int) -> Chart:
    """Six months a year below seven, and one more; three above, with an assessment, and one more; or grown up."""
    dice = scene.dice
    which = turn % 5
    youngest, oldest = ((2, 5), (2, 5), (8, 13), (8, 13), (19, 24))[which]
    chart = patient(scene, number, youngest, oldest)
    first = first_day(dice, 3)
    place = outpatient(chart, scene.houses.rehabilitation, first, misspelt=turn % 10 == 2)
    fell_ill(chart, place, first, "G80.1", "痉挛型脑性瘫痪", 700, **_CP)
    course(
        chart,
        place,
        first,
        last_day(first, 150),
        [Regime("conductive-education", TT), Regime("occupational-therapy", MWF)],
    )
    days = every_other(workdays(first, last_day(first, 250)), (0, 2, 4))
    if which < 2:
        allowed, past = months_from(first, 6, days)
        limited_course(chart, place, _LIMBS, allowed, len(allowed), "3.year")
        limited_course(chart, place, _LIMBS, past[: 12 if which else 0], 0, "3.year")
        return chart
    if which == 3:
        # Above seven and nothing assessed yet: two weeks that are not payable.
        limited_course(chart, place, _LIMBS, days[:6], 0, "3.proof")
        days = days[6:]
    assess(chart, days[0].toordinal(), "comprehensive-rehabilitation-assessment", place, "improved")
    if which == 4:
        limited_course(chart, place, _LIMBS, days[1:6], 0, "3.child")
        return chart
    allowed, past = months_from(days[1], 3, days[1:])
    limited_course(chart, place, _LIMBS, allowed, len(allowed), "3.year")
    limited_course(chart, place, _LIMBS, past[: 10 if which == 2 else 0], 0, "3.year")
    return chart


def impaired_hearing(scene: Scene, number: int, turn: int) -> Chart:
    """One to one, now and then in a group. Some begin in a group, some are too old, one is taught by a nurse."""
    dice = scene.dice
    which = turn % 4
    chart = patient(scene, number, *((8, 9) if which == 3 else (2, 5)))
    first = first_day(dice, 6)
    place = outpatient(chart, scene.houses.rehabilitation, first)
    fell_ill(chart, place, first, "H90.3", "双侧感音神经性听力损失，人工耳蜗植入术后", 400, hearing_impaired=True)
    days = every_other(workdays(first, last_day(first, dice.between(90, 160))), EVERY_DAY)
    if which == 3:
        limited_course(chart, place, "pediatric-hearing-speech-training", days[:6], 0, "25.age")
        return chart
    if which == 1:
        _one(chart, place, days[0], "group", "25.mode", "begun in a group, not one to one")
    elif which == 2:
        _one(chart, place, days[0], "individual", "25.staff", "taught by a nurse", nurse=True)
    limited_course(chart, place, "pediatric-hearing-speech-training", days[1:], 400, "25.day", group_every=4)
    return chart


def suspected_autism(scene: Scene, number: int, turn: int) -> Chart:
    """An interview, then conductive education and sports; one child is too old for the interview."""
    dice = scene.dice
    old = turn % 2 == 0
    chart = patient(scene, number, *((8, 9) if old else (2, 5)))
    first = first_day(dice, 5)
    place = outpatient(chart, scene.houses.rehabilitation, first)
    fell_ill(
        chart, place, first, "F84.0", "疑似孤独症谱系障碍", 200, suspected_autism=True, documented_dysfunction=True
    )
    assess(
        chart,
        first.toordinal(),
        "autism-diagnostic-interview",
        place,
        None,
        denied=("20.age",) if old else (),
        story="older than six" if old else "",
    )
    regimes = [Regime("conductive-education", MWF), Regime("recreational-sports-training", TT)]
    course(chart, place, first, last_day(first, 170), regimes, [Check("comprehensive-rehabilitation-assessment", 60)])
    if chart.first_paid.get(40):
        past = [day for day in workdays(first, last_day(first, 220)) if day.toordinal() >= chart.first_paid[40] + 180]
        limited_course(chart, place, "recreational-sports-training", past[:4], 0, "40.span")
    return chart


def _one(chart: Chart, place: Place, day: date, mode: str, clause: str, story: str, nurse: bool = False) -> None:
    """A single session of hearing and speech that the row does not allow."""
    (slip,) = chart.prescribe(day, day, place.institution, [("pediatric-hearing-speech-training", 1, 1, 1)])
    team = chart.scene.with_group(place.institution.id, "NS") if nurse else None
    hold_session(chart, day.toordinal(), slip, place, mode=mode, team=team, denied=(clause,), story=story)  # type: ignore[arg-type]
