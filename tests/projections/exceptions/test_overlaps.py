"""The sweep finds what comparing every two sessions finds."""

from collections import Counter
from copy import copy
from datetime import timedelta
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projections.exceptions.overlaps import clashing, crowded
from projections.exceptions.performed import Performed
from projections.exceptions.seen import Seen
from tests.projections.exceptions.asking import Written, dense


def _overlap(one: Performed, other: Performed, tolerance: timedelta) -> bool:
    if one.end is None or other.end is None:
        return False
    return min(one.end, other.end) - max(one.at, other.at) > tolerance


def _room(act: Performed) -> object:
    return (act.institution, act.item) if act.is_group else act.id


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from([0, 5, 10, 20, 39]), st.sampled_from(["patient", "therapist", "id"]))
def test_all_that_clash_and_no_others(seed: int, minutes: int, party: str) -> None:
    tolerance = timedelta(minutes=minutes)
    sessions = Seen(dense(seed, 40).facts).sessions
    expected = {
        act.id
        for one, other in combinations(sessions, 2)
        if _overlap(one, other, tolerance)
        and getattr(one, party) != getattr(other, party)
        and _room(one) != _room(other)
        for act in (one, other)
    }
    pieces = list(clashing(sessions, lambda act: getattr(act, party), _room, tolerance))
    told = [act.id for piece in pieces for act in piece.acts]
    assert len(told) == len(set(told))
    assert set(told) == expected


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 4))
def test_how_many_patients_at_once(seed: int, most: int) -> None:
    sessions = Seen(dense(seed, 40).facts).sessions
    at_once = max(
        (
            len({other.patient for other in sessions if other.end and other.at <= act.at < other.end})
            for act in sessions
            if act.end is not None
        ),
        default=0,
    )
    found = list(crowded(sessions, most, timedelta()))
    assert max((piece.at_once for piece in found), default=0) == (at_once if at_once > most else 0)


@pytest.mark.parametrize(("second", "minutes"), [("09:00", 30), ("09:15", 15), ("09:29", 1)])
def test_minutes_that_are_shared(second: str, minutes: int) -> None:
    journal = Written()
    for n, clock in enumerate(("09:00", second, "11:00", "11:10")):
        journal.treat(clock=clock, patient=f"P{n + 1}")
    first, last = clashing(Seen(journal.facts).sessions, lambda act: act.patient, lambda act: act.id, timedelta())
    assert (first.minutes, len(first.acts), last.minutes) == (minutes, 2, 20)


def test_one_session_without_an_end_in_sight_hides_nothing() -> None:
    journal = Written()
    journal.treat(minutes=100_000)
    for n in range(20):
        journal.treat(f"2021-03-{n + 2:02}", patient=f"P{n + 2}")
    (piece,) = clashing(Seen(journal.facts).sessions, lambda act: act.patient, lambda act: act.id, timedelta())
    assert (len(piece.acts), piece.minutes, piece.at_once) == (21, 600, 2)


def test_twenty_thousand_sessions_at_once_are_not_compared_in_pairs() -> None:
    """Counted in steps, not in seconds: comparing every two would take two hundred million."""
    journal = Written()
    journal.treat("2021-03-01", minutes=600)
    (act,) = Seen(journal.facts).sessions
    crowd = []
    for n in range(20_000):
        other = copy(act)
        other.id, other.patient, other.at = f"S{n:05}", f"P{n:05}", act.at + timedelta(milliseconds=n)
        crowd.append(other)
    asked = Counter[str]()

    def party(one: Performed) -> str:
        asked["party"] += 1
        return one.patient

    (piece,) = clashing(crowd, party, lambda one: one.id, timedelta())
    assert (len(piece.acts), piece.at_once) == (20_000, 20_000)
    assert asked["party"] <= 4 * len(crowd)


def test_overlaps_that_only_touch_are_two() -> None:
    journal = Written()
    for n, clock in enumerate(("09:00", "09:00", "09:30", "09:30")):
        journal.treat(clock=clock, patient=f"P{n + 1}")
    sessions = Seen(journal.facts).sessions
    pieces = list(clashing(sessions, lambda act: act.patient, lambda act: act.id, timedelta()))
    assert [(len(piece.acts), piece.at_once) for piece in pieces] == [(2, 2), (2, 2)]
