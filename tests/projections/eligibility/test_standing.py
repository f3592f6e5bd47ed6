from datetime import date, datetime

from projections.eligibility import eligibility
from tests.cases.story import build
from tests.projections.eligibility.asked import SHANGHAI, ask, moment


def test_the_next_day_when_the_day_is_used_up() -> None:
    story = "2021-03-01 09:00 S1..S2 occupational-therapy every=0"
    standing = ask(story, "occupational-therapy", "2021-03-01 15:00")
    assert (standing.payable, standing.denied_by) == (False, ("5.day",))
    assert standing.next_payable_on == date(2021, 3, 2)


def test_today_when_one_more_now_is_paid() -> None:
    standing = ask("2021-03-01 09:00 S1 occupational-therapy", "occupational-therapy", "2021-03-01 15:00")
    assert (standing.payable, standing.next_payable_on) == (True, date(2021, 3, 1))


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


def test_of_the_record_only_the_institution_is_asked_of_an_act_that_nobody_has_given() -> None:
    standing = ask("", "isokinetic-strength-training", "2021-03-01 09:00")
    assert standing.payable
    asked = [finding.clause for finding in standing.decision.findings if finding.clause.startswith("record.")]
    assert asked == ["record.institution"]


def test_nothing_is_paid_where_the_institution_is_suspended() -> None:
    story = "2021-02-20 08:00 InstitutionSuspended H1 from=2021-03-01 until=2021-03-09"
    standing = ask(story, "occupational-therapy", "2021-03-05 09:00")
    assert (standing.payable, standing.denied_by) == (False, ("record.institution",))
    assert standing.next_payable_on == date(2021, 3, 10)


def test_an_item_without_a_limit_is_used_once_it_was_paid() -> None:
    standing = ask("2021-03-01 09:00 S1 conductive-education", "conductive-education", "2021-05-02")
    assert (standing.counters, standing.had, standing.used) == ((), True, True)
    assert not ask("", "conductive-education", "2021-05-02").used


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
    assert (last.assessment, last.at) == ("A2", datetime.fromisoformat("2021-03-02T09:00:00+08:00"))
    assert (last.item, last.outcome) == ("comprehensive-rehabilitation-assessment", "declined")


def test_an_assessment_item_shows_its_own_last_in_whatever_episode() -> None:
    story = """
    2021-02-01 08:00  EpisodeOpened E2
    2021-03-01 09:00  A1  balance-test
    2021-03-02 09:00  A2  gait-analysis episode=E2
    """
    last = ask(story, "balance-test", "2021-03-10 09:00").last_assessment
    assert last is not None
    assert (last.assessment, last.outcome) == ("A1", None)
    assert ask(story, "memory-assessment", "2021-03-10 09:00").last_assessment is None


def test_an_item_is_used_when_acts_of_the_patient_count_against_it() -> None:
    story = "2021-03-01 09:00 S1 occupational-therapy\n2021-03-01 10:00 A1 balance-test"
    rows = eligibility(build(story, findings="organic_lesion deficit_work"), SHANGHAI, "P1", at=moment("2021-03-02"))
    assert [row.item for row in rows if row.used] == ["occupational-therapy", "balance-test"]
