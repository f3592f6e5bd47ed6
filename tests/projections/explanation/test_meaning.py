import pytest

from projections.explanation import Account, account
from projections.rules.judge import Judge
from projections.rules.rulebook import Rulebook
from tests.cases.chance_themes import journal
from tests.cases.story import build
from tests.projections.explanation.telling import PROFILES, RULEBOOKS, account_of, misspoken


def reason(told: Account, clause: str) -> tuple[str, str]:
    return next((one.meaning.zh, one.meaning.en) for one in told.reasons if one.clause == clause)


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("rulebook", RULEBOOKS.values(), ids=list(RULEBOOKS))
def test_every_clause_of_every_rulebook_has_its_meaning_in_both_languages(rulebook: Rulebook, profile: str) -> None:
    judge = Judge(build("2021-03-01 09:00 S1 acupuncture sheet=P1/E1/acupuncture"), rulebook, profile=profile)
    case = judge.case("P1")
    told = set()
    for item in rulebook.items:
        decision = case.decide(case.hypothetical(item.slug, judge.evidence.acts[0].at))
        made = account(decision, rulebook)
        assert not misspoken(made, rulebook)
        told |= {one.clause for one in made.reasons if one.meaning.zh and one.meaning.en}
    assert {name for name in told if not name.startswith("record.")} == {
        clause.clause for item in rulebook.items for clause in item.clause
    }


@pytest.mark.parametrize("rulebook", RULEBOOKS.values(), ids=list(RULEBOOKS))
@pytest.mark.parametrize("seed", range(40))
def test_nothing_that_a_journal_by_chance_holds_is_told_in_one_language_only(seed: int, rulebook: Rulebook) -> None:
    facts = journal(seed)
    for profile in PROFILES:
        for decision in Judge(facts, rulebook, profile=profile).decisions():
            told = account(decision, rulebook)
            assert not misspoken(told, rulebook)
            assert [one.clause for one in told.reasons] == [finding.clause for finding in decision.findings]
            assert [one.clause for one in told.reasons if one.shortfall and one.remedy] == list(decision.denied_by)


def test_numbers_are_those_of_the_rulebook() -> None:
    shanghai = account_of("S1", "2021-03-01 09:00 S1 speech-training")
    national = account_of("S1", "2021-03-01 09:00 S1 speech-training", rulebook=RULEBOOKS["national-2010"])
    assert reason(shanghai, "7.day") == ("每日最多支付 2 次", "no more than 2 sessions a day")
    assert reason(national, "7.day") == ("每日最多支付 1 次", "no more than 1 session a day")
    assert reason(national, "7.span") == ("1 个疾病过程最多支付 3 个月", "for 3 months at most")
    assert reason(shanghai, "7.span")[0].startswith("1 个疾病过程最多支付 1 年；期满后")


def test_the_reading_decides_what_is_asked() -> None:
    act = "2021-03-01 09:00 A1 autism-diagnostic-interview"
    assert reason(account_of("A1", act), "20.age")[0] == "在 7 岁生日以前"
    assert reason(account_of("A1", act, age_6="under_6"), "20.age")[0] == "在 6 岁生日以前"
    session = "2021-03-01 09:00 S1 exercise-therapy"
    assert reason(account_of("S1", session), "1.ind")[0].endswith("平衡功能障碍中任何一项")
    assert reason(account_of("S1", session, and_list="all"), "1.ind")[0].endswith("关节活动度障碍；平衡功能障碍")
    assert "并且" in reason(account_of("S1", session, physician_scope="both"), "record.physician")[0]


def test_an_assessment_is_asked_for_its_assessors_and_a_session_for_a_signature() -> None:
    assessment = account_of("A1", "2021-03-01 09:00 A1 balance-test")
    session = account_of("S1", "2021-03-01 09:00 S1 balance-training")
    assert reason(assessment, "record.signed")[0] == "评定写明评定人员"
    assert reason(session, "record.signed")[0] == "本次的治疗师签名，不早于结束时间"


def test_an_item_outside_the_rulebook() -> None:
    told = account_of("S1", "2021-03-01 09:00 S1 acupuncture sheet=P1/E1/acupuncture")
    assert reason(told, "rulebook.silent") == (
        "本规范没有规定这个项目，只审核了记录",
        "the rulebook says nothing of this item: the record alone was judged",
    )
