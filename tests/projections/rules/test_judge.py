"""The fold: its order, its ties, what it does not depend on, and how it is spelled."""

from collections.abc import Sequence
from datetime import UTC
from random import Random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.treatment.facts import Fact
from projections.rules.decision import Decision
from projections.rules.evidence import Evidence
from projections.rules.judge import Judge, judge, verdict_over
from projections.rules.readings import ReadingRefused
from tests.projections.rules.building import SHANGHAI, Journal, moment, spelled
from tests.projections.rules.random_journals import journal_of

READINGS = st.fixed_dictionaries(
    {}, optional={name: st.sampled_from(list(r.options)) for name, r in SHANGHAI.readings.items()}
)


def test_decisions_come_by_at_and_ties_in_journal_order() -> None:
    journal = Journal()
    for clock in ("10:00", "09:00", "10:00"):
        journal.session(14, "2021-03-01", clock)
    journal.assessment(13, "2021-03-01", "10:00")
    assert list(journal.decisions()) == ["S2", "S1", "S3", "A4"]


def test_ties_are_judged_in_journal_order() -> None:
    journal = Journal()
    acts = [journal.session(1, "2021-03-01", "09:00") for _ in range(3)]
    assert [journal.decisions()[act].payable for act in acts] == [True, True, False]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32), st.randoms(use_true_random=False))
def test_the_order_of_lines_does_not_matter_where_at_differs(seed: int, random: Random) -> None:
    facts = journal_of(seed)
    moments: dict[object, list[Fact]] = {}
    for fact in facts:
        moments.setdefault(fact.at, []).append(fact)
    groups = list(moments.values())
    random.shuffle(groups)
    shuffled = [fact for group in groups for fact in group]
    assert list(judge(shuffled, SHANGHAI)) == list(judge(facts, SHANGHAI))


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32), st.floats(0, 1))
def test_judging_a_prefix_then_the_rest_is_judging_all(seed: int, share: float) -> None:
    whole = Judge(journal_of(seed), SHANGHAI)
    acts = whole.acts("P1")
    cut = int(share * (len(acts) - 1))
    case = whole.case("P1", until=acts[cut].at)
    rest = [act for act in acts if act.at > acts[cut].at]
    late = []
    for act in rest:
        decision = case.decide(act)
        case.commit(act, decision.payable)
        late.append(decision)
    assert late == list(whole.decisions())[len(acts) - len(rest) :]


def test_patients_do_not_concern_each_other() -> None:
    journal = Journal()
    journal.patient("P2", "1960-01-01")
    journal.episode("E2", patient="P2", findings={"organic_lesion": True, "deficit_rom": True})
    for n in range(6):
        given = {"patient": "P2", "episode": "E2"} if n % 2 else {}
        journal.session(1, "2021-03-01", f"{9 + n:02}:00", **given)
    whole = Judge(journal.facts, SHANGHAI)
    decisions = list(whole.decisions())
    assert [decision.payable for decision in decisions] == [True] * 4 + [False] * 2
    assert list(whole.decisions("P2")) == [decision for decision in decisions if decision.patient == "P2"]
    assert list(judge(journal.facts, SHANGHAI, patient="P1")) == list(whole.decisions("P1"))
    assert list(whole.decisions("nobody")) == []


def test_a_decision_is_spelled_as_the_journal_describes() -> None:
    journal = Journal()
    for clock in ("09:00", "10:00", "15:00"):
        journal.session(1, "2021-03-01", clock)
    spelling = spelled(journal.decision("S3"))
    findings = spelling.pop("findings")
    assert spelling == {
        "act": "S3", "kind": "session", "patient": "P1", "item": "exercise-therapy", "rule": 1,
        "at": "2021-03-01T15:00:00+08:00", "payable": False, "verdict": "violation", "denied_by": ["1.day"],
        "rulebook": "shanghai-2017", "digest": SHANGHAI.digest,
    }  # fmt: skip
    assert next(finding for finding in findings if finding["clause"] == "1.day") == {
        "clause": "1.day", "holds": False, "used": 2, "limit": 2, "unit": "session",
        "window": ["2021-03-01", "2021-03-01"], "counted": ["S1", "S2"],
        "quote": "每日支付不超过2次（包括项目合并计算）", "readings": {"combined": "included_items"},
        "next_payable_on": "2021-03-02",
    }  # fmt: skip


