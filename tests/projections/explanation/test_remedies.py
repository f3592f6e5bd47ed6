from collections.abc import Mapping
from typing import Any

import pytest

from tests.projections.explanation.telling import SENTENCES, account_of, of_sentence


@pytest.mark.parametrize("case", SENTENCES, ids=lambda case: f"{case['clause']} {case['name']}")
def test_what_would_have_to_change_in_both_languages(case: Mapping[str, Any]) -> None:
    told = of_sentence(case)
    (reason,) = [reason for reason in told.reasons if reason.clause == case["clause"]]
    assert reason.remedy is not None
    assert (reason.remedy.zh, reason.remedy.en) == (case["remedy_zh"], case["remedy_en"])
    (line,) = [said for said in told.closing if said.en.startswith(f"{case['clause']}: ")]
    assert reason.remedy.zh in line.zh
    assert reason.remedy.en in line.en


def test_only_what_is_missing_is_asked_for() -> None:
    told = account_of("S1", "2021-03-01 09:00 S1 speech-training", "organic_lesion severity_language=mild")
    (reason,) = [reason for reason in told.reasons if reason.clause == "7.ind"]
    assert reason.remedy is not None
    assert reason.remedy.zh.endswith("：语言障碍；语言障碍的程度为中度或重度")
    assert reason.remedy.en.endswith(": a language disorder; the severity of the language disorder: moderate or severe")
