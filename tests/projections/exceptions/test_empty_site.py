"""An order that names no site."""

import pytest

from tests.projections.exceptions.asking import Written, ask, the


@pytest.mark.parametrize("text", ["", "  ", "\u3000"])
def test_told_once_for_an_order(text: str) -> None:
    journal = Written()
    journal.prescription("R1", 14, site=text)
    for day in ("2021-03-01", "2021-03-02"):
        journal.treat(day, prescription="R1")
    found = the(journal, "empty-site")
    assert (found.evidence["field"], found.evidence["sessions"], len(found.acts)) == ("site", 2, 2)


def test_innocent_written_down_or_never_used() -> None:
    journal = Written()
    journal.prescription("R1", 14, site="x")
    journal.treat(prescription="R1")
    journal.prescription("R2", 14, site="")
    assert ask(journal) == []
