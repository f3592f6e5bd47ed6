from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from projections.eligibility import Standing, UnknownItem, UnknownPatient, eligibility
from projections.rules.judge import Judge
from projections.rules.readings import ReadingRefused
from projections.rules.rulebook import load_rulebook
from tests.cases.chance import story as chance_story
from tests.cases.story import build

RULEBOOK = load_rulebook("shanghai-2017")


def ask(story: str, item: str, at: str, findings: str = "", patient: str = "", **more: Any) -> Standing:
    moment = datetime.fromisoformat(f"{at}:00+08:00")
    (standing,) = eligibility(
        build(story, findings=findings, patient=patient), RULEBOOK, "P1", at=moment, item=item, **more
    )
    return standing


def counters(standing: Standing) -> dict[str, tuple[int, int, int, str]]:
    return {c.clause: (c.used, c.limit, c.left, c.unit) for c in standing.counters}


def test_used_limit_left_and_window_of_a_day() -> None:
    standing = ask(
        "2021-03-01 09:00 S1 occupational-therapy", "occupational-therapy", "2021-03-01 15:00",
        "organic_lesion deficit_living",
    )  # fmt: skip
    assert standing.payable
    assert counters(standing)["5.day"] == (1, 2, 1, "session")
    (day,) = [counter for counter in standing.counters if counter.clause == "5.day"]
    assert day.window == (date(2021, 3, 1), date(2021, 3, 1))
    assert day.quote == "每日支付不超过2次"
    assert standing.next_payable_on == date(2021, 3, 1)


def test_the_next_day_when_the_day_is_used_up() -> None:
    standing = ask(
        "2021-03-01 09:00 S1..S2 occupational-therapy every=0", "occupational-therapy", "2021-03-01 15:00",
        "organic_lesion deficit_living",
    )  # fmt: skip
    assert (standing.payable, standing.denied_by) == (False, ("5.day",))
    assert counters(standing)["5.day"] == (2, 2, 0, "session")
    assert standing.next_payable_on == date(2021, 3, 2)


def test_fourteen_days_after_the_last_one() -> None:
    standing = ask("2021-03-01 09:00 A1 balance-test", "balance-test", "2021-03-05 09:00")
    assert standing.denied_by == ("13.gap",)
    assert standing.next_payable_on == date(2021, 3, 15)
    assert standing.last_assessment is not None
    assert standing.last_assessment.assessment == "A1"


def test_waiting_does_not_help_where_a_finding_is_missing() -> None:
    standing = ask("2021-03-01 09:00 A1 hand-function-assessment", "hand-function-assessment", "2021-03-05 09:00")
    assert standing.denied_by == ("12.ind",)
    assert standing.next_payable_on is None


def test_waiting_long_enough_for_every_clause_that_fails() -> None:
    story = """
    2020-03-10 09:00  S1  hemiplegia-limb-training
    2021-03-01 09:00  W1  vocational-training
    """
    young = ask(story, "vocational-training", "2021-02-01 09:00", "work_willing parq_cleared", "born=2006-05-10")
    assert (young.denied_by, young.next_payable_on) == (("22.age",), date(2022, 5, 10))


def test_the_record_is_not_asked_of_an_act_that_nobody_has_given() -> None:
    standing = ask("", "isokinetic-strength-training", "2021-03-01 09:00")
    assert standing.payable
    assert all(not finding.clause.startswith("record.") for finding in standing.decision.findings)


def test_acts_after_the_moment_do_not_count_and_the_one_of_the_moment_does() -> None:
    story = "2021-03-01 09:00 S1..S2 occupational-therapy every=0"
    before = ask(story, "occupational-therapy", "2021-03-01 08:59", "organic_lesion deficit_living")
    at = ask(story, "occupational-therapy", "2021-03-01 09:00", "organic_lesion deficit_living")
    assert (before.payable, at.payable) == (True, False)


def test_the_latest_episode_unless_another_is_named() -> None:
    story = """
    2021-02-01 08:00  EpisodeOpened E2
    2020-03-01 09:00  S1  isokinetic-strength-training
    """
    newest = ask(story, "isokinetic-strength-training", "2021-03-01 09:00")
    older = ask(story, "isokinetic-strength-training", "2021-03-01 09:00", episode="E1")
    assert (newest.episode, newest.payable) == ("E2", True)
    assert (older.episode, older.denied_by, older.next_payable_on) == ("E1", ("42.span",), None)


