"""`rulebook decision`, as people run it."""

import json
import re
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
    first, second = (line for line in told.out.splitlines() if line.startswith("From entry "))
    assert re.fullmatch(r"From entry 17 on, of \d{4}-\d\d-\d\d \d\d:\d\d: does not stand any more", first)
    assert re.fullmatch(r"From entry 18 on, of \d{4}-\d\d-\d\d \d\d:\d\d: stands today", second)
    assert "每日支付不超过2次" in told.out
    found = json.loads(run("rulebook", "decision", "S2", "--json").out)
    assert [one["decision"]["payable"] for one in found] == [True, False]
    assert [(one["entry"], one["stands"], one["size"]) for one in found] == [(17, False, 17), (18, True, 18)]
    adopted = json.loads(run("rulebook", "adopted", "--json").out)["adoptions"]
    assert [one["at"] for one in found] == [one["adopted_at"] for one in adopted]
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
    assert listed.err.count("no decisions are kept: there are none in ") == 2
    again = f"rulebook adopt {before[1]['decision']['digest'][:12]} --from 2021-01-01`) makes no other entry"
    assert re.findall("rulebook (?:adopt|decision) .*", listed.err) == [
        "rulebook decision ACT` makes them again", f"{again} and keeps them",
    ]  # fmt: skip
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


def test_a_damaged_file_does_not_keep_anybody_from_an_answer(run, ledger: Path, tmp_path: Path) -> None:
    run("rulebook", "adopt", "shanghai-2017", "--from", "2021-01-01", "--yes")
    before = json.loads(run("rulebook", "decision", "S2", "--json").out)
    (path,) = (ledger / "decisions").glob("*/part-*.acts.parquet")
    path.write_bytes(path.read_bytes()[:-9] + b"x" * 9)
    told = run("rulebook", "decision", "S2", "--json")
    assert told.code == 0
    assert f"warning: kept decisions cannot be read; what follows is made again from the log: {path.parent}" in (
        told.err.replace("ledger-data/decisions", str(ledger / "decisions"))
    )
    assert path.name in told.err
    assert json.loads(told.out) == [before[0] | {"kept": False}]


def test_an_act_that_there_is_not(run, ledger: Path) -> None:
    told = run("rulebook", "decision", "S9")
    assert (told.code, told.out) == (2, "")
    assert "no session or assessment S9 in this ledger" in told.err
