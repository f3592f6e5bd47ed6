"""Who and where: `record.therapist`, `record.institution`, `record.stay`."""

from datetime import date, timedelta

from api.demo.chart import Chart
from api.demo.institutions import CLINIC_SUSPENDED, COMMUNITY_SUSPENDED
from api.demo.mistakes.finding import clean, temporary, visits
from api.demo.sessions import hold_session
from api.demo.staff import LAPSED_FROM, LAPSED_TO, NEW_FROM
from api.demo.visit import Done, Place
from api.demo.workdays import workdays


def treated_by_a_nurse(chart: Chart) -> bool:
    """A training given by a nurse."""
    for done in visits(chart):
        nurses = chart.scene.with_group(done.place.institution.id, "NS")
        if nurses and clean(chart, done.number, done.day):
            slip = temporary(chart, done.day, done.slug, done.place)
            denied = ("record.therapist",)
            return bool(
                hold_session(chart, done.day, slip, done.place, team=nurses, denied=denied, story="treated by a nurse")
            )
    return False


def not_qualified_that_day(chart: Chart) -> bool:
    """Treated by the therapist whose qualification had run out, or by the one who had none yet."""
    for done in visits(chart):
        day = date.fromordinal(done.day)
        if done.place.institution is not chart.scene.houses.community or not clean(chart, done.number, done.day):
            continue
        lapsed = LAPSED_FROM <= day <= LAPSED_TO
        if lapsed or date(2021, 7, 2) <= day < NEW_FROM:
            # Outside their days the roster would not book them; a copy of them is booked all day.
            person = chart.scene.person("PT41" if lapsed else "PT42")._replace(first=0, last=done.day)
            slip = temporary(chart, done.day, done.slug, done.place)
            story = "the qualification had run out" if lapsed else "not qualified yet"
            return bool(
                hold_session(
                    chart, done.day, slip, done.place, team=[person], denied=("record.therapist",), story=story
                )
            )
    return False


def treated_on(chart: Chart) -> bool:
    """A week of sessions while the institution was suspended, or after its qualification ended."""
    houses = chart.scene.houses
    for house, first, last in (
        (houses.community, *COMMUNITY_SUSPENDED),
        (houses.clinic, CLINIC_SUSPENDED[0], CLINIC_SUSPENDED[0] + timedelta(days=6)),
        (houses.clinic, date(2021, 12, 1), date(2021, 12, 7)),
    ):
        done = _visited_shortly_before(chart, house.id, first)
        if done is None or not clean(chart, done.number, first.toordinal()):
            continue
        days = workdays(first, last)
        (slip,) = chart.prescribe(days[0], last, house, [(done.slug, len(days), 5, 1)])
        for day in days:
            hold_session(
                chart,
                day.toordinal(),
                slip,
                done.place,
                denied=("record.institution",),
                story=f"{house.id} might not treat then",
            )
        return True
    return False


def after_discharge(chart: Chart) -> bool:
    """A ward's session the day after the discharge: no stay, the stay that was over, or one that nobody knows."""
    for stay, end in chart.stay_ends.items():
        done = next((d for d in reversed(chart.paid) if d.place.stay == stay and d.slip), None)
        if done is None:
            continue
        for day in range(end + 1, end + 4):
            if not done.place.institution.open_on(date.fromordinal(day)):
                continue
            if clean(chart, done.number, day) and workdays(date.fromordinal(day), date.fromordinal(day)):
                named = (None, stay, f"{chart.id}-Z9")[chart.number % 3]
                place = Place(done.place.institution, done.place.setting, named)
                slip = temporary(chart, day, done.slug, place)
                return bool(
                    hold_session(
                        chart, day, slip, place, denied=("record.stay",), story="a ward's session after the discharge"
                    )
                )
    return False


def _visited_shortly_before(chart: Chart, institution: str, first: date) -> Done | None:
    """The last payable outpatient session there in the two weeks before."""
    near = range(first.toordinal() - 14, first.toordinal())
    at = [
        d for d in chart.paid if d.slip and d.day in near and d.place.institution.id == institution and not d.place.stay
    ]
    return at[-1] if at else None
