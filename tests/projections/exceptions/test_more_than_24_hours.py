"""More than 24 hours of sessions on a day."""

from datetime import timedelta

import pytest

from projections.exceptions import Exceptional
from tests.projections.exceptions.asking import Written, ask, the

NAME = "more-than-24-hours"
SHORT = {"day": timedelta(minutes=120), "shift": timedelta(minutes=120)}


def named(found: list[Exceptional]) -> list[str]:
    return [one.name for one in found if one.name in (NAME, "longer-than-shift")]


@pytest.mark.parametrize(("minutes", "names"), [(1439, []), (1440, []), (1441, [NAME])])
def test_one_session_longer_than_a_day(minutes: int, names: list[str]) -> None:
    journal = Written()
    journal.treat(minutes=minutes)
    assert named(ask(journal, shift=timedelta(hours=24))) == names


def test_the_session_alone_is_told_and_not_its_days() -> None:
    journal = Written()
    journal.treat(minutes=10_000)
    found = the(journal, NAME)
    assert (found.evidence["minutes"], found.evidence["limit_minutes"]) == (10_000, 1440)


@pytest.mark.parametrize(("last", "names"), [(59, []), (60, []), (61, [NAME])])
def test_the_sum_of_a_day(last: int, names: list[str]) -> None:
    journal = Written()
    journal.treat(clock="09:00", minutes=60)
    journal.treat(clock="12:00", minutes=last, patient="P2")
    assert named(ask(journal, **SHORT)) == names


def test_sessions_at_once_come_to_more_than_a_day_has() -> None:
    journal = Written()
    for n in range(5):
        journal.treat(clock="09:00", minutes=300, patient=f"P{n + 1}")
    (found,) = [one for one in ask(journal) if one.name == NAME]
    assert (found.evidence["minutes"], len(found.acts)) == (1500, 5)


def test_innocent_a_group_counts_once() -> None:
    journal = Written()
    for n in range(5):
        journal.treat(clock="09:00", minutes=300, patient=f"P{n + 1}", mode="group")
    assert ask(journal) == []
