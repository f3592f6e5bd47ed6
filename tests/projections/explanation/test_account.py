from pathlib import Path

import msgspec
import pytest

from ledger.treatment.facts import RulebookAdopted
from projections.explanation import Account, Said, account, explain, outlook
from projections.rules.judge import Judge
from projections.rules.rulebook import Rulebook, load_rulebook
from projections.rules.succession import succession_of
from tests.cases.story import build
from tests.projections.explanation.telling import RULEBOOKS, SHANGHAI, account_of, misspoken

THIRD = """
2021-03-01 09:00  S1  exercise-therapy
2021-03-01 10:00  S2  exercise-therapy
2021-03-01 11:00  S3  exercise-therapy
"""
FOUND = "organic_lesion deficit_rom"


def test_every_clause_is_told_in_the_order_of_judging_with_the_words_of_the_rule() -> None:
    told = account_of("S3", THIRD, FOUND)
    assert [reason.clause for reason in told.reasons[-5:]] == ["record.stay", "1.ind", "1.span", "1.day", "1.excl"]
    day = told.reasons[-2]
    assert day.quote == "每日支付不超过2次（包括项目合并计算）"
    assert (day.readings[0].reading, day.readings[0].option) == ("combined", "included_items")
    assert day.readings[0].meaning == Said("第1项与其包括项目合并计算", "item 1 with its included items")
    assert str(day.next_payable_on) == "2021-03-02"
    assert told.judged_by.endswith(SHANGHAI.digest)


def test_it_is_data_that_reads_back() -> None:
    told = account_of("S3", THIRD, FOUND, profiles=("default", "strict"))
    assert msgspec.json.decode(msgspec.json.encode(told), type=Account) == told


@pytest.mark.parametrize("rulebook", RULEBOOKS.values(), ids=list(RULEBOOKS))
def test_every_option_of_every_reading_is_worded_in_chinese(rulebook: Rulebook) -> None:
    for name, reading in rulebook.readings.items():
        assert dict.fromkeys(reading.options_zh) == dict.fromkeys(reading.options), name


def test_an_option_without_chinese_words_is_told_in_those_it_has(tmp_path: Path) -> None:
    text = SHANGHAI.path.read_text("utf-8")
    table = '[readings.combined.options_zh]\nincluded_items = "第1项与其包括项目合并计算"\n'
    assert table in text
    own = tmp_path / "own.toml"
    own.write_text(text.replace(table, table.rpartition("included")[0]), encoding="utf-8")
    (tmp_path / "notice-changning-2020.txt").write_bytes(
        SHANGHAI.path.with_name("notice-changning-2020.txt").read_bytes()
    )
    told = account_of("S3", THIRD, FOUND, rulebook=load_rulebook(own))
    words = told.reasons[-2].readings[0].meaning
    assert words == Said("item 1 with its included items", "item 1 with its included items")


def test_under_rulebooks_in_force_the_text_that_judged_is_the_one_told() -> None:
    adopted = "\n".join(
        f"2010-01-01 08:00 RulebookAdopted {name} digest={RULEBOOKS[name].digest} effective_from={day}"
        for name, day in (("national-2010", "2011-01-01"), ("shanghai-2017", "2021-03-01"))
    )
    story = (
        "2021-02-28 09:00 S1 speech-training\n2021-03-01 09:00 S2 speech-training\n2005-01-01 09:00 S0 speech-training"
    )
    facts = build(f"{adopted}\n{story}", findings="organic_lesion deficit_language severity_language=severe")
    assert any(isinstance(fact, RulebookAdopted) for fact in facts)
    judge = Judge(facts, succession_of(facts, list(RULEBOOKS.values())))
    for act, title in (("S1", "national-2010 "), ("S2", "shanghai-2017 "), ("S0", "")):
        decision = judge.decision(act)
        assert decision is not None
        told = account(decision, judge.rulebook_of(decision), outlook(judge, decision))
        assert told.judged_by.startswith(title)
        assert not misspoken(told, SHANGHAI)
        assert told.reasons[-1].clause == ("rulebook.in_force" if title else "rulebook.silent")
        assert explain(told)
    decision = judge.decision("S0")
    assert decision is not None
    assert account(decision, None).reasons[-1].meaning.zh == "当天没有有效的规范，只审核了记录"
