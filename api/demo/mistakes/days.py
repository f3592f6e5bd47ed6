"""Too much on one day or in one month: clauses `N.day`, `N.excl` and 9.month.

Every mistake answers whether it found a place in the chart. What it adds is denied, and a denied act uses nothing up,
so that it never disturbs the acts around it.
"""

from datetime import date

from api.demo.chart import Chart
from api.demo.examinations import assess
from api.demo.mistakes.finding import DAY_CAPS, LIMB_ROWS, examinations, in_span, temporary, visits
from api.demo.sessions import hold_session


def one_too_many(chart: Chart) -> bool:
    """A third session of the day (of row 25: a second)."""
    for done in visits(chart):
        cap = DAY_CAPS.get(done.number)
        if cap and chart.count(done.day, done.number) == cap:
            after = max(other.slot for other in chart.paid if other.day == done.day and other.number == done.number)
            if after < 9:
                slip = temporary(chart, done.day, done.slug, done.place)
                denied = (f"{done.number}.day",)
                return bool(
                    hold_session(
                        chart, done.day, slip, done.place, after=after, denied=denied, story="one too many that day"
                    )
                )
    return False


def twin_trainings(chart: Chart) -> bool:
    """Exercise therapy beside a limb training, or a limb training beside exercise therapy."""
    for done in visits(chart):
        day = done.day
        if done.slot == 9 or chart.count(day, 1, *LIMB_ROWS) != 1:
            continue
        if done.number == 1 and not any(chart.first_paid.get(row) for row in (3, 4)) and in_span(chart, 2, day):
            slug, clause = ("hemiplegia-limb-training", "2.excl") if day % 3 else ("paraplegia-limb-training", "4.excl")
        elif done.number in LIMB_ROWS and chart.indicated(1) and in_span(chart, 1, day):
            slug, clause = "exercise-therapy", "1.excl"
        else:
            continue
        slip = temporary(chart, day, slug, done.place)
        story = "exercise therapy and a limb training on one day"
        return bool(hold_session(chart, day, slip, done.place, after=done.slot, denied=(clause,), story=story))
    return False


def twin_balances(chart: Chart) -> bool:
    """Balance examined by hand and by instrument on one day."""
    slugs = {27: "instrumented-balance-assessment", 28: "manual-balance-examination"}
    for done in examinations(chart):
        if done.number in slugs and done.slot < 9 and not chart.count(done.day, 55 - done.number):
            other = 55 - done.number
            story = "both balance examinations on one day"
            assessed = assess(
                chart,
                done.day,
                slugs[done.number],
                done.place,
                None,
                after=done.slot,
                denied=(f"{other}.excl",),
                story=story,
            )
            return assessed is not None
    return False


def second_in_month(chart: Chart) -> bool:
    """A second daily-living assessment in one calendar month."""
    for first in chart.paid:
        if first.number != 9:
            continue
        month = date.fromordinal(first.day).month
        for done in visits(chart):
            later = first.day < done.day < first.day + 28 and date.fromordinal(done.day).month == month
            if later and done.number and done.place.institution is first.place.institution:
                story = "a second daily-living assessment in the month"
                return (
                    assess(chart, done.day, "adl-assessment", done.place, None, denied=("9.month",), story=story)
                    is not None
                )
    return False
