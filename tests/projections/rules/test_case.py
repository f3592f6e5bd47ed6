"""A case asked about acts that nobody recorded, without changing anything."""

from datetime import date

import pytest

from api.bench.held import bytes_held
from ledger.treatment.facts import Fact, InstitutionQualified, InstitutionSuspended
from projections.rules.case import PatientCase
from projections.rules.judge import Judge
from projections.rules.rulebook import Rulebook
from projections.rules.succession import Period, Succession
from tests.projections.rules.building import SHANGHAI, Journal, moment, slug_of
from tests.projections.rules.random_journals import journal_of

DAY = date(2021, 3, 1)
BYTES_A_PATIENT = 8 * 1024


def case_of(journal: Journal, **readings: str) -> PatientCase:
    return Judge(journal.facts, SHANGHAI, readings).case("P1")


def test_a_hypothetical_act_is_judged_without_a_record() -> None:
    journal = Journal()
    journal.session(1, DAY, "09:00")
    case = case_of(journal)
    decision = case.decide(case.hypothetical("exercise-therapy", moment(DAY, "10:00")))
    assert (decision.act, decision.payable, decision.kind) == ("?", True, "session")
    assert [finding.clause for finding in decision.findings] == [
        "record.institution",
        "1.ind",
        "1.span",
        "1.day",
        "1.excl",
    ]
    assert decision.findings[3].used == 1


SUSPENDED = InstitutionSuspended(
    at=moment("2021-02-20"), institution="H1", from_=date(2021, 3, 1), until=date(2021, 3, 9)
)
QUALIFIED = InstitutionQualified(
    at=moment("2021-02-20"), institution="H2", scope="rehabilitation", valid_from=date(2021, 3, 10)
)


@pytest.mark.parametrize("book", [SHANGHAI, Succession([Period(date(2000, 1, 1), SHANGHAI)])], ids=["one", "force"])
@pytest.mark.parametrize(("place", "fact"), [("H1", SUSPENDED), ("H2", QUALIFIED)])
def test_an_institution_that_may_not_treat_is_waited_for(place: str, fact: Fact, book: Rulebook | Succession) -> None:
    journal = Journal()
    journal.institution("H2", scope=None)
    journal.add(fact)
    case = Judge(journal.facts, book).case("P1")
    act = case.hypothetical("exercise-therapy", moment("2021-03-05"), institution=place)
    decision = case.decide(act)
    assert (decision.payable, decision.denied_by) == (False, ("record.institution",))
    assert (case.pays(act), case.holds(act), case.next_payable_on(act)) == (False, False, date(2021, 3, 10))
    assert date(2021, 3, 10) in case.turns(act)


@pytest.mark.parametrize("day", ["2021-02-28", "2021-03-01", "2021-03-05", "2021-03-09", "2021-03-10"])
@pytest.mark.parametrize("item", [1, 16, 25])
@pytest.mark.parametrize("place", ["H1", "H2", "H3"])
def test_asking_is_judging_wherever_it_is(day: str, item: int, place: str) -> None:
    """H1 is suspended for nine days, H2 qualified from the tenth on, H3 registered and never qualified."""
    journal = Journal()
    journal.institution("H2", scope=None)
    journal.institution("H3", scope=None)
    journal.add(SUSPENDED, QUALIFIED)
    case = case_of(journal)
    asked = case.decide(case.hypothetical(slug_of(item), moment(day), institution=place))
    act = journal.session(item, day, institution=place)
    made = Judge(journal.facts, SHANGHAI).decision(act)
    assert made is not None
    assert (asked.payable, asked.denied_by) == (made.payable, made.denied_by)


def test_an_institution_that_nothing_is_known_of_is_presumed_in_order() -> None:
    case = case_of(Journal())
    decision = case.decide(case.hypothetical("exercise-therapy", moment(DAY), institution="H8"))
    assert decision.payable
    assert decision.findings[0].clause == "1.ind"


def test_asking_changes_nothing() -> None:
    journal = Journal()
    case = case_of(journal)
    for _ in range(5):
        assert case.decide(case.hypothetical("exercise-therapy", moment(DAY))).payable


def test_asking_about_a_later_day_does_not_let_its_findings_in() -> None:
    journal = Journal(findings={})
    journal.findings("2021-06-01", documented_balance=True)
    case = case_of(journal)
    assert case.decide(case.hypothetical("balance-training", moment("2021-07-01"))).payable
    assert not case.decide(case.hypothetical("balance-training", moment("2021-05-01"))).payable


def test_what_it_presumes_and_what_it_does_not() -> None:
    journal = Journal(born="2017-01-01")
    case = case_of(journal)
    for item in ("comprehensive-rehabilitation-assessment", "pediatric-hearing-speech-training"):
        decision = case.decide(case.hypothetical(item, moment(DAY)))
        assert decision.payable
    assert case.decide(case.hypothetical("adl-assessment", moment(DAY))).denied_by == ("9.link",)
    named = case_of(journal, adl_link="named")
    assert named.decide(named.hypothetical("adl-assessment", moment(DAY))).payable
    group = case.hypothetical("pediatric-hearing-speech-training", moment(DAY), mode="group")
    assert case.decide(group).denied_by == ("25.mode",)


