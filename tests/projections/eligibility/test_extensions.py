"""Spans and item 3's proof: inside, past the end, and what carries on. The clauses answer; here they are told."""

from datetime import date, timedelta
from typing import Any

import pytest

from projections.eligibility import ExtensionState
from projections.rules.rulebook import load_rulebook
from tests.projections.eligibility.asked import SHANGHAI, ask, moment

SPAN = "2021-03-01 09:00 S1 occupational-therapy\n"
COMPREHENSIVE = "comprehensive-rehabilitation-assessment"


def span(story: str, at: str, item: str = "occupational-therapy", **more: Any) -> ExtensionState:
    (found,) = ask(story, item, at, **more).extensions
    return found


def assessed(on: str, outcome: str = "improved", more: str = "") -> str:
    return f"{on} 10:00 A1 {COMPREHENSIVE} outcome={outcome} {more}\n"


def test_an_item_without_a_span_has_none() -> None:
    assert ask("", "balance-test", "2021-03-01").extensions == ()


def test_a_clock_that_has_not_begun_ends_nowhere() -> None:
    found = span("", "2021-03-01")
    assert (found.state, found.ends_on, found.asked_on, found.supported) == ("not_needed", None, None, False)


def test_within_the_span_none_is_needed_and_it_says_what_will_be() -> None:
    for at in ("2021-03-01", "2021-09-01", "2022-02-28"):
        found = span(SPAN, at)
        assert (found.state, found.ends_on) == ("not_needed", date(2022, 2, 28))
        assert (found.asked_on, found.counts_from) == (date(2022, 3, 1), date(2022, 3, 1))
        assert (found.assessment, found.reason, found.supported) == (None, "not recorded", False)


def test_past_the_end_it_is_missing() -> None:
    found = span(SPAN, "2022-03-01")
    assert (found.state, found.ends_on, found.asked_on) == ("missing", date(2022, 2, 28), date(2022, 3, 1))
    assert found.reason == "not recorded"
    assert found.en == (
        "to go on, a comprehensive assessment dated 2022-03-01 or later and still valid has to find "
        "improvement (none is recorded)"
    )
    assert found.zh == "继续支付须有 2022-03-01 起、且仍在有效期的康复综合评定确认功能持续改善（尚无评定记录）"


@pytest.mark.parametrize(
    ("story", "reason"),
    [
        (assessed("2022-02-28"), "dated too early"),
        (assessed("2022-03-01", "unchanged"), "not improved"),
        (assessed("2022-03-01", "baseline"), "says nothing on improvement"),
        (assessed("2022-03-01", more="assessors=T1,T2"), "not valid"),
        (assessed("2022-03-01", more="scales=FIM"), "not valid"),
    ],
)
def test_why_the_one_that_is_there_does_not_do(story: str, reason: str) -> None:
    found = span(SPAN + story, "2022-03-02")
    assert (found.state, found.reason, found.assessment, found.supported) == ("missing", reason, "A1", False)
    assert "(A1 " in found.en
    assert "（A1" in found.zh


def test_supported_by_which_and_until_when() -> None:
    story = SPAN + assessed("2022-03-01")
    for at in ("2022-03-01", "2022-09-01", "2023-02-28"):
        found = span(story, at)
        assert (found.state, found.supported, found.assessment) == ("supported", True, "A1")
        assert (found.assessed_on, found.valid_until) == (date(2022, 3, 1), date(2023, 2, 28))
        assert found.en == "A1 supports going on until 2023-02-28"
    late = span(story, "2023-03-01")
    assert (late.state, late.reason) == ("missing", "no longer valid")


def test_for_ever_has_no_last_day() -> None:
    found = span(SPAN + assessed("2022-03-01"), "2029-01-01", readings={"extension_valid": "forever"})
    assert (found.state, found.valid_until, found.en) == ("supported", None, "A1 supports going on")


@pytest.mark.parametrize(
    ("option", "earliest"), [("after_limit", date(2022, 3, 1)), ("30_days_before", date(2022, 1, 30)), ("any", None)]
)
def test_the_day_from_which_an_assessment_counts_is_the_judges(option: str, earliest: date | None) -> None:
    readings = {"extension_from": option}
    inside = span(SPAN, "2021-09-01", readings=readings)
    past = span(SPAN, "2022-03-05", readings=readings)
    assert inside.counts_from == past.counts_from == earliest
    first = earliest or date(2021, 3, 2)
    on = span(SPAN + assessed(str(first)), "2022-03-01 12:00", readings=readings)
    assert on.state == "supported"
    if earliest is not None:
        before = span(SPAN + assessed(str(first - timedelta(days=1))), "2022-03-01 12:00", readings=readings)
        assert (before.state, before.reason) == ("missing", "dated too early")


