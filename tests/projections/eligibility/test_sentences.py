from datetime import date
from typing import get_args

import pytest

from projections.eligibility import extensions, gates
from projections.eligibility.sentences import Said, past_a_gate, past_a_span, warning
from tests.projections.eligibility.asked import moment

DAY = moment("2021-03-01").date()


@pytest.mark.parametrize("reason", get_args(gates.Reason))
def test_every_reason_that_keeps_a_gate_shut_is_said(reason: str) -> None:
    said = past_a_gate(None if reason == "not recorded" else "A1", reason, DAY, None)
    assert said.en.endswith(")")
    assert said.zh.endswith("）")
    assert ("A1" in said.en) == ("A1" in said.zh) == (reason != "not recorded")


@pytest.mark.parametrize("reason", [one for one in get_args(extensions.Reason) if one != "no longer valid"])
def test_every_reason_why_a_span_is_not_extended_is_said(reason: str) -> None:
    said = past_a_span(None if reason == "not recorded" else "A1", reason, None, DAY, expires=False)
    assert said.en.startswith(
        "to go on, a comprehensive assessment dated 2021-03-01 or later has to find improvement ("
    )
    assert ("A1" in said.en) == ("A1" in said.zh) == (reason != "not recorded")


def test_one_that_is_no_longer_valid_asks_for_a_new_one_and_not_for_one_of_a_day_gone_by() -> None:
    said = past_a_span("A1", "no longer valid", date(2022, 3, 1), DAY, expires=True)
    assert said == Said(
        "A1 只支持至 2022-03-01；继续支付须有新的康复综合评定确认功能持续改善",
        "A1 supports payment until 2022-03-01 only; to go on, a new comprehensive assessment has to find improvement",
    )


def test_where_assessments_expire_a_day_alone_is_not_enough() -> None:
    said = past_a_span(None, "not recorded", None, DAY, expires=True)
    assert said == Said(
        "继续支付须有 2021-03-01 起、且仍在有效期的康复综合评定确认功能持续改善（尚无评定记录）",
        "to go on, a comprehensive assessment dated 2021-03-01 or later and still valid has to find improvement "
        "(none is recorded)",
    )
    undated = past_a_span(None, "not recorded", None, None, expires=True)
    assert undated.zh.startswith("继续支付须有仍在有效期的康复综合评定")
    assert undated.en.startswith("to go on, a comprehensive assessment still valid has to")


def test_an_assessment_of_whatever_date_names_none() -> None:
    said = past_a_span(None, "not recorded", None, None, expires=False)
    assert said == Said(
        "继续支付须有康复综合评定确认功能持续改善（尚无评定记录）",
        "to go on, a comprehensive assessment has to find improvement (none is recorded)",
    )


def test_the_item_that_alone_opens_a_gate_is_named() -> None:
    said = past_a_gate(None, "not recorded", DAY, ("日常生活能力评定", "adl-assessment"))
    assert "an assessment (adl-assessment) dated 2021-03-01" in said.en
    assert "评定（日常生活能力评定）取得" in said.zh


def test_a_year_and_a_month_have_their_units() -> None:
    for unit, zh in (("year", "5 年"), ("month", "5 个月"), ("day", "5 天"), ("session", "5 次"), ("act", "5 次")):
        said = warning("limit_near", {"used": 4, "limit": 5, "left": 1, "unit": unit})
        assert f"上限 {zh}" in said.zh
        assert said.en == f"4 of 5 {unit}s used, 1 left"


def test_a_kind_without_a_sentence_is_a_fault() -> None:
    with pytest.raises(ValueError, match="limit_forgotten"):
        warning("limit_forgotten", {})
