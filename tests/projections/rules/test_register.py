"""Who and where, day by day: what waiting for a qualification, or for the end of a suspension, comes to."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.treatment.facts import (
    InstitutionQualified,
    InstitutionReinstated,
    InstitutionSuspended,
    PractitionerQualified,
)
from projections.rules.register import Institution
from tests.projections.rules.building import LONG_AGO, Journal, moment

DAY = "2021-03-01"


def qualified(journal: Journal, id: str, begin: str, end: str | None = None, scope: str = "rehabilitation") -> None:
    until = date.fromisoformat(end) if end else None
    journal.add(
        PractitionerQualified(
            at=LONG_AGO, practitioner=id, scope=scope, valid_from=date.fromisoformat(begin), valid_until=until
        )
    )


@pytest.mark.parametrize(
    ("scopes", "free", "seen"),
    [
        ([], None, "not recorded"),
        ([("2020-01-01", "2021-02-28")], None, "neither rehabilitation nor tcm on the day"),
        ([("2021-03-05", None)], "2021-03-05", "neither rehabilitation nor tcm on the day"),
        ([("2020-01-01", "2021-02-28"), ("2021-04-01", "2021-04-30")], "2021-04-01", None),
        ([("2021-05-01", None), ("2021-04-01", None)], "2021-04-01", None),
    ],
)
def test_a_therapist_qualified_from_a_later_day(
    scopes: list[tuple[str, str | None]], free: str | None, seen: str | None
) -> None:
    journal = Journal()
    journal.practitioner("X")
    for begin, end in scopes:
        qualified(journal, "X", begin, end)
    session = journal.session(14, DAY, therapist="X")
    assert journal.denied(session) == ("record.therapist",)
    finding = journal.finding(session, "record.therapist")
    assert finding.next_payable_on == (date.fromisoformat(free) if free else None)
    assert seen is None or finding.observed == {"X": seen}


def test_all_assessors_have_to_be_qualified_at_once() -> None:
    journal = Journal()
    for id, begin, end in (("X", "2021-03-05", "2021-03-31"), ("Y", "2021-03-20", None)):
        journal.practitioner(id)
        qualified(journal, id, begin, end)
    act = journal.assessment(10, DAY, assessors=["T1", "X", "Y"])
    assert journal.denied(act) == ("record.therapist", "10.staff")
    for clause in ("record.therapist", "10.staff"):
        assert journal.finding(act, clause).next_payable_on == date(2021, 3, 20)


def test_item_25_waits_for_its_own_staff() -> None:
    journal = Journal(born="2017-01-01")
    journal.practitioner("X", "other")
    qualified(journal, "X", "2021-03-05", scope="rehabilitation")
    qualified(journal, "X", "2021-03-09", scope="auditory_verbal")
    finding = journal.finding(journal.session(25, DAY, therapist="X"), "25.staff")
    assert (finding.holds, finding.next_payable_on) == (False, date(2021, 3, 9))
    assert finding.observed == {"X": "not qualified on the day"}
    unknown = journal.finding(journal.session(25, DAY, "11:00", therapist="N"), "25.staff")
    assert (unknown.observed, unknown.next_payable_on) == ({"N": "not recorded"}, None)


@pytest.mark.parametrize(("begin", "free"), [(None, None), ("2021-02-01", None), ("2021-03-08", date(2021, 3, 8))])
def test_an_institution_qualified_from_a_later_day(begin: str | None, free: date | None) -> None:
    journal = Journal()
    journal.institution("H2", scope=None)
    if begin is not None:
        day = date.fromisoformat(begin)
        until = date(2021, 2, 28) if day.month == 2 else None
        journal.add(InstitutionQualified(at=LONG_AGO, institution="H2", scope="tcm", valid_from=day, valid_until=until))
    finding = journal.finding(journal.session(14, DAY, institution="H2"), "record.institution")
    assert finding.observed == {"institution": "not qualified on the day" if begin else "not recorded"}
    assert finding.next_payable_on == free


def test_a_suspension_ends_and_another_begins() -> None:
    journal = Journal()
    for begin, end in ((date(2021, 2, 1), date(2021, 3, 9)), (date(2021, 3, 10), date(2021, 3, 20))):
        journal.add(InstitutionSuspended(at=LONG_AGO, institution="H1", from_=begin, until=end))
    finding = journal.finding(journal.session(14, DAY), "record.institution")
    assert (finding.observed, finding.next_payable_on) == ({"institution": "suspended"}, date(2021, 3, 21))


def test_a_reinstatement_still_to_come_is_not_known_yet() -> None:
    journal = Journal()
    journal.add(
        InstitutionSuspended(at=LONG_AGO, institution="H1", from_=date(2021, 2, 1)),
        InstitutionReinstated(at=moment("2021-03-05"), institution="H1"),
    )
    before, after = journal.session(14, DAY), journal.session(14, "2021-03-06")
    assert journal.finding(before, "record.institution").next_payable_on is None
    assert journal.denied(after) == ()


_DAY = date(2021, 3, 1)
_NEAR = st.integers(-6, 6).map(lambda days: _DAY + timedelta(days))
_WRITTEN = st.integers(0, 8).map(lambda days: moment("2021-02-26") + timedelta(days))


@given(
    st.lists(st.tuples(_NEAR, _NEAR | st.none()), max_size=3),
    st.lists(st.tuples(_WRITTEN, _NEAR, _NEAR | st.none()), max_size=5),
    st.lists(_WRITTEN, max_size=4),
    st.randoms(use_true_random=False),
    _WRITTEN,
)
def test_suspensions_and_reinstatements_as_the_page_has_them(held, suspended, reinstated, random, at) -> None:  # type: ignore[no-untyped-def]
    """Against asking every suspension about every reinstatement, the words of the page as they stand."""
    places = list(range(len(suspended) + len(reinstated)))
    random.shuffle(places)
    house = Institution("H")
    house.qualified = [("tcm", begin, end) for begin, end in held]
    house.suspended = [((written, places.pop()), begin, end) for written, begin, end in suspended]
    house.reinstated = [(written, places.pop()) for written in reinstated]

    def lies_in(day: date, begin: date, end: date | None) -> bool:
        return begin <= day and (end is None or day <= end)

    def is_suspended(day: date) -> bool:
        return any(
            lies_in(day, begin, end) and not any(lift[0] <= at and written < lift for lift in house.reinstated)
            for written, begin, end in house.suspended
        )

    days = [_DAY + timedelta(days) for days in range(-8, 9)]
    assert [house.is_suspended(at, day) for day in days] == [is_suspended(day) for day in days]
    free = [day for day in days if any(lies_in(day, *one) for one in held) and not is_suspended(day)]
    assert house.first_free(at, days[0]) == next(iter(free), None)
    assert all(day in house.turns() for day in free if day - timedelta(1) not in free and day > days[0])


def test_only_the_scopes_that_a_clause_asks_for_are_waited_for() -> None:
    journal = Journal()
    journal.practitioner("X", "nurse")
    for day in ("2021-03-05", "2021-04-05"):
        qualified(journal, "X", day, day, scope="training")
        qualified(journal, "X", day, day, scope="auditory_verbal")
    act = journal.session(14, DAY, therapist="X")
    assert journal.finding(act, "record.therapist").next_payable_on is None
