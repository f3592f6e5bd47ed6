"""Sessions that no prescription of the patient's covers."""

import pytest

from tests.projections.exceptions.asking import Written, ask, only, the

NAME = "no-prescription"


@pytest.mark.parametrize(("clock", "found"), [("08:59", 0), ("09:00", 0), ("09:01", 1)])
def test_issued_after_the_start(clock: str, found: int) -> None:
    journal = Written()
    journal.prescription("R1", 14, "2021-03-01", clock=clock)
    journal.treat("2021-03-01", "09:00", prescription="R1")
    assert [(one.name, one.evidence["problem"]) for one in ask(journal)] == [(NAME, "issued after the start")] * found


def test_another_patients() -> None:
    journal = Written()
    journal.prescription("R1", 14)
    journal.treat(patient="P2", prescription="R1")
    found = the(journal, NAME)
    assert (found.patients, found.evidence["problem"], found.evidence["sheet_of"]) == (
        ("P2",), "of another patient", "P1",
    )  # fmt: skip


def test_no_such_order_told_once_for_an_order() -> None:
    journal = Written()
    journal.prescription("R1", 14)
    for day in ("2021-03-01", "2021-03-02"):
        journal.treat(day, prescription="R1", order="9")
    (found,) = only(journal, NAME)
    assert (found.evidence["problem"], found.evidence["sessions"], len(found.acts)) == ("no such order", 2, 2)


def test_innocent_a_voided_session() -> None:
    journal = Written()
    journal.prescription("R1", 14)
    journal.treat(patient="P2", prescription="R1", voided=True)
    assert ask(journal) == []
