"""Hips, knees, shoulders, necks: in hospital and out of it, with hands, machines and needles."""

from datetime import timedelta

from api.demo.chart import Chart
from api.demo.conditions.admission import fell_ill, first_day, last_day, outpatient, patient
from api.demo.courses import EVERY_DAY, MWF, TT, TTS, Check, Regime, course
from api.demo.scene import Scene
from api.demo.workdays import workdays


def hip_fracture(scene: Scene, number: int, turn: int) -> Chart:
    """Four to six weeks in hospital, then the community centre until the winter."""
    dice = scene.dice
    chart = patient(scene, number, 66, 90)
    first = first_day(dice, 9)
    place = chart.admit(dice.pick((scene.houses.general, scene.houses.rehabilitation)), first, "inpatient")
    fell_ill(
        chart,
        place,
        first,
        "S72.0",
        "股骨颈骨折，髋关节置换术后",
        dice.between(3, 14),
        organic_lesion=True,
        deficit_strength=True,
        deficit_rom=True,
        deficit_balance=True,
        joint_disorder=True,
        documented_balance=True,
        documented_dysfunction=True,
        endurance_decline=True,
    )
    leaves = workdays(first, last_day(first, dice.between(24, 45)), saturdays=True)[-1]
    regimes = [
        Regime("exercise-therapy/strength", EVERY_DAY),
        Regime("exercise-therapy/range-of-motion", MWF),
        Regime("large-joint-mobilization", MWF),
        Regime("balance-training", TTS),
    ]
    checks = [
        Check("isokinetic-strength-measurement"),
        Check("manual-balance-examination", 14),
        Check("adl-assessment"),
    ]
    course(chart, place, first, leaves, regimes, checks)
    chart.discharge(place, leaves)
    home = workdays(leaves + timedelta(days=4), last_day(leaves, 20))
    if home:
        after = outpatient(chart, scene.houses.community, home[0])
        regimes = [
            Regime("exercise-therapy/apparatus", MWF),
            Regime("isokinetic-strength-training", TT),
            Regime("endurance-training", MWF),
        ]
        course(chart, after, home[0], last_day(home[0], dice.between(40, 75)), regimes, [Check("balance-test", 21)])
        if dice.chance(0.3) and workdays(home[0], last_day(home[0], 75)):
            chart.close_episode(workdays(home[0], last_day(home[0], 90))[-1], "功能恢复，疗程结束")
    return chart


def joints(scene: Scene, number: int, turn: int) -> Chart:
    """Shoulder or knee at the Chinese-medicine hospital: joint mobilisation, exercise, tuina and electroacupuncture."""
    dice = scene.dice
    chart = patient(scene, number, 38, 70)
    first = first_day(dice, 9)
    place = outpatient(chart, scene.houses.tcm, first, misspelt=turn % 8 == 3)
    hand = dice.chance(0.3)
    code, text = dice.pick((("M75.0", "粘连性肩关节囊炎"), ("M17.9", "膝关节骨性关节炎"), ("S62.6", "指骨骨折术后")))
    fell_ill(
        chart,
        place,
        first,
        code,
        text,
        dice.between(20, 120),
        organic_lesion=True,
        deficit_rom=True,
        deficit_strength=True,
        joint_disorder=True,
        documented_dysfunction=True,
        hand_dysfunction=hand,
    )
    regimes = [
        Regime("joint-mobilization", MWF),
        Regime("large-joint-mobilization", TT),
        Regime("exercise-therapy/range-of-motion", MWF, per_day=2),
        Regime("electroacupuncture", MWF),
        Regime("tuina", TT),
    ]
    checks = [Check("comprehensive-rehabilitation-assessment", 28)]
    if hand:
        regimes.append(Regime("manual-hand-function-training", MWF))
        checks.append(Check("hand-function-assessment", 21))
    course(chart, place, first, last_day(first, dice.between(42, 84)), regimes, checks)
    return chart


def needles(scene: Scene, number: int, turn: int) -> Chart:
    """Chinese medicine alone, at the hospital or the welfare home's clinic: outside annex 1."""
    dice = scene.dice
    chart = patient(scene, number, 40, 82)
    first = first_day(dice, 9)
    place = outpatient(chart, scene.houses.clinic if turn % 2 else scene.houses.tcm, first)
    code, text = dice.pick(
        (("M54.5", "腰痛（气滞血瘀证）"), ("G51.0", "面瘫（风寒袭络证）"), ("M47.8", "颈椎病（痰湿阻络证）"))
    )
    fell_ill(chart, place, first, code, text, dice.between(5, 60), documented_dysfunction=True)
    regimes = [Regime("acupuncture", MWF), Regime("tuina", TT), Regime("moxibustion", MWF), Regime("cupping", (4,))]
    course(chart, place, first, last_day(first, dice.between(60, 150)), regimes)
    return chart