def test_episode_institution_and_stay_by_default() -> None:
    journal = Journal()
    journal.institution("H2", level=1)
    journal.episode("E0", at=moment("2021-02-01"))
    journal.episode("E9", at=moment("2021-06-01"))
    journal.admitted("Z", "2021-02-20", "2021-03-10")
    case = case_of(journal)
    act = case.hypothetical("dysphagia-training", moment(DAY))
    assert (act.episode, act.institution.id, act.stay) == ("E0", "H1", "Z")
    assert case.decide(act).denied_by == ("8.ind",)
    given = case.hypothetical("dysphagia-training", moment(DAY), episode="E1", institution="H2", stay="Y")
    assert (given.episode, given.institution.id, given.stay) == ("E1", "H2", "Y")
    assert case.decide(given).denied_by == ("8.site",)


def test_a_patient_of_whom_nothing_is_known() -> None:
    case = Judge([], SHANGHAI).case("P7")
    decision = case.decide(case.hypothetical("balance-training", moment(DAY)))
    assert decision.denied_by == ("14.ind",)
    assert case.decide(case.hypothetical("acupuncture", moment(DAY))).rule is None


def test_a_fork_goes_its_own_way() -> None:
    journal = Journal()
    acts = [journal.session(1, DAY, f"{9 + n:02}:00") for n in range(3)]
    judge = Judge(journal.facts, SHANGHAI)
    case = judge.case("P1", until=moment(DAY, "08:00"))
    fork = case.fork()
    for act in judge.acts("P1"):
        fork.commit(act, fork.decide(act).payable)
    third = judge.acts("P1")[2]
    assert fork.decide(third).denied_by == ("1.day",)
    assert case.decide(third).payable
    assert len(acts) == 3


@pytest.mark.parametrize("profile", ["default", "strict", "lenient"])
@pytest.mark.parametrize("seed", [1084, 1211, 1220, 1235, 1452])  # long lives, many items, two episodes
def test_a_case_stays_small(seed: int, profile: str) -> None:
    judge = Judge(journal_of(seed), SHANGHAI, profile=profile)
    judge.case("P1")  # what is made once for all patients is made
    case = judge.case("P1")
    assert case.cells
    assert 1_000 < bytes_held(case, without=[judge, judge.evidence]) <= BYTES_A_PATIENT


@pytest.mark.parametrize("day", ["2021-03-01", "2021-03-02"])
def test_until_is_inclusive(day: str) -> None:
    journal = Journal()
    journal.session(1, "2021-03-01", "09:00")
    journal.session(1, "2021-03-01", "10:00")
    case = Judge(journal.facts, SHANGHAI).case("P1", until=moment("2021-03-01", "10:00"))
    assert case.decide(case.hypothetical("exercise-therapy", moment(day, "11:00"))).payable is (day == "2021-03-02")


# --- waiting --------------------------------------------------------------------------------------------------


def test_an_act_that_would_be_paid_waits_for_nothing() -> None:
    case = case_of(Journal())
    act = case.hypothetical("exercise-therapy", moment(DAY))
    assert case.holds(act)
    assert case.next_payable_on(act) == DAY
    assert case.next_payable_on(case.hypothetical("acupuncture", moment(DAY))) == DAY
    assert case.turns(case.hypothetical("acupuncture", moment(DAY))) == set()


def test_all_clauses_have_to_hold_on_the_same_day() -> None:
    journal = Journal()
    journal.assessment(28, DAY, "08:00")  # tomorrow 27.excl would hold, in two weeks 27.gap
    journal.assessment(27, "2021-02-28")
    case = case_of(journal)
    act = case.hypothetical("manual-balance-examination", moment(DAY))
    waits = {finding.clause: finding.next_payable_on for finding in case.decide(act).findings if not finding.holds}
    assert waits == {"27.gap": date(2021, 3, 14), "27.excl": date(2021, 3, 2)}
    assert case.next_payable_on(act) == date(2021, 3, 14)
    assert case.turns(act) >= set(waits.values())


def test_what_holds_now_may_end_while_another_clause_is_waited_for() -> None:
    journal = Journal(born="2014-03-02")
    journal.session(25, DAY, "08:00")
    case = case_of(journal)
    act = case.hypothetical("pediatric-hearing-speech-training", moment(DAY))
    assert case.decide(act).denied_by == ("25.day",)  # tomorrow is the seventh birthday
    assert case.decide(act).findings[-1].next_payable_on == date(2021, 3, 2)
    assert case.next_payable_on(act) is None


def test_waiting_lets_no_later_finding_in() -> None:
    journal = Journal(findings={})
    journal.findings("2021-03-05", documented_balance=True)
    act = journal.session(14, DAY)
    judge = Judge(journal.facts, SHANGHAI)
    case = judge.case("P1", until=moment("2021-02-01"))
    decision = case.decide(judge.acts("P1")[0])
    assert (decision.act, decision.denied_by) == (act, ("14.ind",))
    assert decision.findings[-2].next_payable_on is None
    assert case.next_payable_on(judge.acts("P1")[0]) is None
    assert case.rulebook_of(judge.acts("P1")[0]) is SHANGHAI


@pytest.mark.parametrize("seed", range(12))
def test_the_short_answers_are_those_of_the_long_one(seed: int) -> None:
    readings = {"winner": "dearest", "together": ("same_day", "overlapping", "same_episode")[seed % 3]}
    judge = Judge(journal_of(seed), SHANGHAI, readings)
    case, briefly = judge.fresh("P1"), judge.fresh("P1")
    assert isinstance(case, PatientCase)
    for act in judge.acts("P1"):
        decision, pays = case.decide(act), briefly.pays(act)
        unsearched = case.findings(act, waiting=False)
        assert [(f.clause, f.holds) for f in unsearched] == [(f.clause, f.holds) for f in decision.findings]
        assert pays is decision.payable
        case.commit(act, decision.payable)
        briefly.commit(act, pays)
