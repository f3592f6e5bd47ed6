"""Writes one assessment, and keeps the intervals and counts that the rows ask for.

Rows with a least interval of 14 days, at most three a stay or two an episode, once a month: `due` says when the next
may be, so that regular courses never break them; the planted mistakes do.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from api.demo.chart import Chart
from api.demo.planted import Planted
from api.demo.roster import PLACES
from api.demo.scene import Scene
from api.demo.staff import Person
from api.demo.treatments import EXAMINATIONS, number_of
from api.demo.visit import Done, Place
from api.demo.workdays import instant
from ledger.treatment.facts import AssessmentRecorded, AssessmentSigned, AssessmentVoided, FeeConfirmed
from ledger.treatment.values import Outcome, Result

GAP_ROWS = frozenset({10, 12, 13, *range(27, 39)})
STAY_ROWS = frozenset({10, 11, 27, 28})
EPISODE_ROWS = frozenset({15, 26})


def due(chart: Chart, slug: str, day: int, place: Place, every: int) -> bool:
    """Whether, `every` days (≥ 14) after the last, one more is in order on that day (ordinal) and payable."""
    number = number_of(slug)
    before = [done for done in chart.paid if done.number == number]
    if before and day - before[-1].day < every:
        return False
    if number in EPISODE_ROWS and len(before) == 2:
        return False
    if number in STAY_ROWS and place.stay and in_stay(chart, number, place.stay) == 3:
        return False
    if number == 9:
        return not any(_month(done.day) == _month(day) for done in before)
    return True


def _month(day: int) -> tuple[int, int]:
    """Year and month of an ordinal."""
    on = date.fromordinal(day)
    return on.year, on.month


def in_stay(chart: Chart, number: int, stay: str) -> int:
    """How many payable acts of a row the stay holds."""
    return sum(1 for done in chart.paid if done.number == number and done.place.stay == stay)


def assess(
    chart: Chart,
    day: int,
    slug: str,
    place: Place,
    outcome: Outcome | None,
    *,
    charged: bool = True,
    after: int = -1,
    people: Sequence[Person] | None = None,
    how_many: int | None = None,
    scales: int | None = None,
    serves: str | None = None,
    denied: tuple[str, ...] = (),
    story: str = "",
    voided: bool = False,
) -> int | None:
    """Books and writes an assessment of that day (ordinal); the place it took in the day, or None when nobody is free.

    Not `charged`: a scale without an item, no act. `denied` makes it a planted mistake.
    """
    scene, examination = chart.scene, EXAMINATIONS[slug]
    team = scene.assessors(place.institution.id) if people is None else people
    wanted = examination.assessors if how_many is None else how_many
    free = chart.free(day) & (-1 << (after + 1))
    booked = scene.roster.book_several(team, wanted, day, free, chart.number)
    if booked is None:
        return None
    assessors, slot = booked
    chart.take(day, slot)
    dice = scene.dice
    assessment = chart.next_id("A")
    at = instant(date.fromordinal(day), PLACES[slot] + dice.below(20), dice.below(60))
    progress = 35 + min(50, 4 * len(chart.paid) // 10) + dice.below(10)
    results = [
        Result(scale=scale, score=best * min(progress, 98) // 100, max=best)
        for scale, best in examination.scales[:scales]
    ]
    scene.facts.append(
        AssessmentRecorded(
            at=at,
            assessment=assessment,
            patient=chart.id,
            episode=chart.episode,
            item=slug if charged else None,
            institution=place.institution.id,
            stay=place.stay,
            assessors=[person.id for person in assessors],
            results=results,
            outcome=outcome,
            serves=serves,
        )
    )
    if not voided:
        _sign(scene, assessment, at, assessors)
    if not charged:
        return slot
    fund = 0
    if voided:
        scene.facts.append(
            AssessmentVoided(at=at + timedelta(minutes=40), assessment=assessment, reason="重复录入，作废")
        )
        denied = ("record.voided", *denied)
    else:
        fund = examination.fee_fen * 85 // 100
        scene.facts.append(
            FeeConfirmed(at=at + timedelta(minutes=30), act=assessment, amount_fen=examination.fee_fen, fund_fen=fund)
        )
    if denied or story:
        scene.planted.append(Planted(assessment, chart.id, place.institution.id, at, denied, story, fund))
    if not denied:
        number = number_of(slug)
        chart.paid.append(Done(day, slot, number, slug, assessment, place, None))
        chart.first_paid.setdefault(number, day)
    return slot


def _sign(scene: Scene, assessment: str, at: datetime, assessors: Sequence[Person]) -> None:
    """Each of the assessors signs, ten to twenty minutes after `at`, when it was recorded."""
    for person in assessors:
        signed_at = at + timedelta(seconds=600 + scene.pens.below(600))
        scene.facts.append(AssessmentSigned(at=signed_at, assessment=assessment, practitioner=person.id))
