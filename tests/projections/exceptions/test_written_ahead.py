"""Written down before it happened."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from ledger.treatment.facts import EntryCorrected, SessionStopped
from projections.exceptions import Entry, find, find_standing
from tests.projections.exceptions.asking import Written, ask
from tests.projections.rules.building import moment

NAME = "written-ahead"
STOP = moment("2021-03-01", "09:30")


def stop_recorded(minutes_before: int) -> Written:
    journal = Written()
    journal.treat(clock="09:00", minutes=30)
    for place, fact in enumerate(journal.facts):
        if isinstance(fact, SessionStopped):
            journal.facts[place] = replace(fact, recorded_at=STOP - timedelta(minutes=minutes_before))
    return journal


@pytest.mark.parametrize(("minutes", "found"), [(4, []), (5, []), (6, [6])])
def test_by_more_than_five_minutes(minutes: int, found: list[int]) -> None:
    seen = ask(stop_recorded(minutes))
    assert [(one.name, one.evidence["minutes"]) for one in seen] == [(NAME, ahead) for ahead in found]


def test_which_line() -> None:
    (found,) = ask(stop_recorded(20))
    assert (found.evidence["line"], found.evidence["claimed"]) == ("SessionStopped", "2021-03-01T09:30:00+08:00")
    assert "stop" in found.what.en
    assert "结束" in found.what.zh


def test_the_ledger_had_it_before_it_happened() -> None:
    journal = stop_recorded(0)
    entries = [Entry(0, moment("2021-03-01", "08:50"))] * len(journal.facts)
    assert [one.evidence["minutes"] for one in find(journal.facts, entries=entries)] == [40]


def test_innocent_a_stop_corrected_to_a_later_time() -> None:
    journal = stop_recorded(0)
    for place, fact in enumerate(journal.facts):
        if isinstance(fact, SessionStopped):
            wrong = STOP - timedelta(minutes=30)
            journal.facts[place] = replace(fact, id="stop", at=wrong, recorded_at=None)
            old = wrong.isoformat()
    journal.add(
        EntryCorrected(
            at=moment("2021-03-02"), target="stop", field="at", old=old, new=STOP.isoformat(), reason="a slip",
            practitioner="T1",
        )
    )  # fmt: skip
    assert find_standing(journal.facts) == []
