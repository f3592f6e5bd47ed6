"""Gates: in which block, how far, and which assessment opens it. The clause answers; these are its answers told."""

from datetime import date, timedelta
from typing import Any

import pytest

from projections.eligibility import GateState
from tests.projections.eligibility.asked import ask, moment

TRAINED = "adl_disorder severity_adl=severe"


def gate(story: str, at: str, **more: Any) -> GateState:
    (found,) = ask(story, "adl-training", at, TRAINED, **more).gates
    return found


def days(count: int, more: str = "") -> str:
    """So many training days from 1 March 2021 on."""
    return f"2021-03-01 09:00 S1..S{count} adl-training\n{more}"


def test_an_item_without_a_gate_has_none() -> None:
    assert ask("", "occupational-therapy", "2021-03-01").gates == ()


def test_before_the_first_training_day_there_is_no_block() -> None:
    found = gate("", "2021-03-01")
    assert (found.state, found.began_on, found.used, found.limit, found.left) == ("open", None, 0, 14, 14)
    assert (found.counts_from, found.reason, found.en) == (None, None, "")


@pytest.mark.parametrize(
    ("used", "state"), [(1, "open"), (10, "open"), (11, "open"), (12, "near"), (13, "near"), (14, "near")]
)
def test_a_gate_is_near_from_two_training_days_before_it_on(used: int, state: str) -> None:
    found = gate(days(used), f"2021-03-{used:02}")
    assert (found.state, found.used, found.left) == (state, used, 14 - used)
    assert (found.began_on, found.counts_from) == (date(2021, 3, 1), date(2021, 3, 1))
    assert (found.assessment, found.reason) == (None, "not recorded")


def test_a_gate_is_closed_from_the_next_training_day_on() -> None:
    standing = ask(days(14), "adl-training", "2021-03-15", TRAINED)
    (found,) = standing.gates
    assert (found.state, found.left, standing.payable, standing.denied_by) == ("closed", 0, False, ("21.gate",))
    assert found.reason == "not recorded"
    assert found.en.endswith("dated 2021-03-01 or later has to find clear progress (none is recorded)")
    assert "2021-03-01 起" in found.zh


@pytest.mark.parametrize("used", [1, 11, 12, 14])
def test_an_assessment_that_shows_progress_leaves_the_gate_open_and_is_named(used: int) -> None:
    found = gate(days(used, "2021-03-01 10:00 A1 - outcome=improved"), f"2021-03-{used:02}")
    assert (found.state, found.assessment, found.assessed_on) == ("open", "A1", date(2021, 3, 1))
    assert (found.reason, found.counts_from) == (None, None)
    assert found.en == "A1 opens the next block"
    assert found.zh == "评定 A1 可作为下一阶段继续支付的依据"


def test_it_opens_on_the_day_the_block_is_full_and_is_spent_then() -> None:
    assessed = "2021-03-05 10:00 A1 - outcome=improved"
    full = gate(days(14, assessed), "2021-03-15")
    assert (full.state, full.used, full.assessment) == ("open", 14, "A1")
    after = gate(days(15, assessed), "2021-03-15")
    assert (after.state, after.began_on, after.used) == ("open", date(2021, 3, 15), 1)
    assert (after.assessment, after.reason) == (None, "not recorded")


@pytest.mark.parametrize(
    ("assessed", "reason"),
    [
        ("2021-02-28 10:00 A1 - outcome=improved", "not recorded"),
        ("2021-03-01 08:00 A1 - outcome=improved", None),
        ("2021-03-05 10:00 A1 - outcome=unchanged", "no progress"),
        ("2021-03-05 10:00 A1 - outcome=improved scales=", "no result"),
        ("2021-03-05 10:00 A1 - outcome=improved\n2021-03-06 10:00 AssessmentVoided A1", "not recorded"),
        ("2021-03-12 22:00 A1 - outcome=improved", "not recorded"),
    ],
)
def test_what_is_missing_is_what_the_clause_misses(assessed: str, reason: str | None) -> None:
    found = gate(days(12, assessed), "2021-03-12")
    assert (found.state, found.reason) == ("near" if reason else "open", reason)


def test_one_that_opened_a_block_before_opens_no_other() -> None:
    story = f"{days(14)}\n2021-03-15 08:00 A1 - outcome=improved\n2021-03-15 09:00 T1..T14 adl-training"
    found = gate(story, "2021-03-29")
    assert (found.state, found.assessment, found.reason) == ("closed", "A1", "opened a block before")
    assert "A1 has opened a block before" in found.en


def test_a_narrower_source_names_its_item() -> None:
    other = "2021-03-05 10:00 A1 - outcome=improved"
    found = gate(days(13, other), "2021-03-13", readings={"gate_source": "item_9"})
    assert (found.state, found.assessment, found.reason) == ("near", "A1", "of another item")
    assert found.only == "adl-assessment"
    own = "2021-03-05 10:00 A1 adl-assessment outcome=improved"
    assert gate(days(13, own), "2021-03-13", readings={"gate_source": "item_9"}).state == "open"


@pytest.mark.parametrize(("after", "state"), [(10, "open"), (11, "open"), (12, "near"), (13, "near"), (14, "closed")])
def test_a_block_of_elapsed_days_goes_by_the_calendar(after: int, state: str) -> None:
    at = f"{moment('2021-03-01') + timedelta(days=after):%Y-%m-%d}"
    found = gate(days(1), at, readings={"gate_block": "elapsed"})
    assert (found.state, found.used) == (state, after)


def test_a_block_that_ends_with_the_year_needs_no_assessment() -> None:
    by_year = {"container": "calendar_year"}
    needed = gate("2021-12-17 09:00 S1..S13 adl-training", "2021-12-29", readings=by_year)
    assert (needed.state, needed.left, needed.counts_from) == ("near", 1, date(2021, 12, 17))
    ends = gate("2021-12-18 09:00 S1..S13 adl-training", "2021-12-30", readings=by_year)
    assert (ends.state, ends.left, ends.counts_from, ends.reason) == ("open", 1, None, None)


def test_what_denies_the_act_besides_does_not_hide_the_gate() -> None:
    """Thirty days are all that a mild patient has: the block goes on being told."""
    assessed = "\n".join(f"2021-03-{day} 20:00 A{day} - outcome=improved" for day in (14, 28))
    story = f"2021-03-01 09:00 S1..S30 adl-training\n{assessed}"
    standing = ask(story, "adl-training", "2021-03-31", "adl_disorder severity_adl=mild")
    (found,) = standing.gates
    assert standing.denied_by == ("21.days",)
    assert (found.state, found.began_on, found.used) == ("open", date(2021, 3, 29), 2)
