"""`explain`, as a person at the counter would ask."""

import json
from pathlib import Path

import pytest

LATER = "2021-03-02T08:00:00+08:00"
PROFILE = 'format = "profile/1"\nname = "ours"\nbased_on = "lenient"\n\n[readings]\ncombined = "included_items"\n'


def lines(*facts: dict[str, str]) -> bytes:
    return "".join(json.dumps(fact) + "\n" for fact in facts).encode()


@pytest.fixture
def third(run, ledger: Path) -> None:
    """The third session of the day is stopped and signed, and both were written down a day later."""
    stop = {"type": "SessionStopped", "session": "S3", "at": "2021-03-01T15:30:00+08:00", "effect": "tolerated well"}
    sign = {"type": "SessionSigned", "session": "S3", "at": "2021-03-01T15:31:00+08:00", "practitioner": "PT1"}
    assert run("import", "-", stdin=lines(stop | {"recorded_at": LATER}, sign | {"recorded_at": LATER})).code == 0


def test_in_chinese_and_then_in_english(run, third) -> None:
    told = run("explain", "S3")
    assert told.code == 0
    zh, _, en = told.out.partition("─" * 20)
    assert "不予支付：2021-03-01 这一天运动疗法已支付 2 次（S1、S2），本规范每日最多支付 2 次。\n" in zh
    assert "同样的治疗从 2021-03-02 起可以支付。\n" in zh
    assert "Not payable: on 2021-03-01 2 sessions of exercise-therapy have been paid already (S1, S2)" in en
    assert told.last.strip()
    for page in (zh, en):
        assert "✗ 1.day  每日支付不超过2次（包括项目合并计算）\n" in page


def test_in_one_language(run, third) -> None:
    zh = run("explain", "S3", "--lang", "zh").out
    en = run("explain", "S3", "--lang", "en").out
    assert "不予支付" in zh
    assert "Not payable" not in zh
    assert "Not payable" in en
    assert "不予支付：" not in en
    assert run("explain", "S3", "--lang", "both").out == run("explain", "S3").out
    assert run("explain", "S3", "--lang", "fr").code == 2


def test_lines_are_no_wider_than_the_terminal(run, third) -> None:
    narrow = run("explain", "S3", "--lang", "en", COLUMNS="60").out.splitlines()
    assert max(len(line) for line in narrow if "sha256" not in line and line.isascii()) <= 60


def test_under_profiles_and_under_a_profile_of_ones_own(run, third, tmp_path: Path) -> None:
    (tmp_path / "ours.toml").write_text(PROFILE, encoding="utf-8")
    told = run("explain", "S3", "--lang", "zh", "--profiles", "default,ours.toml,strict")
    assert told.code == 0, told.err
    assert "判定：明确违规\n" in told.out
    assert "    按默认读法（default）：不予支付，1.day 不符合\n" in told.out
    assert "    按读法组合 ours：不予支付，1.day 不符合\n" in told.out
    wrong = run("explain", "S3", "--profiles", "default,strikt")
    assert wrong.code == 2
    assert "strict" in wrong.err


def test_as_it_was_and_as_it_was_known(run, third) -> None:
    known = run("explain", "S3", "--lang", "zh", "--as-known-at", "2021-03-01T23:00:00+08:00")
    assert "治疗的结束时间未记录" in known.out
    assert "只看到此时为止记下的：2021-03-01T23:00:00+08:00\n" in known.out
    early = run("explain", "S3", "--as-of", "2021-03-01T14:00:00+08:00")
    assert early.code == 2
    assert "S3" in early.err


def test_another_reading(run, third) -> None:
    told = run("explain", "S3", "--lang", "zh", "--reading", "combined=item_only")
    assert "combined=item_only  每个项目各自计算\n" in told.out


def test_as_data_in_both_languages(run, third) -> None:
    told = json.loads(run("explain", "S3", "--json", "--profiles", "default,lenient").out)
    assert told["decision"]["denied_by"] == ["1.day"]
    account = told["account"]
    assert set(account["headline"]) == {"zh", "en"}
    assert account["outlook"]["waiting"] == "2021-03-02"
    assert [under["profile"] for under in account["under"]] == ["default", "lenient"]


def test_what_is_no_act(run, ledger: Path) -> None:
    unknown = run("explain", "S9")
    assert unknown.code == 2
    assert "S9" in unknown.err


def test_what_was_recorded_cannot_write_on_the_screen(run, ledger: Path) -> None:
    """Of an institution the departments are free words, and 8.site tells them."""
    opened = {
        "type": "InstitutionRegistered",
        "at": "2020-01-01T08:00:00+08:00",
        "institution": "H9",
        "name": "Invented",
    }
    site = opened | {"kind": "general", "departments": ["\x1b[2J\x1b[H\u202ewell\u2028"]}
    sheet = {
        "type": "PrescriptionIssued", "at": "2021-03-01T08:10:00+08:00", "prescription": "R9", "patient": "P1",
        "episode": "E1", "institution": "H9", "physician": "DR1",
        "orders": [{"order": "1", "item": "dysphagia-training", "site": "throat", "method": "active"}],
    }  # fmt: skip
    start = {
        "type": "SessionStarted", "at": "2021-03-01T16:00:00+08:00", "session": "S8", "patient": "P1",
        "prescription": "R9", "order": "1", "therapist": "PT1", "institution": "H9", "setting": "outpatient",
    }  # fmt: skip
    assert run("import", "-", stdin=lines(site, sheet, start)).code == 0
    answer = run("explain", "S8")
    assert "\\x1b[2J\\x1b[H\\u202ewell\\u2028" in answer.out
    assert all(line.isprintable() for line in answer.out.split("\n"))
