"""Rulebooks one after another, over one patient: who decides an act, what goes on, and what waiting brings."""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.treatment.facts import Fact, PractitionerQualified
from projections.rules.case_in_force import CaseInForce
from projections.rules.decision import Decision, Finding
from projections.rules.judge import Judge
from projections.rules.rulebook import Rulebook, load_rulebook
from projections.rules.succession import Period, Succession
from tests.projections.rules.building import SHANGHAI, Journal, moment
from tests.projections.rules.random_journals import journal_of

NINE, TWENTY_NINE = load_rulebook("national-2010"), load_rulebook("national-29")
CHANGE = date(2021, 1, 1)


def succession(*periods: tuple[str, Rulebook]) -> Succession:
    return Succession([Period(date.fromisoformat(begin), book) for begin, book in periods])


CHANGED = succession(("2010-01-01", NINE), ("2021-01-01", SHANGHAI))
SEEDS = st.integers(0, 2**32)


def decisions(facts: Sequence[Fact], by: Rulebook | Succession, **readings: str) -> list[Decision]:
    return list(Judge(facts, by, readings).decisions())


def finding(decision: Decision, clause: str) -> Finding:
    return next(finding for finding in decision.findings if finding.clause == clause)


# --- one text in force all the time is that text -------------------------------------------------------------


@settings(max_examples=30, deadline=None)
@given(SEEDS, st.sampled_from(("default", "strict", "lenient")))
def test_one_adoption_from_early_on_gives_the_decisions_of_that_rulebook(seed: int, profile: str) -> None:
    facts = journal_of(seed)
    alone = succession(("2000-01-01", SHANGHAI))
    expected = list(Judge(facts, SHANGHAI, profile=profile).decisions())
    assert list(Judge(facts, alone, profile=profile).decisions()) == expected


@settings(max_examples=15, deadline=None)
@given(SEEDS)
def test_a_second_adoption_of_the_same_text_changes_nothing(seed: int) -> None:
    facts = journal_of(seed)
    once, twice = succession(("2000-01-01", SHANGHAI)), succession(("2000-01-01", SHANGHAI), ("2020-06-01", SHANGHAI))
    assert decisions(facts, twice) == decisions(facts, once)
    later = succession(("2000-01-01", NINE), ("2020-06-01", SHANGHAI))
    again = succession(("2000-01-01", NINE), ("2020-04-01", NINE), ("2020-06-01", SHANGHAI), ("2020-09-01", SHANGHAI))
    assert decisions(facts, again) == decisions(facts, later)


def test_a_text_that_never_comes_into_force_for_an_act_decides_none() -> None:
    facts = journal_of(7)
    future = succession(("2000-01-01", SHANGHAI), ("2100-01-01", NINE))
    expected = decisions(facts, SHANGHAI)
    found = decisions(facts, future)
    assert [decision.denied_by for decision in found] == [decision.denied_by for decision in expected]
    assert {decision.rulebook for decision in found} == {"shanghai-2017"}


# --- what the fold promises ----------------------------------------------------------------------------------


@settings(max_examples=25, deadline=None)
@given(SEEDS, st.randoms(use_true_random=False), st.sampled_from(("by_act_date", "by_episode_start")))
def test_the_order_of_lines_does_not_matter_where_at_differs(seed: int, random: Random, transition: str) -> None:
    facts = journal_of(seed)
    moments: dict[object, list[Fact]] = {}
    for fact in facts:
        moments.setdefault(fact.at, []).append(fact)
    groups = list(moments.values())
    random.shuffle(groups)
    shuffled = [fact for group in groups for fact in group]
    mid = _in_the_middle(facts)
    assert decisions(shuffled, mid, transition=transition) == decisions(facts, mid, transition=transition)


@settings(max_examples=20, deadline=None)
@given(SEEDS, st.floats(0, 1))
def test_judging_a_prefix_then_the_rest_is_judging_all(seed: int, share: float) -> None:
    facts = journal_of(seed)
    whole = Judge(facts, _in_the_middle(facts))
    acts = whole.acts("P1")
    cut = acts[int(share * (len(acts) - 1))].at
    case = whole.case("P1", until=cut)
    late = []
    for act in (act for act in acts if act.at > cut):
        decision = case.decide(act)
        case.commit(act, decision.payable)
        late.append(decision)
    assert late == list(whole.decisions())[len(acts) - len(late) :]


