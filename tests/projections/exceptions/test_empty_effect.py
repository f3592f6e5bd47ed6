"""A session without a word on its effect."""

import pytest

from tests.projections.exceptions.asking import Written, ask, the


@pytest.mark.parametrize("text", ["", "  ", "\u3000"])
def test_nothing_written(text: str) -> None:
    journal = Written()
    session = journal.treat(effect=text)
    assert the(journal, "empty-effect").acts == (session,)


def test_innocent_written_not_stopped_or_voided() -> None:
    journal = Written()
    journal.treat("2021-03-01", effect="better")
    journal.treat("2021-03-02", minutes=None)
    journal.treat("2021-03-03", effect="", voided=True)
    assert ask(journal) == []
