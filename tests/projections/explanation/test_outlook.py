from datetime import date

import pytest

from ledger.treatment.facts import Fact
from projections.explanation import Outlook, Reread, outlook
from projections.rules.judge import Judge
from tests.cases.chance_themes import journal
from tests.cases.story import build
from tests.projections.explanation.telling import PROFILES, SHANGHAI

TOGETHER = "2021-03-01 09:00 S1 exercise-therapy\n2021-03-01 10:00 S2 hemiplegia-limb-training\n"
FOUND = "organic_lesion deficit_rom"


def of(act: str, facts: list[Fact], **readings: str) -> Outlook:
    judge = Judge(facts, SHANGHAI, readings)
    decision = judge.decision(act)
    assert decision is not None
    return outlook(judge, decision)


def test_a_payable_act_needs_nothing() -> None:
    assert of("S1", build(TOGETHER, findings=FOUND)) == Outlook()


def test_waiting_and_the_one_other_reading_that_pays() -> None:
    ahead = of("S2", build(TOGETHER, findings=FOUND))
    assert ahead.waiting == date(2021, 3, 2)
    assert ahead.tried == ("together", "winner")
    assert ahead.reread == (Reread(reading="together", option="overlapping"),)


def test_an_act_that_was_performed_counts_where_a_reading_says_so() -> None:
    story = "2021-03-01 09:00 A1 balance-test\n2021-03-14 09:00 A2 balance-test\n"
    assert of("A2", build(story)).waiting == date(2021, 3, 15)
    assert of("A2", build(story), gap_from="last_performed").waiting == date(2021, 3, 28)
    once_more = build(story + "2021-03-28 09:00 A3 balance-test\n2021-04-10 09:00 A4 balance-test\n")
    decisions = {
        made.act: made.payable for made in Judge(once_more, SHANGHAI, {"gap_from": "last_performed"}).decisions()
    }
    assert decisions == {"A1": True, "A2": False, "A3": True, "A4": False}


def test_a_reading_that_was_chosen_is_not_tried_again() -> None:
    facts = build(TOGETHER, findings=FOUND)
    ahead = of("S2", facts, together="same_episode")
    assert {reread.option for reread in ahead.reread} == {"overlapping"}
    assert not of("S2", facts, together="overlapping").tried


def test_the_fee_can_decide_who_is_paid() -> None:
    fees = "2021-03-01 18:00 FeeConfirmed S1 amount_fen=100\n2021-03-01 18:00 FeeConfirmed S2 amount_fen=900\n"
    ahead = of("S2", build(TOGETHER + fees, findings=FOUND))
    assert [(reread.reading, reread.option) for reread in ahead.reread] == [
        ("together", "overlapping"),
        ("winner", "dearest"),
    ]


def test_while_the_record_fails_neither_waiting_nor_a_reading_helps() -> None:
    unsigned = TOGETHER.replace("training\n", "training sign=none\n")
    assert of("S2", build(unsigned, findings=FOUND)) == Outlook()


def test_the_one_clause_of_the_record_that_a_reading_decides() -> None:
    story = "2021-03-01 09:00 S1 balance-training"
    ahead = of("S1", build(story, findings="documented_balance"), physician_scope="both")
    assert ahead.waiting is None
    assert ahead.reread == (Reread(reading="physician_scope", option="qualification_or_training"),)


@pytest.mark.parametrize("seed", range(16))
def test_what_is_promised_comes_true_when_the_journal_is_judged_so(seed: int) -> None:
    facts = journal(seed)
    judge = Judge(facts, SHANGHAI)
    denied = [decision for decision in judge.decisions() if not decision.payable][:6]
    for decision in denied:
        ahead = outlook(judge, decision)
        promised = {(reread.reading, reread.option) for reread in ahead.reread}
        for name in ahead.tried:
            for option in SHANGHAI.readings[name].options:
                under = Judge(facts, SHANGHAI, {name: option}).decision(decision.act)
                assert under is not None
                assert under.payable == ((name, option) in promised)
        for profile in PROFILES if ahead.tried else ():
            under = Judge(facts, SHANGHAI, profile=profile).decision(decision.act)
            assert under is not None
            assert under.payable == (profile in ahead.profiles)
        if ahead.waiting is not None:
            found = judge.before(decision.act)
            assert found is not None
            case, act = found
            assert ahead.waiting > act.day
            assert case.holds(act.later(ahead.waiting))