def test_one_decision_and_none() -> None:
    journal = Journal()
    act = journal.session(14, "2021-03-01")
    whole = Judge(journal.facts, SHANGHAI)
    assert whole.decision(act) == journal.decision(act)
    assert whole.decision("nothing") is None


def test_evidence_serves_several_judges() -> None:
    journal = Journal(born="2005-06-01")
    act = journal.session(3, "2021-03-01")
    journal.assessment(10, "2021-02-01", outcome="improved")
    evidence = Evidence(journal.facts)
    by_profile = {
        profile: Judge(evidence, SHANGHAI, profile=profile).decision(act)
        for profile in ("default", "strict", "lenient")
    }
    payable = {profile: decision is not None and decision.payable for profile, decision in by_profile.items()}
    assert payable == {"default": True, "strict": False, "lenient": True}


@pytest.mark.parametrize(
    ("payable", "verdict"),
    [([True, True], "compliant"), ([True, False], "suspected"), ([False, False], "violation")],
)
def test_verdicts_over_profiles(payable: Sequence[bool], verdict: str) -> None:
    journal = Journal()
    sound, unsound = journal.session(14, "2021-03-01"), journal.session(14, "2021-03-01", signed=False)
    decisions = journal.decisions()
    chosen: list[Decision] = [decisions[sound if good else unsound] for good in payable]
    assert verdict_over(chosen) == verdict


def test_a_misspelt_reading_is_refused_at_once() -> None:
    with pytest.raises(ReadingRefused, match="did you mean together"):
        judge([], SHANGHAI, {"togther": "same_day"})


def test_nothing_to_judge() -> None:
    assert list(judge([], SHANGHAI)) == []


@pytest.mark.parametrize("year", [1, 9999])
def test_the_ends_of_the_calendar_are_no_error(year: int) -> None:
    journal = Journal()
    for n, item in enumerate((1, 2, 3, 16, 21, 22, 23, 25, 40)):
        for clock in (f"{9 + n:02}:00", f"{9 + n:02}:30"):
            journal.session(item, f"{year:04}-12-31", clock, prescription="R", minutes=1)
            journal.prescription("R", item, f"{year:04}-01-02")
    for item in (9, 10, 13, 27, 28):
        journal.assessment(item, f"{year:04}-12-31", "23:58")
        journal.assessment(item, f"{year:04}-12-31", "23:59:59")
    for profile in ("default", "strict", "lenient"):
        assert len(list(judge(journal.facts, SHANGHAI, profile=profile))) == 28


def test_instants_of_other_offsets_fall_on_shanghais_days() -> None:
    journal = Journal()
    journal.session(1, "2021-03-01", "09:00")
    journal.session(1, "2021-03-01", "10:00")
    third = journal.session(1, "2021-03-02", "00:30")
    journal.facts = [msgspec.structs.replace(fact, at=fact.at.astimezone(UTC)) for fact in journal.facts]
    assert journal.denied(third) == ()
    assert spelled(journal.decision(third))["at"] == "2021-03-02T00:30:00+08:00"
    assert moment("2021-03-02", "00:30") == journal.decision(third).at


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32), READINGS)
def test_payable_without_reasons_is_what_the_decisions_say(seed: int, readings: dict[str, str]) -> None:
    judge = Judge(journal_of(seed), SHANGHAI, readings)
    assert list(judge.payable()) == [decision.payable for decision in judge.decisions()]
    assert list(judge.payable("nobody")) == []
