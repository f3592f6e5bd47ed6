import pytest

from projections.explanation import account, explain
from projections.rules.decision import Decision
from projections.rules.judge import judge
from projections.rules.rulebook import load_rulebook
from tests.cases.chance import story as chance_story
from tests.cases.story import build

RULEBOOK = load_rulebook("shanghai-2017")


def decision(act: str, story: str, findings: str = "", patient: str = "") -> Decision:
    decisions = judge(build(story, findings=findings, patient=patient), RULEBOOK)
    return next(told for told in decisions if told.act == act)


THIRD = """
2021-03-01 09:00  S1  exercise-therapy
2021-03-01 10:00  S2  exercise-therapy/breathing
2021-03-01 11:00  S3  exercise-therapy/strength
"""


def test_the_third_session_of_a_day() -> None:
    text = explain(decision("S3", THIRD, "organic_lesion deficit_rom"), RULEBOOK)
    assert text.startswith(
        "S3 · exercise-therapy/strength 运动疗法 · rule 1 · patient P1 · 2021-03-01 11:00\n"
        "Not payable: 1.day does not hold.\n"
    )
    assert (
        "FAILS  1.day  每日支付不超过2次（包括项目合并计算）\n"
        "       no more than 2 sessions a day, the included items counted together\n"
        "       used 2 of 2 sessions on 2021-03-01: S1, S2\n"
        "       read with combined = included_items: item 1 with its included items\n"
    ) in text
    assert text.endswith(
        "What would have to change\n"
        "  1.day: another day, or one of those counted (S1 or S2) was not performed;"
        " by waiting alone, from 2021-03-02 on\n"
    )
    assert RULEBOOK.digest in text


def test_a_payable_act_says_so_at_both_ends() -> None:
    text = explain(decision("S2", THIRD, "organic_lesion deficit_rom"), RULEBOOK)
    assert "\nPayable: every clause holds.\n" in text
    assert text.endswith("  Nothing: the act is payable.\n")


def test_what_was_never_recorded_is_told_apart_from_what_was_found_absent() -> None:
    told = account(decision("S1", THIRD, "organic_lesion=false deficit_rom"), RULEBOOK)
    (reason,) = [reason for reason in told.reasons if reason.clause == "1.ind"]
    assert reason.observed is not None
    assert "organic lesion: recorded as absent" in reason.observed
    assert "deficit strength: not recorded" in reason.observed
    assert reason.remedy is not None
    assert "never recorded: deficit_strength, deficit_balance" in reason.remedy


def test_several_clauses_are_all_named_in_their_order() -> None:
    text = explain(decision("S3", THIRD.replace("strength\n", "strength sign=none\n")), RULEBOOK)
    assert "Not payable: record.signed, 1.ind do not hold." in text
    assert text.index("\n  record.signed: ") < text.index("\n  1.ind: ")


def test_the_end_of_a_span_says_what_extends_it() -> None:
    story = "2021-03-01 09:00 S1 balance-training\n2022-03-01 09:00 S2 balance-training\n"
    text = explain(decision("S2", story, "documented_balance"), RULEBOOK)
    assert "365 days after the first of 365 from 2021-03-01 to 2022-02-28: S1" in text
    assert text.endswith(
        "  14.span: a comprehensive assessment of the same episode, complete, finds improvement"
        " on or after 2022-03-01, before the act\n"
    )


def test_an_item_outside_the_rulebook() -> None:
    text = explain(decision("S1", "2021-03-01 09:00 S1 acupuncture sheet=P1/E1/acupuncture"), RULEBOOK)
    assert text.startswith("S1 · acupuncture · outside the rulebook · patient P1")
    assert (
        "holds  rulebook.silent\n       the rulebook says nothing of this item: the record alone was judged\n" in text
    )


def test_many_acts_counted_are_not_all_named() -> None:
    story = "2021-03-01 09:00 W1..W30 wheelchair-skills-training\n2021-04-01 09:00 X wheelchair-skills-training\n"
    text = explain(decision("X", story, "wheelchair_long_term wheelchair_self_operate"), RULEBOOK)
    assert "used 30 of 30 days from 2021-03-01 to 2021-03-30: W1, " in text
    assert " and 18 more\n" in text


@pytest.mark.parametrize("seed", range(40))
def test_every_clause_has_its_meaning_and_every_failure_its_remedy(seed: int) -> None:
    patient, story = chance_story(seed)
    for told in judge(build(story, patient=patient), RULEBOOK):
        reasons = account(told, RULEBOOK).reasons
        assert [reason.clause for reason in reasons] == [finding.clause for finding in told.findings]
        assert all(reason.meaning for reason in reasons)
        assert [reason.clause for reason in reasons if reason.remedy] == list(told.denied_by)
        assert all(reason.quote for reason in reasons if reason.clause not in ("rulebook.silent", "41.open"))


@pytest.mark.parametrize("item", RULEBOOK.items, ids=lambda item: item.slug)
def test_every_item_is_told_when_everything_fails(item: object) -> None:
    slug = getattr(item, "slug", "")
    told = decision("X", f"2021-03-01 09:00 X {slug}", patient="born=1900-01-01")
    text = explain(told, RULEBOOK)
    for clause in told.denied_by:
        assert f"\n  {clause}: " in text
