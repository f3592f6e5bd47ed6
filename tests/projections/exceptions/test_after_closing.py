"""Treated on after the episode was closed."""

import pytest

from ledger.treatment.facts import EpisodeClosed
from tests.projections.exceptions.asking import Written, ask, the
from tests.projections.rules.building import moment

NAME = "after-closing"


def closed(clock: str) -> Written:
    journal = Written()
    journal.add(EpisodeClosed(at=moment("2021-03-01", clock), episode="E1"))
    return journal


@pytest.mark.parametrize(("clock", "found"), [("08:59", 1), ("09:00", 0), ("09:01", 0)])
def test_after_its_instant(clock: str, found: int) -> None:
    journal = closed(clock)
    journal.treat("2021-03-01", "09:00")
    assert [one.name for one in ask(journal)] == [NAME] * found


def test_told_once_for_an_episode() -> None:
    journal = closed("08:00")
    journal.treat("2021-03-01")
    journal.assessment(13, "2021-03-02", scales=["x"])
    found = the(journal, NAME)
    assert (found.evidence["episode"], len(found.acts)) == ("E1", 2)


def test_innocent_another_episode() -> None:
    journal = closed("08:00")
    journal.declared("E8", "2021-03-01")
    journal.treat("2021-03-02", episode="E8")
    assert ask(journal) == []
