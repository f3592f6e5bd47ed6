"""An order that names no method."""

import pytest

from tests.projections.exceptions.asking import Written, ask, the


@pytest.mark.parametrize("text", ["", "  ", "\u3000"])
def test_told_once_for_an_order(text: str) -> None:
    journal = Written()
    journal.prescription("R1", 14, method=text)
    for day in ("2021-03-01", "2021-03-02"):
        journal.treat(day, prescription="R1")
    found = the(journal, "empty-method")
    assert (found.evidence["field"], found.evidence["sessions"], len(found.acts)) == ("method", 2, 2)


def test_innocent_written_down_or_never_used() -> None:
    journal = Written()
    journal.prescription("R1", 14, method="x")
    journal.treat(prescription="R1")
    journal.prescription("R2", 14, method="")
    assert ask(journal) == []
