"""Daily-living training with its gates, wheelchair, work, and care at home and over the internet."""

from datetime import date

from api.demo.chart import Chart
from api.demo.conditions.admission import fell_ill, first_day, last_day, outpatient, patient
from api.demo.courses import EVERY_DAY, MWF, TT, Check, Regime, course
from api.demo.examinations import assess
from api.demo.limited import daily_living_course, every_other, limited_course
from api.demo.scene import Scene
from api.demo.workdays import LAST_DAY, workdays

_LIMIT = {"severe": 90, "moderate": 60, "mild": 30}


def daily_living(scene: Scene, number: int, turn: int) -> Chart:
    """To the tier's limit and, one time in three, past it; every other patient has trouble at the second gate."""
    dice = scene.dice
    chart = patient(scene, number, 50, 85)
    first = first_day(dice, 7)
    place = outpatient(chart, dice.pick((scene.houses.general, scene.houses.rehabilitation)), first)
    severity = dice.pick(("mild", "mild", "moderate", "moderate", "severe"))
    fell_ill(
        chart,
        place,
        first,
        "I69.3",
        "脑卒中后日常生活活动能力障碍",
        dice.between(20, 90),
        organic_lesion=True,
        deficit_living=True,
        adl_disorder=True,
        severity_adl=severity,
        documented_dysfunction=True,
    )
    limit = _LIMIT[severity]
    past = 3 if turn % 3 == 0 else -dice.between(0, 6)
    gate = ("", "late", "unchanged", "")[turn % 4]
    days = workdays(first, LAST_DAY)[: limit + past + (2 if gate else 0)]
    limits = [limit] * len(days)
    if severity == "severe" and turn % 2 == 0:  # gets better: from then on the lower tier's limit counts
        chart.find(
            days[40], scene.physicians(place.institution.id, days[40].toordinal())[0].id, severity_adl="moderate"
        )
        limits[40:] = [60] * len(limits[40:])
        days = days[:64]
    daily_living_course(chart, place, days, limits, gate)
    course(chart, place, days[0], days[-1], [Regime("occupational-therapy", TT)])
    return chart


def spinal_injury(scene: Scene, number: int, turn: int) -> Chart:
    """Paraplegia: in hospital, standing and walking trained; then a wheelchair, thirty days and sometimes more."""
    dice = scene.dice
    chart = patient(scene, number, 19, 58)
    first = first_day(dice, 8)
    place = chart.admit(dice.pick((scene.houses.general, scene.houses.rehabilitation)), first, "inpatient")
    fell_ill(
        chart,
        place,
        first,
        "S24.1",
        "胸段脊髓损伤，截瘫",
        dice.between(20, 60),
        organic_lesion=True,
        deficit_strength=True,
        deficit_living=True,
        documented_dysfunction=True,
        gait_disorder=True,
        goal_less_bedrest=True,
        wheelchair_long_term=True,
        wheelchair_self_operate=True,
        neuromuscular_dysfunction=True,
    )
    leaves = workdays(first, last_day(first, dice.between(50, 80)), saturdays=True)[-1]
    regimes = [
        Regime("paraplegia-limb-training", EVERY_DAY),
        Regime("tilt-table-training", MWF),
        Regime("body-weight-support-training", TT),
        Regime("occupational-therapy", MWF),
    ]
    checks = [
        Check("comprehensive-rehabilitation-assessment", 21),
        Check("surface-emg", 30),
        Check("isokinetic-strength-measurement"),
    ]
    course(chart, place, first, leaves, regimes, checks)
    days = workdays(first, leaves, saturdays=True)[10:]
    limited_course(chart, place, "wheelchair-skills-training", days[: 33 if turn % 2 else 28], 30, "16.days")
    chart.discharge(place, leaves)
    return chart


def at_work(scene: Scene, number: int, turn: int) -> Chart:
    """Back to work: ninety days and sometimes more; one man in the table is past the statutory age."""
    dice = scene.dice
    retired = turn % 3 == 0
    chart = patient(scene, number, 64, 67) if retired else patient(scene, number, 22, 45)
    first = first_day(dice, 3)
    place = outpatient(chart, scene.houses.rehabilitation, first)
    fell_ill(
        chart,
        place,
        first,
        "S68.1",
        "右手工伤术后",
        dice.between(40, 90),
        organic_lesion=True,
        deficit_work=True,
        deficit_rom=True,
        work_willing=True,
        parq_cleared=True,
        hand_dysfunction=True,
        documented_dysfunction=True,
    )
    days = workdays(first, LAST_DAY)
    course(
        chart,
        place,
        first,
        days[60],
        [Regime("manual-hand-function-training", MWF), Regime("occupational-therapy", TT)],
        [Check("vocational-ability-assessment", 30), Check("hand-function-assessment")],
    )
    if retired:
        limited_course(chart, place, "vocational-training", days[5:11], 0, "22.age")
    else:
        limited_course(chart, place, "vocational-training", days[5 : 5 + (93 if turn % 2 else 70)], 90, "22.days")
    return chart


def home_bed(scene: Scene, number: int, turn: int) -> Chart:
    """A home bed of the community centre: exercises twice a week for three months."""
    dice = scene.dice
    chart = patient(scene, number, 70, 93)
    first = first_day(dice, 5)
    place = chart.admit(scene.houses.community, first, "home_bed")
    fell_ill(
        chart,
        place,
        first,
        "S72.0",
        "股骨颈骨折术后，卧床",
        dice.between(20, 60),
        organic_lesion=True,
        deficit_strength=True,
        deficit_rom=True,
        goal_less_bedrest=True,
        documented_dysfunction=True,
        joint_disorder=True,
    )
    last = workdays(first, last_day(first, dice.between(80, 150)))[-1]
    while not place.institution.open_on(last):
        last = date.fromordinal(last.toordinal() - 1)
    regimes = [Regime("exercise-therapy/freehand", MWF), Regime("joint-mobilization", TT)]
    course(chart, place, first, last, regimes, [Check("adl-assessment"), Check("manual-balance-examination", 35)])
    chart.discharge(place, last)
    return chart


def by_internet(scene: Scene, number: int, turn: int) -> Chart:
    """Heart and lung patients: tested in hospital, trained over the internet; endurance for 180 days and more."""
    dice = scene.dice
    chart = patient(scene, number, 50, 76)
    first = first_day(dice, 3)
    place = outpatient(chart, scene.houses.general, first)
    fell_ill(
        chart,
        place,
        first,
        "J44.9",
        "慢性阻塞性肺疾病稳定期",
        300,
        organic_lesion=True,
        deficit_strength=True,
        endurance_decline=True,
        documented_dysfunction=True,
    )
    far = place._replace(setting="internet")
    last = last_day(first, 150)
    course(chart, far, first, last, [Regime("exercise-therapy/breathing", TT)])
    for day in every_other(workdays(first, last), (0,))[::6]:
        for slug in ("cardiac-rehabilitation-assessment", "pulmonary-rehabilitation-assessment", "fatigue-measurement"):
            assess(chart, day.toordinal(), slug, place, "improved" if day > first else "baseline")
    limit = first.toordinal() + 180
    days = every_other(workdays(first, last_day(first, 200)), (0, 3))
    regular = [day for day in days if day.toordinal() < limit]
    course(chart, place, regular[0], regular[-1], [Regime("endurance-training", (0, 3))])
    begun = chart.first_paid[17] + 180
    limited_course(chart, place, "endurance-training", [day for day in days if day.toordinal() >= begun], 0, "17.span")
    return chart
