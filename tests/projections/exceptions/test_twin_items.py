"""Items that exclude one another on one day."""

import pytest

from projections.exceptions import Limits
from projections.rules.rulebook import load_rulebook
from projections.rules.schema import ExclusiveClause
from tests.projections.exceptions.asking import Written, ask, the
from tests.projections.rules.building import SLUG

NAME = "twin-items"


def both(one: int | str, other: int | str, day: str = "2021-03-01", patient: str = "P1") -> Written:
    journal = Written()
    journal.treat("2021-03-01", "09:00", item=one)
    journal.treat(day, "14:00", item=other, patient=patient)
    return journal


@pytest.mark.parametrize("limb", [2, 3, 4])
@pytest.mark.parametrize("exercise", ["exercise-therapy", "exercise-therapy/strength"])
def test_exercise_therapy_beside_a_limb_training(exercise: str, limb: int) -> None:
    found = the(both(exercise, limb), NAME)
    assert (found.evidence["items"], found.evidence["day"]) == ((exercise, SLUG[limb]), "2021-03-01")


def test_both_balance_examinations() -> None:
    journal = Written()
    journal.assessment(27, "2021-03-01", "09:00", scales=["a"])
    journal.assessment(28, "2021-03-01", "10:00", scales=["b"])
    assert len(the(journal, NAME).acts) == 2


@pytest.mark.parametrize(("day", "found"), [("2021-02-28", 0), ("2021-03-01", 1), ("2021-03-02", 0)])
def test_on_one_day(day: str, found: int) -> None:
    assert len(ask(both(1, 2, day))) == found


def test_innocent_limb_trainings_beside_each_other_another_patient_and_one_side_only() -> None:
    assert ask(both(2, 4)) == []
    assert ask(both(1, 2, patient="P2")) == []
    assert ask(both(1, "exercise-therapy/strength")) == []
    assert ask(both(1, 14)) == []


def test_the_default_is_what_annex_1_excludes() -> None:
    excluding = {
        (item.number, other)
        for item in load_rulebook("shanghai-2017").file.item
        for clause in item.clause
        if isinstance(clause, ExclusiveClause)
        for other in clause.excludes
    }
    number = {slug: one for one, slug in SLUG.items()}
    pairs = {(number[a], number[b]) for one, other in Limits().twins for a in one for b in other}
    assert excluding == pairs | {(b, a) for a, b in pairs}