def test_what_will_carry_on_is_known_before_the_end() -> None:
    story = SPAN + assessed("2022-02-10")
    early = span(story, "2022-02-15", readings={"extension_from": "30_days_before"})
    assert (early.state, early.supported, early.assessment) == ("not_needed", True, "A1")
    before_it = span(story, "2022-02-09", readings={"extension_from": "30_days_before"})
    assert (before_it.supported, before_it.reason) == (False, "not recorded")


@pytest.mark.parametrize(
    ("item", "ends_on"),
    [
        ("endurance-training", date(2021, 8, 27)),
        ("recreational-sports-training", date(2021, 8, 27)),
        ("isokinetic-strength-training", date(2022, 2, 28)),
    ],
)
def test_a_span_that_nothing_extends_says_so(item: str, ends_on: date) -> None:
    story = f"2021-03-01 09:00 S1 {item}\n{assessed('2022-03-01')}"
    findings = "endurance_decline"
    for at in ("2021-03-02", "2023-01-01"):
        found = span(story, at, item, findings=findings)
        assert (found.state, found.ends_on, found.asked_on) == ("impossible", ends_on, None)
    assert not ask(story, item, "2023-01-01", findings).payable
    assert ask(story, item, f"{ends_on}", findings).payable
    assert not ask(story, item, f"{ends_on + timedelta(days=1)}", findings).payable
    assert span("", "2021-03-02", item, findings=findings).ends_on is None


def test_where_paid_days_are_counted_the_end_is_not_known_before_they_are_used_up() -> None:
    readings = {"span_measure": "paid_days"}
    story = "2021-01-01 09:00 S1..S365 isokinetic-strength-training\n2021-01-01 12:00 Q1..Q365 occupational-therapy"
    last = "2021-12-31"
    before = span(story, "2021-12-30", readings=readings)
    assert (before.state, before.ends_on, before.counts_from) == ("not_needed", None, None)
    full = span(story, last, readings=readings)
    assert (full.state, full.ends_on, full.counts_from) == ("not_needed", date(2021, 12, 31), date(2022, 1, 1))
    past = span(story, "2022-01-01", readings=readings)
    assert (past.state, past.ends_on, past.counts_from) == ("missing", date(2021, 12, 31), date(2022, 1, 1))
    over = span(story, "2022-01-01", "isokinetic-strength-training", readings=readings)
    assert (over.state, over.ends_on) == ("impossible", date(2021, 12, 31))


def test_a_pause_that_begins_a_new_episode_is_no_end_of_the_span() -> None:
    """The day past the span is asked about as if treatment went on until then."""
    found = span(SPAN, "2021-03-02", readings={"episode": "gap_90"})
    assert (found.ends_on, found.asked_on, found.reason) == (date(2022, 2, 28), date(2022, 3, 1), "not recorded")


def test_the_spans_of_other_rulebooks() -> None:
    national = load_rulebook("national-2010")
    found = span(SPAN, "2021-03-02", rulebook=national)
    assert (found.state, found.ends_on) == ("impossible", date(2021, 5, 31))
    assert span(SPAN, "2021-06-01", rulebook=national).ends_on == date(2021, 5, 31)


# --- item 3's proof -------------------------------------------------------------------------------------

BORN = "born=2014-06-15"
PALSY = "cerebral-palsy-limb-training"


def test_before_the_birthday_no_proof_is_needed() -> None:
    for at in ("2021-03-01", "2021-06-14"):
        found = span("", at, PALSY, patient=BORN)
        assert (found.clause, found.state) == ("3.proof", "not_needed")
        assert (found.ends_on, found.asked_on) == (date(2021, 6, 14), date(2021, 6, 15))
        assert (found.reason, found.counts_from) == ("not recorded", None)


def test_from_the_birthday_on_it_is() -> None:
    missing = span("", "2021-06-15", PALSY, patient=BORN)
    assert (missing.state, missing.ends_on, missing.reason) == ("missing", None, "not recorded")
    early = assessed("2021-01-10")
    there = span(early, "2021-06-15", PALSY, patient=BORN)
    assert (there.state, there.assessment, there.valid_until) == ("supported", "A1", date(2022, 1, 9))
    waiting = span(early, "2021-06-01", PALSY, patient=BORN)
    assert (waiting.state, waiting.supported, waiting.valid_until) == ("not_needed", True, date(2022, 1, 9))


@pytest.mark.parametrize("reading", ["extension_valid", "improvement", "extension_source"])
def test_every_option_that_decides_a_proof_is_told_as_it_is_judged(reading: str) -> None:
    story = assessed("2021-01-10") + f"2021-02-10 10:00 A2 {COMPREHENSIVE} outcome=unchanged assessors=T1"
    for option in SHANGHAI.readings[reading].options:
        standing = ask(story, PALSY, "2021-06-20", patient=BORN, readings={reading: option})
        (found,) = standing.extensions
        assert (found.state == "supported") == ("3.proof" not in standing.denied_by)
        assert found.asked_on == moment("2021-06-20").date()
