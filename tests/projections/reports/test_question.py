"""Which days a filter means."""

from datetime import date

import pytest

from projections.reports.question import Filter, NotAFilter, between, month_of
from projections.rules.judge import Judge
from projections.rules.rulebook import load_rulebook
from projections.rules.succession import Period, Succession
from tests.projections.reports.world import world_of
from tests.projections.rules.building import SHANGHAI


@pytest.mark.parametrize(
    ("text", "last"), [("2021-02", date(2021, 2, 28)), ("2020-02", date(2020, 2, 29)), ("2021-12", date(2021, 12, 31))]
)
def test_a_month_is_all_of_its_days(text: str, last: date) -> None:
    assert month_of(text, "H1") == Filter(last.replace(day=1), last, "H1")


@pytest.mark.parametrize("text", ["2021-13", "2021-00", "2021-3", "2021-03-01", "", "0000-01", "2021-03\n", "٢٠٢١-03"])
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(NotAFilter, match="expected YYYY-MM"):
        month_of(text)


def test_days_end_after_they_begin() -> None:
    day = date(2021, 3, 1)
    assert between(day, day) == Filter(day, day)
    with pytest.raises(NotAFilter, match="the last is before the first"):
        between(day, date(2021, 2, 28))


def test_the_basis_names_what_was_computed_from() -> None:
    world = world_of((3,))
    basis = world.question(month_of("2020-04", "H1")).basis()
    assert basis.rulebooks == tuple((book.id, book.digest) for book in world.judge.rulebooks)
    assert (basis.first, basis.last, basis.institution) == (date(2020, 4, 1), date(2020, 4, 30), "H1")
    assert (basis.mirror, basis.log_size, basis.log_root) == ("m" * 64, 1234, "cm9vdA==")
    assert (basis.profile, basis.readings) == ("default", world.judge.choice)


def test_the_basis_says_from_which_day_on_each_rulebook_decides() -> None:
    world = world_of((3,))
    national = load_rulebook("national-2010")
    first, then = date(2020, 1, 1), date(2020, 7, 1)
    followed = Succession([Period(first, SHANGHAI), Period(then, national), Period(date(2021, 1, 1), SHANGHAI)])
    question = world.question()._replace(judge=Judge(world.judge.evidence, followed))
    basis = question.basis()
    assert basis.rulebooks == ((SHANGHAI.id, SHANGHAI.digest), (national.id, national.digest))
    assert basis.periods == (
        (first, SHANGHAI.id, SHANGHAI.digest),
        (then, national.id, national.digest),
        (date(2021, 1, 1), SHANGHAI.id, SHANGHAI.digest),
    )
    assert world.question().basis().periods == ()
