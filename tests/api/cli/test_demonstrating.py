"""`demo`: the whole way once, from nothing."""

import json
from pathlib import Path


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


def test_the_demonstration_leaves_other_ledgers_alone(run, ledger: Path) -> None:
    answer = run("demo", "--patients", "12", "--data", "ledger-data")
    assert answer.code == 2
    assert "no demonstration" in answer.err
    assert json.loads(run("audit", "--json").out)["size"] == 16
