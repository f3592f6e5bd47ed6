"""Signed before the session was over."""

import pytest

from ledger.treatment.facts import SessionSigned
from tests.projections.exceptions.asking import Written, ask, the
from tests.projections.rules.building import moment

NAME = "signed-before-stop"


@pytest.mark.parametrize(("clock", "minutes"), [("09:29", [1]), ("09:30", []), ("09:31", [])])
def test_the_stop_itself_is_not_before_it(clock: str, minutes: list[int]) -> None:
    journal = Written()
    journal.treat(clock="09:00", minutes=30, signed_at=moment("2021-03-01", clock))
    found = ask(journal)
    assert [one.name for one in found] == [NAME] * len(minutes)
    assert [one.evidence["minutes"] for one in found] == minutes


def test_who_and_when() -> None:
    journal = Written()
    journal.treat(clock="09:00", minutes=30, signed_at=moment("2021-03-01", "09:10"))
    found = the(journal, NAME)
    assert (found.practitioners, found.evidence["minutes"]) == (("T1",), 20)
    assert found.evidence["signed_at"] == "2021-03-01T09:10:00+08:00"
    assert found.evidence["stop"] == "2021-03-01T09:30:00+08:00"


def test_innocent_signed_again_after_it() -> None:
    journal = Written()
    session = journal.treat(clock="09:00", minutes=30, signed_at=moment("2021-03-01", "09:10"))
    journal.add(SessionSigned(at=moment("2021-03-01", "09:35"), session=session, practitioner="T1"))
    assert ask(journal) == []
