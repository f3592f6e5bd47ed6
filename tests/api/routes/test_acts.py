"""One act over HTTP: why the fund pays it or not."""

import msgspec

from api.routes.examples import ACCOUNT
from projections.explanation import account, outlook
from projections.rules.judge import Judge
from projections.rules.rulebook import load_rulebook
from tests.cases.story import build


def test_an_explanation_has_the_words_of_the_rule_and_speaks_both_languages(standing, token) -> None:
    with standing.client(token) as client:
        answer = client.get("/acts/S3/explanation")
    assert answer.status_code == 200
    account = answer.json()["account"]
    assert "每日支付不超过2次（包括项目合并计算）" in answer.text
    assert account["headline"]["zh"].startswith("不予支付：治疗的结束时间未记录；")
    assert account["headline"]["en"].startswith("Not payable: the session's stop is not recorded; ")
    assert account["closing"][0] == {"zh": "以下各条都要解决：", "en": "All of these have to be met:"}


def test_an_explanation_of_what_was_known_then(standing, token, problem) -> None:
    with standing.client(token) as client:
        then = client.get("/acts/S3/explanation", params={"as_of": "2021-03-01T15:10:00+08:00"})
        early = client.get("/acts/S3/explanation", params={"as_of": "2021-03-01T14:00:00+08:00"})
    assert then.json()["account"]["as_of"] == "2021-03-01T15:10:00+08:00"
    assert "S3" in problem(early, 404)["detail"]


def test_an_unknown_act_is_not_found(standing, token, problem) -> None:
    with standing.client(token) as client:
        assert "S9" in problem(client.get("/acts/S9/explanation"), 404)["detail"]


def test_the_example_is_a_real_account_with_the_clause_that_fails() -> None:
    """Its reasons are those that fail; a real account has those that hold as well."""
    story = "".join(f"2021-03-01 {hour}:00 S{n} exercise-therapy\n" for n, hour in ((1, "09"), (2, "11"), (3, "15")))
    judge = Judge(build(story, findings="organic_lesion deficit_rom"), load_rulebook("shanghai-2017"))
    decision = judge.decision("S3")
    assert decision is not None
    told = account(decision, judge.rulebook_of(decision), outlook(judge, decision))
    real = msgspec.json.decode(msgspec.json.encode(told))
    real["reasons"] = [reason for reason in real["reasons"] if not reason["holds"]]
    assert real == ACCOUNT
