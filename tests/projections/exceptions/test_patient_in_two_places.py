"""A patient in two sessions at once."""

import pytest

from tests.projections.exceptions.asking import Written, ask, the

NAME = "patient-in-two-places"


def twice(second: str, **fields: str) -> Written:
    journal = Written()
    journal.institution("H2")
    journal.treat(clock="09:00", item=14)
    journal.treat(clock=second, item=18, **({"therapist": "T2"} | fields))
    return journal


@pytest.mark.parametrize("institution", ["H1", "H2"])
def test_two_sessions_at_once(institution: str) -> None:
    found = the(twice("09:10", institution=institution), NAME)
    assert (found.patients, found.practitioners) == (("P1",), ("T1", "T2"))
    assert found.institutions == tuple(dict.fromkeys(("H1", institution)))
    assert found.evidence["minutes"] == 20


def test_one_session_written_twice() -> None:
    journal = Written()
    journal.treat()
    journal.treat()
    assert len(the(journal, NAME).acts) == 2


@pytest.mark.parametrize(("second", "found"), [("09:24", 1), ("09:25", 0), ("09:26", 0)])
def test_more_than_five_shared_minutes(second: str, found: int) -> None:
    assert len(ask(twice(second))) == found


def test_innocent_one_after_the_other() -> None:
    assert ask(twice("09:30", institution="H2")) == []
