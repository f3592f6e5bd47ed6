"""`rulebook decision`, as people run it."""

import json
from pathlib import Path

from tests.api.cli.test_reporting import stricter


def test_old_decisions_are_told_in_words(run, ledger: Path, tmp_path: Path) -> None:
    nothing = run("rulebook", "decision", "S2")
    assert (nothing.code, nothing.out) == (2, "")
    assert "no decision on S2 is kept" in nothing.err
    run("rulebook", "adopt", "shanghai-2017", "--from", "2021-01-01", "--yes")
    run("rulebook", "adopt", stricter(tmp_path), "--from", "2021-01-01", "--yes")
    told = run("rulebook", "decision", "S2")
    assert (told.code, told.err) == (0, "")
    assert told.out.count("By shanghai-2017 (sha256") == 2
    assert "每日支付不超过2次" in told.out
    found = json.loads(run("rulebook", "decision", "S2", "--json").out)
    assert [one["decision"]["payable"] for one in found] == [True, False]
    digest = found[1]["decision"]["digest"]
    only = run("rulebook", "decision", "S2", "--rulebook", digest[:9], "--lang", "en").out
    assert only.count("By shanghai-2017") == 1
    assert "每日支付" not in only.split("\n", 1)[0]
    assert json.loads(run("rulebook", "decision", "S2", "--rulebook", "ffffffff", "--json").out) == []


def test_an_act_that_there_is_not(run, ledger: Path) -> None:
    told = run("rulebook", "decision", "S9")
    assert (told.code, told.out) == (2, "")
    assert "no session or assessment S9 in this ledger" in told.err
