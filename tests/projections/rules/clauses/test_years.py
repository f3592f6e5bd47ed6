"""Years in all: those with a paid act, or all since the first."""

from datetime import date

import pytest

from projections.rules.decision import Finding
from projections.rules.judge import Judge
from projections.rules.rulebook import load_rulebook
from tests.projections.rules.building import Journal

NINE = load_rulebook("national-2010")


def findings(*days: str, option: str = "paid_years") -> list[Finding]:
    journal = Journal(born="2014-01-01")
    for day in days:
        journal.session(3, day)
    made = Judge(journal.facts, NINE, {"years_in_all": option}).decisions()
    return [finding for decision in made for finding in decision.findings if finding.clause == "3.total"]


FIVE = ("2016-03-01", "2017-03-01", "2018-03-01", "2019-03-01", "2021-02-28")


def test_the_first_act_uses_none_and_rests_on_no_reading() -> None:
    (first,) = findings("2016-03-01")
    assert (first.holds, first.used, first.limit, first.unit, first.readings) == (True, 0, 5, "year", {})


def test_an_act_in_a_year_already_used_uses_no_other() -> None:
    *_, in_year, after = findings(*FIVE, "2021-12-31", "2022-01-01")
    assert (in_year.holds, in_year.used) == (True, 5)
    assert (after.holds, after.used, after.next_payable_on) == (False, 5, None)
    assert after.observed == {"years": "2016, 2017, 2018, 2019, 2021"}
    assert after.counted == ("S1", "S2", "S3", "S4", "S5")


@pytest.mark.parametrize(("day", "holds"), [("2021-02-28", True), ("2021-03-01", False), ("2021-03-02", False)])
def test_five_years_from_the_first_paid_act(day: str, holds: bool) -> None:
    *_, last = findings("2016-03-01", day, option="elapsed")
    assert last.holds is holds
    assert last.window == (date(2016, 3, 1), date(2021, 2, 28))
    assert last.limit == 1826


def test_who_began_on_29_february_has_until_the_last_of_it() -> None:
    *_, last, over = findings("2016-02-29", "2021-02-28", "2021-03-01", option="elapsed")
    assert (last.holds, over.holds) == (True, False)
