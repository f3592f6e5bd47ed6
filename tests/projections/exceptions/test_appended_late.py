"""Taken into the ledger days after it is said to have been written."""

import pytest

from projections.exceptions import Entry, find
from tests.projections.exceptions.asking import Written
from tests.projections.rules.building import moment

NAME = "appended-late"


def taken_in(day: str, journal: Written) -> list[Entry]:
    return [Entry(position, moment(day, "12:00")) for position in range(len(journal.facts))]


@pytest.mark.parametrize(("day", "days"), [("2021-03-01", []), ("2021-03-02", []), ("2021-03-03", [2])])
def test_later_than_the_next_day(day: str, days: list[int]) -> None:
    journal = Written()
    session = journal.treat("2021-03-01")
    found = find(journal.facts, entries=taken_in(day, journal))
    assert [(one.name, one.evidence["days"]) for one in found] == [(NAME, late) for late in days]
    start = next(place for place, fact in enumerate(journal.facts) if getattr(fact, "session", None) == session)
    assert [one.positions for one in found] == [(start,)] * len(days)


def test_what_the_source_says_it_wrote_late_is_told_as_that() -> None:
    journal = Written()
    journal.treat("2021-03-01", recorded_at=moment("2021-03-09"))
    found = find(journal.facts, entries=taken_in("2021-03-10", journal))
    assert [one.name for one in found] == ["back-dated"]


def test_innocent_nothing_is_known_of_the_log() -> None:
    journal = Written()
    journal.treat("2021-03-01")
    assert find(journal.facts) == []


def test_an_entry_for_each_line() -> None:
    journal = Written()
    with pytest.raises(ValueError, match="expected one for each"):
        find(journal.facts, entries=[Entry()])


def test_whom_nobody_recorded_is_named_in_the_language_of_the_sentence() -> None:
    journal = Written()
    journal.assessment("rehabilitation-assessment", "2021-03-01", assessors=())
    (one,) = [one for one in find(journal.facts, entries=taken_in("2021-03-10", journal)) if one.name == NAME]
    assert one.what.zh.startswith("（未记人员） 在 ")
    assert " by nobody on record at " in one.what.en
