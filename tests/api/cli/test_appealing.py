"""`rulebook decision`, as people run it."""

import json
import shutil
from pathlib import Path

from tests.api.cli.test_reporting import stricter


def test_old_decisions_are_told_in_words(run, ledger: Path, tmp_path: Path) -> None:
    for form in ((), ("--json",)):
        nothing = run("rulebook", "decision", "S2", *form)
        assert (nothing.code, nothing.out) == (2, "")
        assert "no decision on S2 was in force" in nothing.err
    run("rulebook", "adopt", "shanghai-2017", "--from", "2021-01-01", "--yes")
    run("rulebook", "adopt", stricter(tmp_path), "--from", "2021-01-01", "--yes")
    told = run("rulebook", "decision", "S2")
    assert (told.code, told.err) == (0, "")
    assert told.out.count("By shanghai-2017 (sha256") == 2
    assert told.out.count(", decision kept), over the first") == 2
    assert "每日支付不超过2次" in told.out
    found = json.loads(run("rulebook", "decision", "S2", "--json").out)
    assert [one["decision"]["payable"] for one in found] == [True, False]
    digest = found[1]["decision"]["digest"]
    only = run("rulebook", "decision", "S2", "--rulebook", digest[:9], "--lang", "en").out
    assert only.count("By shanghai-2017") == 1
    assert "每日支付" not in only.split("\n", 1)[0]
    none = run("rulebook", "decision", "S2", "--rulebook", "ffffffff", "--json")
    assert (none.code, none.out) == (2, "")
    assert "no decision on S2 by a rulebook ffffffff… was in force" in none.err


def test_without_what_is_kept_they_are_made_again(run, ledger: Path, tmp_path: Path) -> None:
    run("rulebook", "adopt", "shanghai-2017", "--from", "2021-01-01", "--yes")
    run("rulebook", "adopt", stricter(tmp_path), "--from", "2021-01-01", "--yes")
    before = json.loads(run("rulebook", "decision", "S2", "--json").out)
    shutil.rmtree(ledger / "decisions")
    made = json.loads(run("rulebook", "decision", "S2", "--json").out)
    assert [one["decision"] for one in made] == [one["decision"] for one in before]
    assert [one["kept"] for one in before + made] == [True, True, False, False]
    assert run("rulebook", "decision", "S2").out.count(", decision made again), over the first") == 2
    listed = run("rulebook", "adopted")
    assert listed.err.count("no decisions are kept: it was recorded and not judged, or judging was cut short") == 2
    assert [one["kept"] for one in json.loads(run("rulebook", "adopted", "--json").out)["adoptions"]] == [None, None]


def test_a_text_that_is_missing_is_named_and_can_be_given(run, ledger: Path, tmp_path: Path) -> None:
    new = tmp_path / stricter(tmp_path)
    run("rulebook", "adopt", "shanghai-2017", "--from", "2021-01-01", "--yes")
    digest = json.loads(run("rulebook", "adopt", new, "--from", "2021-01-01", "--yes", "--json").out)["digest"]
    (ledger / "rulebooks" / f"{digest}.toml").unlink()
    told = run("rulebook", "decision", "S2", "--json")
    assert [one["decision"]["payable"] for one in json.loads(told.out)] == [True]
    assert "warning: a decision cannot be told: by what was in force from entry" in told.err
    assert digest in told.err
    given = run("rulebook", "decision", "S2", "--json", "--rulebook-file", new)
    assert ([one["decision"]["payable"] for one in json.loads(given.out)], given.err) == ([True, False], "")
    listed = run("rulebook", "adopted")
    assert "no text at hand" in listed.out
    assert f"put the text of shanghai-2017 into ledger-data/rulebooks as {digest}.toml" in listed.err


def test_an_act_that_there_is_not(run, ledger: Path) -> None:
    told = run("rulebook", "decision", "S9")
    assert (told.code, told.out) == (2, "")
    assert "no session or assessment S9 in this ledger" in told.err
