"""Stroke: in hospital and at the community centre afterwards, with aphasia, and with dysphagia."""

from datetime import date, timedelta

from api.demo.chart import Chart
from api.demo.conditions.admission import fell_ill, first_day, last_day, outpatient, patient
from api.demo.courses import EVERY_DAY, MW, MWF, TT, TTS, Check, Regime, course
from api.demo.scene import Scene
from api.demo.sessions import hold_session
from api.demo.visit import Place
from api.demo.workdays import next_workday, workdays

MOTOR = {
    "organic_lesion": True,
    "deficit_strength": True,
    "deficit_balance": True,
    "deficit_living": True,
    "documented_dysfunction": True,
    "documented_balance": True,
    "goal_upright": True,
}


def ward(scene: Scene, number: int, turn: int) -> Chart:
    """Six to eleven weeks in hospital, then two or three months at the community centre."""
    dice = scene.dice
    chart = patient(scene, number, 48, 84)
    first = first_day(dice, 9)
    place = chart.admit(dice.pick((scene.houses.general, scene.houses.rehabilitation)), first, "inpatient")
    hand = dice.chance(0.4)
    fell_ill(
        chart,
        place,
        first,
        "I63.9",
        "脑梗死恢复期，偏瘫",
        dice.between(10, 40),
        **MOTOR,
        gait_disorder=True,
        hand_dysfunction=hand,
    )
    leaves = next_workday(last_day(first, dice.between(42, 75)))
    leaves = min(leaves, date(2021, 12, 31))
    regimes = [
        Regime("hemiplegia-limb-training", MWF),
        Regime("exercise-therapy/gait-balance", TTS),
        Regime("occupational-therapy", MWF),
        Regime("balance-training", TT),
        Regime("tilt-table-training", TTS, days=14),
    ]
    checks = [Check("comprehensive-rehabilitation-assessment", dice.pick((14, 21))), Check("adl-assessment")]
    checks.append(
        Check(dice.pick(("manual-balance-examination", "instrumented-balance-assessment")), dice.pick((14, 16, 21)))
    )
    checks.append(Check("gait-analysis"))
    if hand:
        regimes.append(Regime("manual-hand-function-training", TT))
        checks.append(Check("hand-function-assessment"))
    if dice.chance(0.3):
        regimes.append(Regime("body-weight-support-training", TTS))
    course(chart, place, first, leaves, regimes, checks)
    chart.discharge(place, leaves)
    home = next_workday(leaves + timedelta(days=dice.between(3, 10)))
    if home < date(2021, 12, 10):
        after = outpatient(chart, scene.houses.community, home, dice.pick(("outpatient", "outpatient", "home")))
        regimes = [Regime("hemiplegia-limb-training", MWF), Regime("occupational-therapy", MW)]
        course(
            chart,
            after,
            home,
            last_day(home, dice.between(40, 80)),
            regimes,
            [Check("balance-test", 21), Check("adl-assessment")],
        )
    return chart


def aphasia(scene: Scene, number: int, turn: int) -> Chart:
    """Speech twice a day for two to four months, the mind besides. One in four is only mildly impaired: not payable."""
    dice = scene.dice
    chart = patient(scene, number, 45, 80)
    first = first_day(dice, 9)
    place = outpatient(chart, dice.pick((scene.houses.general, scene.houses.rehabilitation)), first)
    mild = turn % 4 == 0
    fell_ill(
        chart,
        place,
        first,
        "I69.3",
        "脑卒中后失语",
        dice.between(20, 60),
        organic_lesion=True,
        deficit_language=True,
        severity_language="mild" if mild else dice.pick(("moderate", "severe")),
        suspected_speech_disorder=True,
        deficit_cognition=True,
        documented_dysfunction=True,
    )
    regimes = [Regime("cognitive-perceptual-training", MWF)]
    if not mild:
        regimes += [Regime("speech-training", MWF, per_day=2), Regime("articulation-training", TT)]
    checks = [
        Check("speech-ability-screening", 42),
        Check("cognitive-perceptual-examination"),
        Check("memory-assessment"),
        Check("memory-span-examination", 35),
        Check("agnosia-apraxia-assessment", 42),
    ]
    last = last_day(first, dice.between(56, 120))
    course(chart, place, first, last, regimes, checks)
    if mild:
        _denied_week(chart, place, first, "speech-training", "7.ind", "speech training for a mild language disorder")
    return chart


def dysphagia(scene: Scene, number: int, turn: int) -> Chart:
    """Swallowing trained in hospital; half go on at the community centre, which may not be paid for it."""
    dice = scene.dice
    chart = patient(scene, number, 55, 86)
    first = first_day(dice, 9)
    place = chart.admit(
        dice.pick((scene.houses.general, scene.houses.rehabilitation, scene.houses.tcm)), first, "inpatient"
    )
    fell_ill(
        chart,
        place,
        first,
        "R13",
        "脑卒中后吞咽障碍",
        dice.between(7, 30),
        **MOTOR,
        deficit_swallowing=True,
        severity_swallowing=dice.pick(("moderate", "severe")),
        neuromuscular_dysfunction=True,
    )
    leaves = next_workday(last_day(first, dice.between(30, 56)))
    regimes = [Regime("dysphagia-training", EVERY_DAY), Regime("exercise-therapy", EVERY_DAY, per_day=2)]
    checks = [Check("swallowing-examination", 14), Check("surface-emg", 21), Check("adl-assessment")]
    if place.institution is scene.houses.tcm:
        regimes.append(Regime("acupuncture", MWF))
    course(chart, place, first, leaves, regimes, checks)
    chart.discharge(place, leaves)
    home = next_workday(leaves + timedelta(days=4))
    if turn % 2 == 0 and home < date(2021, 12, 1):
        after = outpatient(chart, scene.houses.community, home)
        _denied_week(chart, after, home, "dysphagia-training", "8.site", "swallowing trained at a community centre")
        course(chart, after, home, last_day(home, 40), [Regime("exercise-therapy", MWF)], [Check("balance-test")])
    return chart


def _denied_week(chart: Chart, place: Place, first: date, slug: str, clause: str, story: str) -> None:
    """A sheet of five sessions that the row does not allow."""
    days = [day for day in workdays(first, first + timedelta(days=10)) if place.institution.open_on(day)][:5]
    (slip,) = chart.prescribe(days[0], days[-1], place.institution, [(slug, 5, 5, 1)])
    for day in days:
        hold_session(chart, day.toordinal(), slip, place, denied=(clause,), story=story)
