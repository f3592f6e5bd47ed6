"""Holds one session: finds who is free and when, decides whether it goes wrong, and keeps what it used up.

A session without a flaw, on a slip with times left, within what its row allows, is payable; the caller sees to the
last.
"""

from collections.abc import Sequence
from datetime import date

from api.demo.chart import Chart
from api.demo.planted import Planted
from api.demo.roster import PLACES
from api.demo.session_lines import FLAWS, Session, write_session
from api.demo.staff import Person
from api.demo.treatments import TREATMENTS
from api.demo.visit import Done, Place, Slip
from api.demo.workdays import instant
from ledger.treatment.values import Mode

_FLAW_DRAW = ("unsigned",) * 4 + ("signed-by-another",) * 2 + tuple(FLAWS)[2:]
# Rows whose counters (gates, days, months, majorities) the courses keep themselves: never flawed by chance.
COUNTED = frozenset({3, 16, 21, 22, 25})


def hold_session(
    chart: Chart,
    day: int,
    slip: Slip,
    place: Place,
    *,
    after: int = -1,
    early: int | None = None,
    team: Sequence[Person] | None = None,
    mode: Mode = "individual",
    denied: tuple[str, ...] = (),
    story: str = "",
    at_slot: int | None = None,
    effect: str | None = None,
) -> str | None:
    """Books and writes a session of that day (ordinal), in a place after `after`; its id, or None when nobody is free.

    `denied` makes it a planted mistake and `story` alone an auditor's exception; without them it is payable, and may
    be flawed by chance. With `at_slot` it takes that place whether or not its therapist is free. `effect` stands in
    the record instead of one from the texts.
    """
    scene, number = chart.scene, slip.number
    people = team or scene.team(place.institution.id, TREATMENTS[slip.slug].group)
    if at_slot is None:
        free = chart.free(day) & (-1 << (after + 1))
        booked = scene.roster.book(people, day, free, chart.number, chart.number % 8 if early is None else early)
        if booked is None:
            return None
        person, slot = booked
    else:
        person, slot = people[0], at_slot
    chart.take(day, slot)
    planted = bool(denied or story)
    flaw = ""
    if not planted and number not in COUNTED and number in chart.first_paid and scene.dice.chance(chart.flaw_rate):
        flaw = scene.dice.pick(_FLAW_DRAW)
    session = chart.next_id("S")
    start = instant(date.fromordinal(day), PLACES[slot] + scene.dice.below(5), scene.dice.below(60))
    sound = not (planted or flaw)
    fund = write_session(chart, Session(session, slip, place, person, start, mode, flaw, sound, effect))
    if flaw not in ("voided", "broken-off"):
        slip.done += 1
        slip.last_done = max(slip.last_done, (day, slot))
    clauses = FLAWS.get(flaw, ()) + denied
    if not sound:
        told = story or f"session {flaw}"
        scene.planted.append(Planted(session, chart.id, place.institution.id, start, clauses, told, fund))
    if not clauses:
        chart.paid.append(Done(day, slot, number, slip.slug, session, place, slip))
        chart.first_paid.setdefault(number, day)
    return session
