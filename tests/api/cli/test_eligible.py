"""`eligibility`, as a person would ask at the counter."""

import json
from pathlib import Path

MOMENT = "2021-03-01T18:00:00+08:00"
LATE = "2022-02-20T18:00:00+08:00"


def test_a_block_an_item_with_what_denies_and_what_is_left(run, ledger: Path) -> None:
    table = run("eligibility", "P1", "--item", "exercise-therapy", "--at", MOMENT)
    assert table.code == 0
    assert table.err == ""
    assert table.out.splitlines()[:6] == [
        "P1 at 2021-03-01 18:00, episode E1",
        "",
        "exercise-therapy 运动疗法 (rule 1)",
        "  one more now  would not be paid: 1.day",
        "  next payable  by waiting alone, from 2021-03-02 on",
        "  ✗ 1.day       每日支付不超过2次（包括项目合并计算）",
    ]
    for line in (
        "  1.day         ██████████ 2 of 2 sessions, 0 left, 2021-03-01",
        "  1.span        ░░░░░░░░░░ 0 of 365 days, 365 left, 2021-03-01 to 2022-02-28",
        "                at this pace first denied on 2022-03-07, in 371 days",
        "  pace          2 acts on 1 day in the week to 2021-03-01",
    ):
        assert line in table.out.splitlines()
    assert "no acts of other items and no further assessment" in table.out.splitlines()[-1]


def test_a_warning_is_marked_and_said_in_both_languages(run, ledger: Path) -> None:
    table = run("eligibility", "P1", "--item", "exercise-therapy", "--at", LATE)
    assert "  ! 1.span      the span ends on 2022-02-28, in 8 days; to go on, a comprehensive" in table.out
    assert "支付期限至 2022-02-28 止，还有 8 天；继续支付须有 2022-03-01 起、且仍在有效期的康复综合评定" in table.out
    past = run("eligibility", "P1", "--item", "exercise-therapy", "--at", "2022-03-01T09:00:00+08:00").out
    assert "  ✗ 1.span      1个疾病过程支付不超过1年" in past
    assert "the span ended on 2022-02-28; to go on" in past
    assert "  next payable  waiting alone does not help" in past


def test_one_language_at_a_time(run, ledger: Path) -> None:
    chinese = run("eligibility", "P1", "--item", "exercise-therapy", "--at", LATE, "--lang", "zh").out
    english = run("eligibility", "P1", "--item", "exercise-therapy", "--at", LATE, "--lang", "en").out
    assert "P1，2022-02-20 18:00，疾病过程 E1" in chinese
    assert "再做一次" in chinese
    assert "█████████░ 已用 356，上限 365 天，剩 9，2021-03-01 至 2022-02-28" in chinese
    assert "the span" not in chinese
    assert "the span ends on 2022-02-28" in english
    assert "支付期限" not in english


def test_all_items_begin_with_those_used_and_name_the_others(run, ledger: Path) -> None:
    out = run("eligibility", "P1", "--at", MOMENT).out
    first, others = out.split("Nothing used of 42 other items; one more now\n")
    assert "exercise-therapy 运动疗法 (rule 1)" in first
    assert "balance-test" not in first
    paid, denied = others.splitlines()[:2]
    assert paid.startswith("  would be paid      ")
    assert "balance-test 平衡试验" in paid
    assert denied.startswith("  would not be paid  ")
    assert "speech-training 言语训练 (7.ind)" in denied


def test_json_has_all_items_and_all_of_each(run, ledger: Path) -> None:
    items = json.loads(run("eligibility", "P1", "--at", MOMENT, "--json").out)["items"]
    assert len(items) == 43
    (one,) = json.loads(run("eligibility", "P1", "--item", "exercise-therapy", "--at", MOMENT, "--json").out)["items"]
    assert (one["payable"], one["next_payable_on"]) == (False, "2021-03-02")
    day = next(counter for counter in one["counters"] if counter["clause"] == "1.day")
    assert (day["used"], day["limit"], day["left"]) == (2, 2, 0)
    assert one["extensions"][0]["state"] == "not_needed"
    assert one["pace"]["acts"] == 2
    assert one in items


def test_what_is_not_there_is_refused_with_what_is(run, ledger: Path) -> None:
    for asked, said in (
        (("--item", "exercise-therapi"), "exercise-therapy"),
        (("--episode", "E9"), "there are: E1"),
        (("--institution", "H9"), "it names: H1"),
    ):
        answer = run("eligibility", "P1", *asked)
        assert answer.code == 2
        assert said in answer.err


def test_the_rulebook_and_the_profile_are_the_askers(run, ledger: Path) -> None:
    asked = ("eligibility", "P1", "--item", "exercise-therapy", "--at", MOMENT)
    assert "0 of 92 days, 92 left, 2021-03-01 to 2021-05-31" in run(*asked, "--rulebook", "national-2010").out
    assert "1.ind" in run(*asked, "--profile", "strict").out
    assert "365 left" in run(*asked, "--episode", "E1", "--institution", "H1").out
