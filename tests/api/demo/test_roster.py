"""Nobody is in two places, save where that was planted; and treatment keeps to working hours."""

from collections import Counter
from datetime import timedelta
from itertools import pairwise

from api.demo.roster import PLACES, Roster
from api.demo.staff import Person
from ledger.treatment.facts import EntryCorrected, SessionStarted, SessionStopped

ALL_FREE = (1 << len(PLACES)) - 1


def person(name, first=0, last=9):
    return Person(name, name, "therapist", "H1", "PT", (), first, last)


def test_books_the_preferred_person_in_the_first_place_from_the_early_one_on():
    roster = Roster()
    team = [person("A"), person("B")]
    assert roster.book(team, 1, ALL_FREE, 1, 3) == (team[1], 3)
    assert roster.book(team, 1, ALL_FREE, 1, 3) == (team[1], 4)
    assert roster.book(team, 1, 0b1, 1, 3) == (team[1], 0)
    assert roster.book(team, 1, 0b1, 1, 3) == (team[0], 0)
    assert roster.book(team, 1, 0b1, 1, 3) is None
    assert roster.taken(team[1], 1, 3)
    assert not roster.taken(team[1], 2, 3)


def test_books_nobody_outside_their_days():
    assert Roster().book([person("A", 3, 4)], 2, ALL_FREE, 0, 0) is None
    assert Roster().book_several([person("A", 3, 4), person("B")], 2, 2, ALL_FREE, 0) is None


def test_books_several_in_one_place():
    roster = Roster()
    team = [person("A"), person("B"), person("C")]
    assert roster.book([team[0]], 1, 0b1, 0, 0) == (team[0], 0)
    assert roster.book_several(team, 3, 1, ALL_FREE, 0) == (team, 1)
    assert roster.book_several(team, 2, 1, ALL_FREE, 0) == (team[1:], 0)


def test_no_therapist_and_no_patient_is_in_two_places(invented):
    """Planted acts apart, and sessions whose therapist or stop was written wrong and corrected."""
    wrong = {fact.target.removeprefix("stop/") for fact in invented.facts if isinstance(fact, EntryCorrected)}
    stops = {fact.session: fact.at for fact in invented.facts if isinstance(fact, SessionStopped)}
    sessions = [
        fact
        for fact in invented.facts
        if isinstance(fact, SessionStarted) and fact.session not in wrong | invented.planted.keys()
    ]
    assert len(sessions) > 20_000
    for by in ("therapist", "patient"):
        ordered = sorted(sessions, key=lambda fact: (getattr(fact, by), fact.at))
        for one, other in pairwise(ordered):
            assert getattr(one, by) != getattr(other, by) or stops[one.session] <= other.at, (one, other)


def test_auditors_exceptions_are_planted(invented):
    """Payable all the same: no clause forbids them."""
    stories = Counter(mistake.story for mistake in invented.planted.values() if not mistake.denied_by)
    assert stories["a therapist in two places"] >= 5
    assert stories.keys() == {
        "a therapist in two places",
        "the therapist had left",
        "no effect written down",
        "the course of disease was closed",
    }


def test_sessions_lie_within_working_hours(invented):
    ends = timedelta(minutes=PLACES[-1] + 45)
    for fact in invented.facts:
        if isinstance(fact, SessionStarted | SessionStopped):
            at = timedelta(hours=fact.at.hour, minutes=fact.at.minute)
            assert timedelta(hours=8) <= at < ends
            assert fact.at.weekday() < 6
