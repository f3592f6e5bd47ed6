"""More sessions on a day than a shift holds."""

from datetime import timedelta

import pytest

from tests.projections.exceptions.asking import Written, ask, the

NAME = "longer-than-shift"


def sessions(*lengths: int, clocks: tuple[str, ...] = ("06:00", "13:00", "20:30"), **fields: str) -> Written:
    journal = Written()
    for n, minutes in enumerate(lengths):
        journal.treat(clock=clocks[n], minutes=minutes, patient=f"P{n + 1}", **fields)
    return journal


def test_more_than_twelve_hours() -> None:
    found = the(sessions(400, 400), NAME)
    assert (found.practitioners, found.evidence["minutes"], found.evidence["limit_minutes"]) == (("T1",), 800, 720)
    assert (found.evidence["sessions"], found.evidence["day"]) == (2, "2021-03-01")


@pytest.mark.parametrize(("last", "count"), [(319, 0), (320, 0), (321, 1)])
def test_the_limit_itself_is_allowed(last: int, count: int) -> None:
    assert len(ask(sessions(400, last))) == count


def test_the_shift_is_a_parameter() -> None:
    assert len(ask(sessions(100, 100), shift=timedelta(minutes=199))) == 1
    assert ask(sessions(100, 100), shift=timedelta(minutes=200)) == []


def test_innocent_time_past_midnight_is_of_the_next_day() -> None:
    journal = sessions(300, 300, clocks=("10:00", "22:00"))  # three of the last five hours lie on the day after
    assert ask(journal, shift=timedelta(minutes=420)) == []
    (found,) = ask(journal, shift=timedelta(minutes=419))
    assert found.evidence["day"] == "2021-03-01"


def test_innocent_two_therapists() -> None:
    journal = sessions(400)
    journal.treat(clock="13:00", minutes=400, patient="P2", therapist="T2")
    assert ask(journal) == []


def test_up_to_what_a_day_has() -> None:
    short = {"shift": timedelta(minutes=60), "day": timedelta(minutes=120)}
    for last, name in ((19, NAME), (20, NAME), (21, "more-than-24-hours")):
        assert [one.name for one in ask(sessions(100, last), **short)] == [name]


def test_a_session_of_a_whole_day_counts_on_both_days() -> None:
    journal = Written()
    journal.treat(clock="10:00", minutes=1440)
    found = the(journal, NAME)
    assert (found.evidence["day"], found.evidence["minutes"]) == ("2021-03-01", 840)
    assert (f"{found.begin:%H:%M}", f"{found.end:%d %H:%M}") == ("10:00", "02 00:00")


def test_a_session_that_ends_at_midnight_is_none_of_the_next_day() -> None:
    journal = sessions(120, clocks=("22:00",))
    journal.treat("2021-03-02", "08:00", minutes=400, patient="P8")
    journal.treat("2021-03-02", "15:00", minutes=400, patient="P9")
    found = the(journal, NAME)
    assert (found.evidence["day"], found.patients) == ("2021-03-02", ("P8", "P9"))
    assert f"{found.begin:%H:%M}" == "08:00"
