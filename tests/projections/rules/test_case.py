"""A case asked about acts that nobody recorded, without changing anything."""

import gc
import sys
from collections.abc import Container, Iterable
from copy import copy
from datetime import date, timedelta
from types import FunctionType, ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projections.rules.acts import Act
from projections.rules.case import PatientCase
from projections.rules.decision import Decision, Finding
from projections.rules.judge import Judge
from tests.projections.rules.building import SHANGHAI, Journal, moment
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
    assert [finding.clause for finding in decision.findings] == ["1.ind", "1.span", "1.day", "1.excl"]
    assert decision.findings[2].used == 1


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


def bytes_held(case: PatientCase, judge: Judge) -> int:
    """What the case holds for itself: all that it reaches and the judge, shared by all patients, does not.

    Counted object by object. An allocation tracer counts in what freed objects leave in free lists, which is another
    number in every run.
    """
    shared = set(reached([judge.evidence, judge.compiled, None, True, False, *range(-5, 257)]))
    return sum(sys.getsizeof(held) for held in reached([case], shared).values())


def reached(roots: Iterable[object], without: Container[int] = ()) -> dict[int, object]:
    """By identity, every object that these lead to; classes, functions and modules belong to the program."""
    found: dict[int, object] = {}
    pending = list(roots)
    while pending:
        held = pending.pop()
        if id(held) not in found and id(held) not in without and not isinstance(held, type | FunctionType | ModuleType):
            found[id(held)] = held
            pending += gc.get_referents(held)
    return found


@pytest.mark.parametrize("profile", ["default", "strict", "lenient"])
@pytest.mark.parametrize("seed", [1084, 1211, 1220, 1235, 1452])  # long lives, many items, two episodes
def test_a_case_stays_small(seed: int, profile: str) -> None:
    judge = Judge(journal_of(seed), SHANGHAI, profile=profile)
    judge.case("P1")  # what is made once for all patients is made
    case = judge.case("P1")
    assert case.cells
    assert 1_000 < bytes_held(case, judge) <= BYTES_A_PATIENT


NEXT = ("day", "gap", "month", "year", "excl", "span", "days", "age")


def clause_on(case: PatientCase, act: Act, day: date, clause: str) -> Finding:
    """What the clause would say if the act were on another day and nothing else happened until then."""
    moved = copy(act)
    moved.day = day
    moved.at = act.at + timedelta((day - act.day).days)
    moved.presumed = True
    decision: Decision = case.decide(moved)
    return next(finding for finding in decision.findings if finding.clause == clause)


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, 2**32),
    st.fixed_dictionaries(
        {},
        optional={
            "month": st.just("rolling_30_days"),
            "year": st.sampled_from(("rolling_365", "insurance_year")),
            "turning_7": st.just("fresh_counter"),
            "month_unit": st.just("30_paid_days"),
            "container": st.just("calendar_year"),
            "gap_measure": st.just("clear_days"),
        },
    ),
)
def test_next_payable_on_is_the_first_day_on_which_the_clause_holds(seed: int, readings: dict[str, str]) -> None:
    judge = Judge(journal_of(seed), SHANGHAI, readings)
    case = judge.case("P1", until=moment("2019-01-01"))
    seen: set[tuple[str, date]] = set()
    for act in judge.acts("P1"):
        decision = case.decide(act)
        for finding in decision.findings:
            found = finding.next_payable_on
            if found is not None and (finding.clause, found) not in seen and finding.clause.endswith(NEXT):
                seen.add((finding.clause, found))
                assert found > act.day
                assert clause_on(case, act, found, finding.clause).holds
                before = found - timedelta(1)
                assert before == act.day or not clause_on(case, act, before, finding.clause).holds
        case.commit(act, decision.payable)


@pytest.mark.parametrize("day", ["2021-03-01", "2021-03-02"])
def test_until_is_inclusive(day: str) -> None:
    journal = Journal()
    journal.session(1, "2021-03-01", "09:00")
    journal.session(1, "2021-03-01", "10:00")
    case = Judge(journal.facts, SHANGHAI).case("P1", until=moment("2021-03-01", "10:00"))
    assert case.decide(case.hypothetical("exercise-therapy", moment(day, "11:00"))).payable is (day == "2021-03-02")
