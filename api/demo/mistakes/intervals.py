"""Assessments too soon, too often, by too few: `N.gap`, `N.stay`, `N.episode`, 10.staff, 10.parts.

What is planted says nothing of the outcome, so that it is no evidence for an extension either.
"""

from datetime import date

from api.demo.chart import Chart
from api.demo.examinations import EPISODE_ROWS, GAP_ROWS, STAY_ROWS, assess, in_stay
from api.demo.mistakes.finding import examinations, later_day, visits
from api.demo.sessions import COUNTED
from api.demo.visit import Done

_TEN = "comprehensive-rehabilitation-assessment"


def too_soon(chart: Chart) -> bool:
    """The second of two assessments 13 days after the first, or a few days sooner."""
    for done in examinations(chart):
        if done.number not in GAP_ROWS or _full(chart, done):
            continue
        for days in (13, 12, 11, 10, 8):
            nearer = any(other.number == done.number and 0 < other.day - done.day <= days for other in chart.paid)
            twin = done.number in (27, 28) and chart.count(done.day + days, 55 - done.number)
            if later_day(chart, done, days) and not nearer and not twin:
                story = f"{days} days after the last"
                denied = (f"{done.number}.gap",)
                return (
                    assess(chart, done.day + days, done.slug, done.place, None, denied=denied, story=story) is not None
                )
    return False


def fourth_in_stay(chart: Chart) -> bool:
    """A fourth assessment in one stay, late enough after the third."""
    thirds = {done.number: done for done in chart.paid if done.number in STAY_ROWS and _full(chart, done)}
    for done in thirds.values():  # the last of its row
        for days in (16, 15, 14, 17, 18, 21, 22):
            if later_day(chart, done, days):
                denied = (f"{done.number}.stay",)
                day, story = done.day + days, "the fourth in one stay"
                return assess(chart, day, done.slug, done.place, None, denied=denied, story=story) is not None
    return False


def third_in_episode(chart: Chart) -> bool:
    """A third surface EMG, or speech screening, in one course of disease."""
    for number in EPISODE_ROWS:
        two = [done for done in chart.paid if done.number == number]
        last = next((done for done in visits(chart) if len(two) == 2 and done.day > two[1].day), None)
        if last:
            denied = (f"{number}.episode",)
            return (
                assess(chart, last.day, two[0].slug, last.place, None, denied=denied, story="the third in one episode")
                is not None
            )
    return False


def too_few_assessors(chart: Chart) -> bool:
    """A comprehensive assessment by two, or with one scale."""
    done = _room_for_ten(chart)
    if done is None:
        return False
    if chart.number % 2:
        return (
            assess(chart, done.day, _TEN, done.place, None, how_many=2, denied=("10.staff",), story="assessed by two")
            is not None
        )
    return (
        assess(chart, done.day, _TEN, done.place, None, scales=1, denied=("10.parts",), story="one scale only")
        is not None
    )


def by_a_nurse(chart: Chart) -> bool:
    """An examination by somebody who holds no qualification."""
    done = _room_for("balance-test", 13, chart)
    nurses = chart.scene.with_group(done.place.institution.id, "NS") if done else []
    if done is None or not nurses:
        return False
    story = "assessed by a nurse"
    return (
        assess(
            chart, done.day, "balance-test", done.place, None, people=nurses, denied=("record.therapist",), story=story
        )
        is not None
    )


def by_nobody(chart: Chart) -> bool:
    """An examination that names no assessor."""
    done = _room_for("fatigue-measurement", 30, chart)
    if done is None:
        return False
    story = "no assessor named"
    return (
        assess(
            chart, done.day, "fatigue-measurement", done.place, None, how_many=0, denied=("record.signed",), story=story
        )
        is not None
    )


def assessment_voided(chart: Chart) -> bool:
    """An examination entered twice and voided."""
    done = _room_for("gait-analysis", 31, chart)
    if done is None:
        return False
    return (
        assess(chart, done.day, "gait-analysis", done.place, None, story="entered twice and voided", voided=True)
        is not None
    )


def _full(chart: Chart, done: Done) -> bool:
    """Whether the stay of the act holds three of its row already."""
    return (
        done.number in STAY_ROWS and done.place.stay is not None and in_stay(chart, done.number, done.place.stay) == 3
    )


def _room_for_ten(chart: Chart) -> Done | None:
    """A visit on which a comprehensive assessment would be in order. Never where rows with proofs are treated."""
    if not chart.indicated(10) or COUNTED & chart.first_paid.keys():
        return None
    done = _room_for(_TEN, 10, chart)
    return None if done is None or (done.place.stay and in_stay(chart, 10, done.place.stay) == 3) else done


def _room_for(slug: str, number: int, chart: Chart) -> Done | None:
    """A visit at least 14 days after every act of the row before it, within the year."""
    for done in visits(chart):
        apart = all(abs(done.day - other.day) >= 14 for other in chart.paid if other.number == number)
        if apart and date.fromordinal(done.day).year == 2021:
            return done
    return None
