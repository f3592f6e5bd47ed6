from datetime import date

import pytest

from projections.eligibility import NEAR
from projections.eligibility.limits import Limit, limits_of
from projections.rules.decision import Finding
from projections.rules.judge import Judge
from projections.rules.schema import CountClause, DaysClause, SpanClause
from tests.cases.story import build
from tests.projections.eligibility.asked import FINDINGS, SHANGHAI, ask, counter_of, moment

DAYS = DaysClause(clause="16.days", quote=["不超过30天"], max=30)
A_DAY = CountClause(clause="5.day", quote=["每日支付不超过2次"], max=2, per="day", unit="session")
A_YEAR = SpanClause(clause="1.span", quote=["不超过1年"], length="P1Y", per="episode", extendable=True)


def limit(words: CountClause | DaysClause | SpanClause, used: int, most: int, **finding: object) -> Limit:
    """A limit as it would be found."""
    return Limit(
        words, Finding(words.clause, bool(finding.pop("holds", used < most)), used, most, **finding), used, most
    )


def test_a_counter_says_what_was_used_of_which_limit_and_over_what() -> None:
    story = "2021-03-01 09:00 S1 occupational-therapy"
    day = counter_of(ask(story, "occupational-therapy", "2021-03-01 15:00"), "5.day")
    assert (day.used, day.limit, day.left, day.unit, day.holds) == (1, 2, 1, "session", True)
    assert day.window == (date(2021, 3, 1), date(2021, 3, 1))
    assert day.quote == "每日支付不超过2次"


def test_nothing_less_than_nothing_is_left() -> None:
    story = "2020-03-01 09:00 S1 isokinetic-strength-training"
    span = counter_of(ask(story, "isokinetic-strength-training", "2021-06-01"), "42.span")
    assert (span.used, span.limit, span.left, span.holds) == (457, 365, 0, False)


def test_a_clause_that_counts_nothing_is_no_limit() -> None:
    case = Judge(build("", findings=FINDINGS), SHANGHAI).case("P1")
    decision = case.decide(case.hypothetical("occupational-therapy", moment("2021-03-01")))
    assert [found.words.clause for found in limits_of(decision, SHANGHAI)] == ["5.span", "5.day"]


@pytest.mark.parametrize(
    ("used", "most", "reach"),
    [
        (79, 100, None),
        (80, 100, "near"),
        (81, 100, "near"),
        (99, 100, "near"),
        (100, 100, "reached"),
        (101, 100, "reached"),
        (23, 30, None),
        (24, 30, "near"),
        (0, 1, None),
        (1, 1, "reached"),
        (1, 2, None),
        (2, 3, None),
        (3, 4, None),
        (4, 5, "near"),
    ],
)
def test_a_limit_is_near_from_80_percent_on(used: int, most: int, reach: str | None) -> None:
    assert limit(DAYS, used, most).reach() == reach


def test_80_percent_is_met_exactly_whatever_the_limit() -> None:
    for most in range(5, 10_001, 5):
        assert limit(DAYS, most * 4 // 5, most).reach() == "near"
        assert limit(DAYS, most * 4 // 5 - 1, most).reach() is None
    assert NEAR == 0.8


def test_what_a_single_day_may_hold_is_never_near() -> None:
    assert limit(A_DAY, 2, 2).daily
    assert limit(A_DAY, 2, 2).reach() is None
    assert not limit(DAYS, 2, 2).daily


def test_a_span_that_an_assessment_carries_over_is_not_reached() -> None:
    carried = limit(A_YEAR, 400, 365, holds=True, observed={"assessment": "A1"})
    assert (carried.carried, carried.reach()) == (True, None)
    assert limit(A_YEAR, 400, 365, observed={"assessment": "A1", "problem": "not improved"}).reach() == "reached"
    assert limit(A_YEAR, 365, 365, holds=True).reach() == "reached"  # the last paid day itself
    assert limit(DAYS, 30, 30, holds=True).reach() == "reached"  # a day already counted