def test_a_training_shows_the_last_assessment_of_the_episode_that_was_performed() -> None:
    story = """
    2021-03-01 09:00  A1  -  outcome=improved
    2021-03-02 09:00  A2  comprehensive-rehabilitation-assessment outcome=declined
    2021-03-03 09:00  A3  -
    2021-03-04 09:00  AssessmentVoided A3
    2021-04-01 09:00  A4  -  outcome=improved
    """
    last = ask(story, "adl-training", "2021-03-10 09:00").last_assessment
    assert last is not None
    assert (last.assessment, last.outcome) == ("A2", "declined")


def test_all_items_of_the_rulebook() -> None:
    rows = eligibility(build(""), RULEBOOK, "P1", at=datetime.fromisoformat("2021-03-01T09:00:00+08:00"))
    assert [row.rule for row in rows] == list(range(1, 44))
    assert rows[40].name == "引导式教育训练"


def test_readings_are_the_callers() -> None:
    story = "2021-03-01 09:00 S1 pediatric-hearing-speech-training"
    born = "born=2014-03-02"
    wide = ask(story, "pediatric-hearing-speech-training", "2021-03-01 08:00", "hearing_impaired", born)
    narrow = ask(
        story, "pediatric-hearing-speech-training", "2021-03-01 08:00", "hearing_impaired", born,
        readings={"age_6": "under_6"},
    )  # fmt: skip
    assert (wide.payable, narrow.payable) == (True, False)


@pytest.mark.parametrize("seed", range(12))
def test_asking_is_judging(seed: int) -> None:
    """Of an act that was denied, the answer to "one more now?" is what the judge said of the act itself."""
    patient, story = chance_story(seed)
    judge = Judge(build(story, patient=patient), RULEBOOK)
    alone = Counter(act.at for act in judge.acts("P1"))
    told = {decision.act: decision for decision in judge.decisions("P1")}
    denied = [act for act in judge.acts("P1") if not told[act.id].payable and alone[act.at] == 1]
    for act in denied[::5]:
        asked = judge.case("P1", act.at).hypothetical(
            act.item, act.at, episode=act.episode, institution=act.institution.id, stay=act.stay, mode=act.mode
        )
        answer = judge.case("P1", act.at).decide(asked)
        said = [finding for finding in told[act.id].findings if not finding.clause.startswith("record.")]
        presumed = {"10.staff", "10.parts", "25.staff"}
        assert {f.clause: f.holds for f in answer.findings if f.clause not in presumed} == {
            f.clause: f.holds for f in said if f.clause not in presumed
        }


@pytest.mark.parametrize("seed", range(8))
def test_the_next_payable_day_is_the_first_on_which_the_judge_would_pay(seed: int) -> None:
    patient, story = chance_story(seed)
    facts = build(story, patient=patient)
    judge = Judge(facts, RULEBOOK)
    items = sorted({act.item for act in judge.acts("P1")})[:3]
    moment = judge.acts("P1")[len(judge.acts("P1")) // 2].at
    case = judge.case("P1", moment)
    for item in items:
        (standing,) = eligibility(facts, RULEBOOK, "P1", at=moment, item=item)
        days = [moment + timedelta(days=n) for n in range(800)]
        payable = [day.date() for day in days if case.decide(case.hypothetical(item, day)).payable]
        if payable or (standing.next_payable_on is not None and standing.next_payable_on <= days[-1].date()):
            assert standing.next_payable_on == payable[0]


def test_an_unknown_patient_and_an_unknown_item_are_refused() -> None:
    now = datetime.fromisoformat("2021-03-01T09:00:00+08:00")
    with pytest.raises(UnknownPatient, match="P9"):
        eligibility(build(""), RULEBOOK, "P9", at=now)
    with pytest.raises(UnknownItem, match="exercise-therapy"):
        eligibility(build(""), RULEBOOK, "P1", at=now, item="exercise-terapy")
    with pytest.raises(ReadingRefused):
        eligibility(build(""), RULEBOOK, "P1", at=now, readings={"age6": "under_6"})
