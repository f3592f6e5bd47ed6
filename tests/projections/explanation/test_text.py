import re

import pytest

from projections.explanation import explain
from projections.explanation.lines import columns
from tests.projections.explanation.telling import SENTENCES, SHANGHAI, account_of, of_sentence

THIRD = """
2021-03-01 09:00  S1  exercise-therapy
2021-03-01 10:00  S2  exercise-therapy
2021-03-01 11:00  S3  exercise-therapy
"""
FOUND = "organic_lesion deficit_rom"


def test_it_leads_with_the_answer_and_ends_with_what_would_make_it_payable() -> None:
    text = explain(account_of("S3", THIRD, FOUND), ["zh"])
    assert text.startswith(
        "S3 · 运动疗法 exercise-therapy · 第 1 项 · 患者 P1 · 2021-03-01 11:00\n"
        "不予支付：2021-03-01 这一天运动疗法已支付 2 次（S1、S2），本规范每日最多支付 2 次。\n"
        "判定：明确违规（按所选读法）\n"
        "\n"
        "不符合的条款（1）\n"
        "✗ 1.day  每日支付不超过2次（包括项目合并计算）\n"
        "    要求  每日最多支付 2 次，包括项目合并计算\n"
        "    情况  2021-03-01 这一天运动疗法已支付 2 次（S1、S2），本规范每日最多支付 2 次\n"
        "    读法  combined=included_items  第1项与其包括项目合并计算\n"
        "\n"
        "符合的条款（12）\n"
        "✓ record.voided  确保治疗过程的真实性、有效性和完整性\n"
        "    要求  治疗确实做过，没有作废\n"
    )
    assert text.endswith(
        "\n怎样才能支付\n"
        "    1.day：换一天做；已计的 S1、S2 中实际没有做的，应作废，作废后重新判定。\n"
        "    如果只是等：在那之前不再做、记录也不变，同样的治疗从 2021-03-02 起可以支付。\n"
        "    只换其中一种读法不能支付（已逐一试过 combined 的其他选项）。\n"
    )
    assert SHANGHAI.digest in text


def test_english_says_the_same() -> None:
    text = explain(account_of("S3", THIRD, FOUND), ["en"])
    assert "\nClauses that fail (1)\n✗ 1.day  每日支付不超过2次（包括项目合并计算）\n" in text
    assert "\n    asks      no more than 2 sessions a day, the included items counted together\n" in text
    assert "\nVerdict: violation (under the readings chosen)\n" in text
    assert text.index("What would make it payable") > text.index("Judged by: ")


def test_both_languages_follow_one_another_chinese_first() -> None:
    told = account_of("S3", THIRD, FOUND)
    first, second = re.split(r"\n─+\n\n", explain(told))
    assert first + "" == explain(told, ["zh"])
    assert second == explain(told, ["en"])


def test_profiles_have_a_line_each() -> None:
    told = account_of(
        "S3",
        THIRD.replace("S2  exercise-therapy", "S2  exercise-therapy/breathing"),
        FOUND,
        profiles=("default", "lenient"),
    )
    text = explain(told, ["zh"])
    assert "判定：可疑\n    按默认读法（default）：不予支付，1.day 不符合\n    按从宽读法（lenient）：支付\n" in text


def test_what_fails_comes_first_each_group_in_the_order_of_judging() -> None:
    story = THIRD.replace("11:00  S3  exercise-therapy", "11:00  S3  exercise-therapy sign=none")
    told = account_of("S3", story, FOUND)
    order = re.findall(r"^[✓✗] (\S+)", explain(told, ["zh"]), re.M)
    assert order[:2] == ["record.signed", "1.day"]
    assert order[2:] == [reason.clause for reason in told.reasons if reason.holds]


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("case", SENTENCES[::9], ids=lambda case: str(case["name"]))
def test_no_line_is_wider_than_was_asked_but_for_a_digest(case: dict[str, str], width: int) -> None:
    lines = explain(of_sentence(case), width=width).splitlines()
    assert max(columns(line) for line in lines if "sha256:" not in line) <= width
