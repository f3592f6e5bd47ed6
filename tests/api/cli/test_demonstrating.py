"""`demo`: the whole way once, from nothing."""

import json
from pathlib import Path

from api.demo import year_with_mistakes


def test_the_demonstration_goes_the_whole_way_and_again(run, tmp_path: Path) -> None:
    first = run("demo", "--patients", "12")
    assert first.code == 0, first.err
    for word in ("Verifier key", '"accepted":', "payable", "Denied by clause", "sound: ", "What to try next"):
        assert word in first.out
    again = run("demo", "--patients", "12")
    assert again.code == 0
    assert '"accepted":0' in again.out
    commands = [line.partition("treatment-ledger ")[2].split() for line in first.out.splitlines()]
    explain = next(command for command in commands if command[:1] == ["explain"])
    eligibility = next(command for command in commands if command[:1] == ["eligibility"])
    assert "怎样才能支付" in run(*explain[:2], "--data", "demo-data").out
    assert run(*eligibility, "--data", "demo-data").code == 0


def test_what_is_found_in_it_is_said_to_be_meant_and_was_planted(run) -> None:
    out = run("demo", "--patients", "12").out
    found = [line.split()[2].rstrip(":") for line in out.splitlines() if line.startswith("decision-differs: act ")]
    assert f"unsound: {len(found)} findings in what was settled" in out
    (meant,) = [line for line in out.splitlines() if line.startswith("This is meant: ")]
    assert f"mistakes were planted in the invented year, {len(found)} of them" in meant
    assert "Nothing was altered" in meant
    planted = {one.act for one in year_with_mistakes(2021, 12)[1] if one.denied_by and one.fund_fen}
    assert set(found) <= planted


def test_the_demonstration_leaves_other_ledgers_alone(run, ledger: Path) -> None:
    answer = run("demo", "--patients", "12", "--data", "ledger-data")
    assert answer.code == 2
    assert "no demonstration" in answer.err
    assert json.loads(run("audit", "--json").out)["size"] == 16
