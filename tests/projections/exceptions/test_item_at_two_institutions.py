"""One item on one day at two institutions."""

import pytest

from tests.projections.exceptions.asking import Written, ask, the

NAME = "item-at-two-institutions"


def at_two(day: str = "2021-03-01", institution: str = "H2", item: int | str = 14, patient: str = "P1") -> Written:
    journal = Written()
    journal.institution("H2")
    journal.treat("2021-03-01", "09:00")
    journal.treat(day, "14:00", institution=institution, item=item, patient=patient)
    return journal


@pytest.mark.parametrize(("day", "found"), [("2021-02-28", 0), ("2021-03-01", 1), ("2021-03-02", 0)])
def test_on_one_day(day: str, found: int) -> None:
    assert [one.name for one in ask(at_two(day))] == [NAME] * found


def test_what_is_observed() -> None:
    found = the(at_two(), NAME)
    assert (found.evidence["item"], found.evidence["institutions"]) == ("balance-training", ("H1", "H2"))


def test_innocent_at_one_institution_of_two_items_or_two_patients() -> None:
    assert ask(at_two(institution="H1")) == []
    assert ask(at_two(item=18)) == []
    assert ask(at_two(patient="P2")) == []
