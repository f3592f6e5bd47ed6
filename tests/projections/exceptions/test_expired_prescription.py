"""Sessions on an order that was over."""

from datetime import date

import pytest

from ledger.treatment.facts import PrescriptionStopped
from tests.projections.exceptions.asking import Written, ask, the
from tests.projections.rules.building import moment

NAME = "expired-prescription"


def until(day: str) -> Written:
    journal = Written()
    journal.prescription("R1", 14, valid_until=date(2021, 3, 2))
    journal.treat(day, prescription="R1")
    return journal


@pytest.mark.parametrize(("day", "found"), [("2021-03-01", 0), ("2021-03-02", 0), ("2021-03-03", 1)])
def test_the_last_day_is_valid(day: str, found: int) -> None:
    assert len(ask(until(day))) == found


def test_past_its_last_day() -> None:
    found = the(until("2021-03-03"), NAME)
    assert (found.evidence["problem"], found.evidence["valid_until"]) == ("past valid_until", "2021-03-02")


@pytest.mark.parametrize(("clock", "found"), [("08:59", 1), ("09:00", 1), ("09:01", 0)])
def test_stopped_from_its_instant_on(clock: str, found: int) -> None:
    journal = Written()
    journal.prescription("R1", 14)
    journal.add(PrescriptionStopped(at=moment("2021-03-01", clock), prescription="R1"))
    journal.treat("2021-03-01", "09:00", prescription="R1")
    seen = ask(journal)
    assert [(one.name, one.evidence["problem"]) for one in seen] == [(NAME, "stopped")] * found
    assert all(one.evidence["stopped"] == f"2021-03-01T{clock}:00+08:00" for one in seen)


def test_innocent_another_order_of_the_sheet_was_stopped() -> None:
    journal = Written()
    journal.prescription("R1", 14)
    journal.add(PrescriptionStopped(at=moment("2021-02-01"), prescription="R1", order="2"))
    journal.treat("2021-03-01", prescription="R1")
    assert ask(journal) == []
