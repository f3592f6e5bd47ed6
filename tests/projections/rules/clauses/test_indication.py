"""N.ind, 24.goal: every finding asked for, one at a time; what was never recorded, and what was recorded as absent."""

from typing import Any

import pytest

from ledger.treatment.items import CATALOGUE
from tests.projections.rules.building import EVERY_FINDING, Journal

DAY = "2021-03-01"
ASKED: dict[int, list[str]] = {
    1: ["organic_lesion"], 5: ["organic_lesion"], 6: ["organic_lesion", "deficit_cognition"],
    7: ["organic_lesion", "deficit_language", "severity_language"], 8: ["deficit_swallowing", "severity_swallowing"],
    10: ["documented_dysfunction"], 12: ["hand_dysfunction"], 14: ["documented_balance"],
    15: ["neuromuscular_dysfunction"], 16: ["wheelchair_long_term", "wheelchair_self_operate"],
    17: ["endurance_decline"], 18: ["joint_disorder"], 19: ["hand_dysfunction"], 20: ["suspected_autism"],
    21: ["adl_disorder"], 22: ["work_willing", "parq_cleared"], 23: ["gait_disorder"], 25: ["hearing_impaired"],
    26: ["suspected_speech_disorder"], 39: ["joint_disorder"],
    43: ["organic_lesion", "deficit_language", "severity_language"],
}  # fmt: skip
ASSESSMENTS = {item.number for item in CATALOGUE if item.kind == "assessment"}


def act_of(journal: Journal, item: int) -> str:
    return (journal.assessment if item in ASSESSMENTS else journal.session)(item, DAY)


def judged(item: int, findings: dict[str, Any], **readings: str) -> tuple[str, ...]:
    journal = Journal(born="2016-01-01" if item in (20, 25) else "1980-01-01", findings=findings)
    return journal.denied(act_of(journal, item), **readings)


@pytest.mark.parametrize("item", ASKED)
def test_with_all_of_them_the_clause_holds(item: int) -> None:
    assert judged(item, EVERY_FINDING) == ()


@pytest.mark.parametrize(("item", "name"), [(item, name) for item, names in ASKED.items() for name in names])
def test_without_any_one_of_them_it_fails(item: int, name: str) -> None:
    without = {key: value for key, value in EVERY_FINDING.items() if key != name}
    clause = f"{item}.ind"
    also = ("21.days",) if name == "severity_adl" else ()
    assert judged(item, without) == (clause, *also)
    if not name.startswith("severity_"):
        assert judged(item, EVERY_FINDING | {name: False}) == (clause,)


@pytest.mark.parametrize(
    ("item", "deficits"),
    [(1, ["deficit_strength", "deficit_rom", "deficit_balance"]), (5, ["deficit_living", "deficit_work"])],
)
def test_any_one_deficit_or_all_of_them(item: int, deficits: list[str]) -> None:
    none = EVERY_FINDING | dict.fromkeys(deficits, False)
    assert judged(item, none) == (f"{item}.ind",)
    for name in deficits:
        one = none | {name: True}
        assert judged(item, one) == ()
        assert judged(item, one, and_list="all") == (f"{item}.ind",)
    assert judged(item, EVERY_FINDING, and_list="all") == ()


@pytest.mark.parametrize(
    ("item", "name"), [(7, "severity_language"), (43, "severity_language"), (8, "severity_swallowing")]
)
@pytest.mark.parametrize(("degree", "holds"), [("mild", False), ("moderate", True), ("severe", True)])
def test_moderate_or_severe(item: int, name: str, degree: str, holds: bool) -> None:
    assert judged(item, EVERY_FINDING | {name: degree}) == (() if holds else (f"{item}.ind",))


@pytest.mark.parametrize(
    ("goals", "holds"),
    [
        ({"goal_less_bedrest": True}, True),
        ({"goal_upright": True}, True),
        ({"goal_upright": False}, False),
        ({}, False),
    ],
)
def test_either_goal(goals: dict[str, bool], holds: bool) -> None:
    assert judged(24, {"organic_lesion": True} | goals) == (() if holds else ("24.goal",))


def test_not_recorded_is_told_apart_from_recorded_as_absent() -> None:
    journal = Journal(findings={"organic_lesion": True, "deficit_rom": False})
    finding = journal.finding(journal.session(1, DAY), "1.ind")
    assert finding.observed == {
        "organic_lesion": "recorded",
        "deficit_strength": "not recorded",
        "deficit_rom": "recorded as absent",
        "deficit_balance": "not recorded",
    }


@pytest.mark.parametrize(("clock", "holds"), [("08:59", True), ("09:00", True), ("09:01", False)])
def test_findings_up_to_the_moment_of_the_act_are_seen_whatever_the_order_of_lines(clock: str, holds: bool) -> None:
    journal = Journal(findings={})
    session = journal.session(14, DAY, "09:00")
    journal.findings(DAY, clock=clock, documented_balance=True)
    assert journal.denied(session) == (() if holds else ("14.ind",))


def test_the_last_word_counts_and_ties_go_by_journal_order() -> None:
    journal = Journal(findings={"documented_balance": True})
    sessions = [journal.session(14, f"2021-03-0{n}", "09:00") for n in (1, 3, 5)]
    journal.findings("2021-03-02", documented_balance=False)
    journal.findings("2021-03-05", clock="09:00", documented_balance=False)
    journal.findings("2021-03-05", clock="09:00", documented_balance=True)
    assert [journal.decisions()[s].payable for s in sessions] == [True, False, True]


def test_findings_stay_in_their_episode() -> None:
    journal = Journal(findings={})
    journal.episode("E2", findings={"documented_balance": True})
    assert journal.denied(journal.session(14, DAY)) == ("14.ind",)
    assert journal.denied(journal.session(14, DAY, episode="E2")) == ()


def test_an_assessment_brings_its_findings_for_itself_too_a_voided_one_does_not() -> None:
    journal = Journal(findings={})
    own = journal.assessment(12, DAY, found={"hand_dysfunction": True})
    assert journal.denied(own) == ()
    journal = Journal(findings={})
    voided = journal.assessment(12, DAY, found={"hand_dysfunction": True}, voided=True)
    later = journal.session(19, "2021-03-02")
    assert journal.denied(voided) == ("record.voided", "12.ind")
    assert journal.denied(later) == ("19.ind",)


def test_one_finding_updates_only_what_it_names() -> None:
    journal = Journal(findings={"work_willing": True, "parq_cleared": True})
    journal.findings("2021-02-01", parq_cleared=True)
    assert journal.denied(journal.session(22, DAY)) == ("22.age",)
