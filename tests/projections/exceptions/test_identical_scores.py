"""The same scores many times in a row."""

from datetime import date, timedelta

import pytest

from ledger.treatment.facts import AssessmentRecorded, AssessmentVoided
from ledger.treatment.values import Result
from tests.projections.exceptions.asking import Written, ask, the
from tests.projections.rules.building import moment

NAME = "identical-scores"
FIRST = date(2021, 1, 4)


def assessed(
    *scores: dict[str, int], best: int | None = 100, patients: int = 1, item: str | None = "adl-assessment"
) -> Written:
    journal = Written()
    for n in range(1, patients):
        journal.patient(f"P{n + 1}", "1960-01-01")
    for n, of in enumerate(scores):
        journal.add(
            AssessmentRecorded(
                at=moment(FIRST + timedelta(20 * n)), assessment=f"A{n}", patient=f"P{n % patients + 1}", episode="E1",
                institution="H1", item=item, assessors=["T1"], outcome="improved",
                results=[Result(scale=scale, score=score, max=best) for scale, score in of.items()],
            )
        )  # fmt: skip
    return journal


@pytest.mark.parametrize(("times", "found"), [(3, []), (4, [4]), (5, [5])])
def test_of_one_patient(times: int, found: list[int]) -> None:
    seen = ask(assessed(*[{"Barthel": 55}] * times))
    assert [(one.name, one.evidence["times"]) for one in seen] == [(NAME, many) for many in found]


def test_what_is_observed_also_where_nothing_is_charged() -> None:
    found = the(assessed(*[{"Barthel": 55}] * 4, item=None), NAME)
    assert (found.acts, found.practitioners) == (("A0", "A1", "A2", "A3"), ("T1",))
    assert (found.evidence["scale"], found.evidence["score"], found.evidence["outcomes"]) == (
        "Barthel", "55", ("improved",) * 4,
    )  # fmt: skip


@pytest.mark.parametrize(("times", "found"), [(3, []), (4, [4]), (5, [5])])
def test_of_several_patients_by_one_assessor(times: int, found: list[int]) -> None:
    seen = ask(assessed(*[{"FIM": 55, "MMSE": 20}] * times, patients=5))
    assert [(one.name, one.evidence["times"]) for one in seen] == [(NAME, many) for many in found]
    assert all(one.evidence["scores"] == ("FIM 55", "MMSE 20") for one in seen)


@pytest.mark.parametrize(("score", "best", "found"), [(5, 10, 0), (5, 11, 1), (0, 100, 0), (100, 100, 0), (5, None, 1)])
def test_innocent_few_grades_nothing_or_the_best(score: int, best: int | None, found: int) -> None:
    assert len(ask(assessed(*[{"scale": score}] * 4, best=best))) == found


def test_innocent_one_scale_of_several_patients_and_a_score_that_moves() -> None:
    assert ask(assessed(*[{"FIM": 55}] * 8, patients=4)) == []
    assert ask(assessed(*[{"FIM": 55}] * 3, {"FIM": 56}, *[{"FIM": 55}] * 3)) == []


def test_innocent_a_voided_one_does_not_count() -> None:
    journal = assessed(*[{"Barthel": 55}] * 4)
    journal.add(AssessmentVoided(at=moment("2021-12-01"), assessment="A2", reason="entered twice"))
    assert ask(journal) == []


def test_one_patient_with_several_scales_is_told_once_for_each() -> None:
    seen = ask(assessed(*[{"FIM": 55, "MMSE": 20}] * 4))
    assert sorted(str(one.evidence["scale"]) for one in seen) == ["FIM", "MMSE"]