@settings(max_examples=15, deadline=None)
@given(SEEDS, st.floats(0, 1))
def test_one_decision_is_that_of_the_whole(seed: int, share: float) -> None:
    facts = journal_of(seed)
    judge = Judge(facts, _in_the_middle(facts))
    made = list(judge.decisions())
    asked = made[int(share * (len(made) - 1))]
    assert judge.decision(asked.act) == asked
    found = judge.before(asked.act)
    assert found is not None
    assert isinstance(found[0], CaseInForce)
    assert found[1].id == asked.act


def _in_the_middle(facts: Sequence[Fact]) -> Succession:
    """Nothing, then each of the three, all within the acts of the journal."""
    days = sorted({act.day for act in Judge(facts, SHANGHAI).acts("P1")})
    begins = [days[len(days) * k // 4].isoformat() for k in (1, 2, 3)]
    return succession(*zip(begins, (NINE, TWENTY_NINE, SHANGHAI), strict=True))


def test_no_such_act() -> None:
    judge = Judge(Journal().facts, CHANGED)
    assert judge.before("nothing") is None
    assert judge.decision("nothing") is None


# --- which text ----------------------------------------------------------------------------------------------


def test_a_decision_names_its_rulebook_and_the_judge_finds_it() -> None:
    journal = Journal()
    old, new = journal.session(6, "2020-12-31"), journal.session(6, "2021-01-01")
    judge = Judge(journal.facts, CHANGED)
    first, second = judge.decisions()
    assert (first.act, first.rulebook, first.digest) == (old, NINE.id, NINE.digest)
    assert (second.act, second.rulebook, second.digest) == (new, SHANGHAI.id, SHANGHAI.digest)
    assert (judge.rulebook_of(first), judge.rulebook_of(second)) == (NINE, SHANGHAI)
    told = finding(second, "rulebook.in_force")
    assert told.holds
    assert told.readings == {"transition": "by_act_date"}
    assert told.observed == {
        "rulebook": "shanghai-2017", "effective_from": "2021-01-01", "decided_by_day": "2021-01-01",
    }  # fmt: skip


def test_before_the_first_adoption_the_record_alone_and_no_rulebook() -> None:
    journal = Journal()
    journal.session(1, "2020-12-31", signed=False)
    judge = Judge(journal.facts, succession(("2021-01-01", SHANGHAI)))
    (decision,) = judge.decisions()
    assert (decision.rulebook, decision.digest, decision.rule) == ("", "", None)
    assert decision.denied_by == ("record.signed",)
    assert finding(decision, "rulebook.silent").observed == {"rulebook": "none in force on the day"}
    assert all(one.clause.startswith("record.") for one in decision.findings[:-1])
    assert judge.rulebook_of(decision) is None


def test_what_was_paid_under_one_uses_up_the_other() -> None:
    journal = Journal()
    for clock in ("09:00", "10:00"):
        journal.session(1, "2021-01-01", clock)
    journal.episode("E2", at=moment("2020-06-01"))
    third = journal.session(1, "2021-01-01", "11:00", episode="E2")
    journal.episode("E3", at=moment("2021-01-01", "07:00"))
    decision = Judge(journal.facts, CHANGED, {"transition": "by_episode_start"}).decision(third)
    assert decision is not None
    assert (decision.rulebook, finding(decision, "1.day").counted) == (NINE.id, ("S1", "S2"))


@pytest.mark.parametrize(
    ("opened", "transition", "rulebook"),
    [
        ("2020-12-31", "by_act_date", "shanghai-2017"),
        ("2020-12-31", "by_episode_start", "national-2010"),
        ("2021-01-01", "by_episode_start", "shanghai-2017"),
        ("2009-12-31", "by_episode_start", "shanghai-2017"),
    ],
)
def test_transition(opened: str, transition: str, rulebook: str) -> None:
    journal = Journal()
    journal.episode("E2", at=moment(opened), onset="2005-01-01")
    act = journal.session(6, "2021-02-01", episode="E2")
    decision = Judge(journal.facts, CHANGED, {"transition": transition}).decision(act)
    assert decision is not None
    assert decision.rulebook == rulebook


def test_the_default_of_the_latest_text_decides_the_transition(tmp_path: Any) -> None:
    text = NINE.path.read_text(encoding="utf-8").replace('default = "by_act_date"', 'default = "by_episode_start"')
    (tmp_path / "other.toml").write_text(text, encoding="utf-8")
    other = load_rulebook(tmp_path / "other.toml")
    journal = Journal()
    journal.episode("E2", at=moment("2020-06-01"))
    act = journal.session(6, "2021-02-01", episode="E2")

    def judged_by(*periods: tuple[str, Rulebook]) -> str | None:
        decision = Judge(journal.facts, succession(*periods)).decision(act)
        return decision.rulebook if decision is not None else None

    assert judged_by(("2010-01-01", SHANGHAI), ("2021-01-01", other)) == "shanghai-2017"
    assert judged_by(("2010-01-01", other), ("2021-01-01", SHANGHAI)) == "shanghai-2017"
    assert judged_by(("2010-01-01", SHANGHAI), ("2021-01-01", NINE)) == "national-2010"


# --- asking ahead --------------------------------------------------------------------------------------------


def test_a_hypothetical_act_is_what_its_rulebook_says_it_is() -> None:
    case = Judge(Journal().facts, succession(("2010-01-01", NINE), ("2020-01-01", TWENTY_NINE))).case("P1")
    asked = case.hypothetical("pediatric-behavioral-audiometry", moment("2021-01-01"))
    assert asked.kind == "assessment"
    assert case.rulebook_of(asked) is TWENTY_NINE
    early = case.hypothetical("pediatric-behavioral-audiometry", moment("2015-01-01"))
    assert case.rulebook_of(early) is NINE
    assert case.decide(early).rule is None


def test_a_span_that_is_over_is_payable_again_when_another_rulebook_comes() -> None:
    journal = Journal()
    journal.session(18, "2020-03-01")
    journal.session(6, "2020-03-01", "11:00")
    case = Judge(journal.facts, CHANGED).case("P1")
    asked = case.hypothetical("cognitive-perceptual-training", moment("2020-07-01"))
    decision = case.decide(asked)
    assert decision.denied_by == ("6.span",)
    assert finding(decision, "6.span").next_payable_on is None
    assert case.next_payable_on(asked) == CHANGE
    late = case.hypothetical("cognitive-perceptual-training", moment("2021-03-01"))
    assert case.decide(late).denied_by == ("6.span",)
    assert case.next_payable_on(late) is None


def test_a_clause_that_is_not_asked_any_more_promises_nothing() -> None:
    journal = Journal(born="2019-01-01")
    for month in range(1, 8):
        journal.session(3, f"2020-{month:02}-10")
    case = Judge(journal.facts, CHANGED).case("P1")
    denied = case.decide(case.hypothetical("cerebral-palsy-limb-training", moment("2020-09-01")))
    assert denied.denied_by == ("3.year",)
    assert finding(denied, "3.year").next_payable_on is None
    alone = Judge(journal.facts, NINE).case("P1")
    asked = alone.hypothetical("cerebral-palsy-limb-training", moment("2020-09-01"))
    assert finding(alone.decide(asked), "3.year").next_payable_on == CHANGE
    assert case.next_payable_on(asked) == CHANGE


def test_an_item_that_the_next_rulebook_drops_is_told_as_it_will_be() -> None:
    journal = Journal()
    journal.session(42, "2020-03-01")
    back = succession(("2010-01-01", SHANGHAI), ("2021-06-01", NINE))
    case = Judge(journal.facts, back).case("P1")
    asked = case.hypothetical("isokinetic-strength-training", moment("2021-03-02"))
    assert case.decide(asked).denied_by == ("42.span",)
    assert case.next_payable_on(asked) == date(2021, 6, 1)  # from then on nothing is said of it
    assert not case.holds(asked)
    assert date(2021, 6, 1) in case.turns(asked)


@settings(max_examples=25, deadline=None)
@given(SEEDS, st.integers(0, 400), st.sampled_from(("by_act_date", "by_episode_start")))
def test_the_next_payable_day_is_the_first_of_all_days(seed: int, ahead: int, transition: str) -> None:
    """Against asking on every day: no turn is missed, and none is invented."""
    facts = journal_of(seed)
    judge = Judge(facts, _ahead_of(facts, ahead), {"transition": transition})
    last = judge.acts("P1")[-1]
    case = judge.case("P1")
    random = Random(seed)
    for item in random.sample(sorted({act.item for act in judge.acts("P1")}), 1):
        asked = case.hypothetical(item, last.at, episode=last.episode, institution="H1")
        days = (asked.day + timedelta(n) for n in range(800))
        first = next((day for day in days if case.holds(asked.later(day))), None)
        found = case.next_payable_on(asked)
        assert found == first or (first is None and found is not None and found > asked.day + timedelta(799))


def _ahead_of(facts: Sequence[Fact], ahead: int) -> Succession:
    """A change some days after the last act, from one text to another."""
    day = Judge(facts, SHANGHAI).acts("P1")[-1].day
    return succession(("2000-01-01", NINE), ((day + timedelta(ahead)).isoformat(), SHANGHAI))


def test_a_fork_goes_on_by_itself() -> None:
    journal = Journal()
    journal.session(1, "2021-03-01", "09:00")
    case = Judge(journal.facts, CHANGED).case("P1")
    fork = case.fork()
    asked = case.hypothetical("exercise-therapy", moment("2021-03-01", "10:00"))
    fork.commit(asked, True)
    third = case.hypothetical("exercise-therapy", moment("2021-03-01", "11:00"))
    assert (case.decide(third).payable, fork.decide(third).payable) == (True, False)


def test_a_judge_that_reads_one_thing_otherwise() -> None:
    journal = Journal(born="2006-06-01")
    act = journal.session(3, "2021-07-01")
    journal.assessment(10, "2021-06-01", outcome="improved")
    judge = Judge(journal.facts, CHANGED)
    before, after = judge.decision(act), judge.otherwise("child", "up_to_14").decision(act)
    assert before is not None
    assert after is not None
    assert (before.denied_by, after.denied_by) == ((), ("3.child",))
    assert judge.otherwise("child", "up_to_14").evidence is judge.evidence


@settings(max_examples=15, deadline=None)
@given(SEEDS, st.sampled_from(("first", "dearest")))
def test_whether_an_act_pays_is_what_its_decision_says(seed: int, winner: str) -> None:
    facts = journal_of(seed)
    judge = Judge(facts, _in_the_middle(facts), {"winner": winner})
    assert list(judge.payable()) == [decision.payable for decision in judge.decisions()]


# --- what is waited for, and still asked -----------------------------------------------------------------------


def test_the_record_is_asked_by_every_text_and_so_is_its_waiting() -> None:
    journal = Journal()
    journal.practitioner("X", "therapist")
    since = {"scope": "rehabilitation", "valid_from": date(2021, 6, 1)}
    journal.add(PractitionerQualified(at=moment("2010-01-01"), practitioner="X", **since))
    journal.session(1, "2020-12-01", therapist="X")
    for text in (CHANGED, succession(("2020-12-15", NINE), ("2021-01-01", SHANGHAI))):
        (decision,) = decisions(journal.facts, text)
        assert finding(decision, "record.therapist").next_payable_on == date(2021, 6, 1)


def test_a_therapist_is_not_waited_for_where_another_clause_asks_for_the_staff() -> None:
    journal = Journal(born="2017-01-01")
    journal.practitioner("X", "therapist")
    for begin, end in ((date(2021, 6, 1), date(2021, 6, 30)), (date(2021, 8, 1), None)):
        held = {"scope": "tcm", "valid_from": begin, "valid_until": end}
        journal.add(PractitionerQualified(at=moment("2010-01-01"), practitioner="X", **held))
    journal.session(25, "2020-12-01", therapist="X")
    (alone,) = decisions(journal.facts, succession(("2021-01-01", SHANGHAI)))
    assert finding(alone, "record.therapist").next_payable_on is None
    (again,) = decisions(journal.facts, succession(("2021-01-01", SHANGHAI), ("2021-07-01", NINE)))
    assert finding(again, "record.therapist").next_payable_on == date(2021, 8, 1)


def test_a_text_that_comes_back_is_waited_for() -> None:
    journal = Journal()
    journal.assessment(27, "2021-01-09")
    journal.assessment(27, "2021-01-10")
    for back, free in (("2021-01-15", date(2021, 1, 23)), ("2021-02-15", date(2021, 2, 15)), (None, None)):
        periods = [("2020-01-01", SHANGHAI), ("2021-01-12", TWENTY_NINE)]
        text = succession(*periods, *([(back, SHANGHAI)] if back else []))
        _, denied = decisions(journal.facts, text)
        assert denied.denied_by == ("27.gap",)
        assert finding(denied, "27.gap").next_payable_on == free


def test_an_episodes_text_is_waited_under_whatever_is_adopted_meanwhile() -> None:
    journal = Journal()
    journal.episode("E2", at=moment("2020-06-01"))
    journal.assessment(27, "2021-01-09", episode="E2")
    journal.assessment(27, "2021-01-10", episode="E2")
    text = succession(("2020-01-01", SHANGHAI), ("2021-01-12", TWENTY_NINE))
    _, denied = decisions(journal.facts, text, transition="by_episode_start")
    assert finding(denied, "27.gap").next_payable_on == date(2021, 1, 23)
