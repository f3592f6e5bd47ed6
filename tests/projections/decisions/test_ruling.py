"""A ruling is known by its texts, their days and its readings, and by nothing else."""

from datetime import date

from projections.decisions.ruling import evaluator_digest, judge_by, ruling_of
from projections.rules.evidence import Evidence
from projections.rules.judge import Judge
from projections.rules.rulebook import Rulebook, load_rulebook
from projections.rules.succession import Period, Succession
from tests.projections.rules.building import SHANGHAI

NATIONAL = load_rulebook("national-2010")


def judge(book: Rulebook | Succession, **readings: str) -> Judge:
    return Judge(Evidence([]), book, readings)


def followed(*days: tuple[int, Rulebook]) -> Succession:
    return Succession([Period(date(year, 1, 1), book) for year, book in days])


def test_what_it_is_known_by() -> None:
    rulings = [
        judge(SHANGHAI),
        judge(NATIONAL),
        judge(SHANGHAI, together="overlapping"),
        judge(followed((2020, SHANGHAI))),
        judge(followed((2021, SHANGHAI))),
        judge(followed((2021, SHANGHAI), (2022, NATIONAL))),
        judge(followed((2021, NATIONAL), (2022, SHANGHAI))),
    ]
    assert len({ruling_of(one).digest for one in rulings}) == len(rulings)
    default = SHANGHAI.choose()["together"]
    assert ruling_of(judge(SHANGHAI, together=default)).digest == ruling_of(judge(SHANGHAI)).digest


def test_who_goes_back_has_the_same_ruling_again() -> None:
    back = followed((2021, SHANGHAI), (2022, SHANGHAI))
    assert ruling_of(judge(back)).digest == ruling_of(judge(followed((2021, SHANGHAI)))).digest


def test_a_judge_is_found_again_by_its_texts() -> None:
    for one in (
        judge(SHANGHAI),
        judge(SHANGHAI, together="overlapping"),
        judge(followed((2021, NATIONAL), (2022, SHANGHAI))),
        judge(followed((2021, NATIONAL), (2022, SHANGHAI)), together="overlapping"),
    ):
        found = judge_by(ruling_of(one), [SHANGHAI, NATIONAL], Evidence([]))
        assert found is not None
        assert ruling_of(found) == ruling_of(one)
        assert judge_by(ruling_of(one), [NATIONAL], Evidence([])) is None


def test_the_evaluator_is_known_by_its_sources() -> None:
    assert len(evaluator_digest()) == 64
