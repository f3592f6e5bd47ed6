"""What no clause forbids but an auditor asks about: a therapist in two places, one who had left, no effect written,
treatment of a course that was declared over.

These acts are payable; they are told in the side channel with no clause.
"""

from datetime import date

from api.demo.chart import Chart
from api.demo.mistakes.finding import DAY_CAPS, clean, later_day, temporary, visits
from api.demo.roster import PLACES
from api.demo.sessions import hold_session
from api.demo.staff import DEPARTURE


def in_two_places(chart: Chart) -> bool:
    """The patient is treated by somebody who treats another at that time."""
    for done in visits(chart):
        if not clean(chart, done.number, done.day) or done.number in DAY_CAPS:
            continue
        for slot in range(len(PLACES)):
            if not chart.free(done.day) >> slot & 1:
                continue
            team = chart.scene.team(done.place.institution.id, "PT")
            busy = [person for person in team if chart.scene.roster.taken(person, done.day, slot)]
            if busy:
                slip = temporary(chart, done.day, done.slug, done.place)
                hold_session(
                    chart, done.day, slip, done.place, team=busy[:1], at_slot=slot, story="a therapist in two places"
                )
                return True
    return False


def by_somebody_who_left(chart: Chart) -> bool:
    """A session by a therapist who had left: the qualification holds, so no clause fails."""
    for done in visits(chart):
        if date.fromordinal(done.day) > DEPARTURE and done.place.institution is chart.scene.houses.general:
            if not clean(chart, done.number, done.day) or done.number in DAY_CAPS:
                continue
            gone = chart.scene.person("PT14")._replace(last=done.day)
            slip = temporary(chart, done.day, done.slug, done.place)
            return bool(hold_session(chart, done.day, slip, done.place, team=[gone], story="the therapist had left"))
    return False


def without_effect(chart: Chart) -> bool:
    """A session whose effect (疗效) was left empty."""
    for done in visits(chart):
        if clean(chart, done.number, done.day) and done.number not in DAY_CAPS:
            slip = temporary(chart, done.day, done.slug, done.place)
            return bool(hold_session(chart, done.day, slip, done.place, effect="", story="no effect written down"))
    return False


def after_closing(chart: Chart) -> bool:
    """A session after the course of disease was declared over."""
    last = max(
        (done for done in chart.paid if done.slip and done.number not in DAY_CAPS),
        key=lambda done: done.day,
        default=None,
    )
    if chart.closed is None or last is None:
        return False
    for days in range(chart.closed - last.day + 1, chart.closed - last.day + 6):
        day = last.day + days
        if later_day(chart, last, days) and clean(chart, last.number, day):
            slip = temporary(chart, day, last.slug, last.place)
            return bool(hold_session(chart, day, slip, last.place, story="the course of disease was closed"))
    return False
