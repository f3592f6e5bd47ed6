"""`judge`: the same decisions of files and of the ledger, under the readings chosen."""

import json
from pathlib import Path


def test_judge_says_the_same_of_the_file_and_of_the_ledger(run, ledger: Path, journal: Path) -> None:
    of_file = run("judge", journal)
    assert (of_file.code, of_file.err) == (0, "")
    assert run("judge", "--ledger") == of_file
    assert run("judge", "-", stdin=journal.read_bytes()) == of_file
    decisions = [json.loads(line) for line in of_file.out.splitlines()]
    assert [(d["act"], d["payable"], d["verdict"]) for d in decisions] == [
        ("S1", True, "compliant"),
        ("S2", True, "compliant"),
        ("S3", False, "violation"),
    ]
    assert decisions[2]["denied_by"] == ["record.stopped", "record.signed", "1.day"]
    assert run("judge", journal, "--patient", "P1") == of_file
    cut = run("judge", journal, "--as-of", "2021-03-01T09:59:00+08:00")
    assert [json.loads(line)["act"] for line in cut.out.splitlines()] == ["S1"]


def test_a_reading_changes_what_it_names(run, journal: Path) -> None:
    def option(*arguments: str) -> set[str]:
        lines = run("judge", journal, *arguments).out.splitlines()
        return {
            f["readings"]["combined"] for d in map(json.loads, lines) for f in d["findings"] if f["clause"] == "1.day"
        }

    assert option() == {"included_items"}
    assert option("--reading", "combined=item_only") == {"item_only"}


def test_profiles_give_a_verdict_of_three_states(run, journal: Path) -> None:
    def verdicts(*arguments: str) -> dict[str, str]:
        lines = run("judge", journal, *arguments).out.splitlines()
        return {d["act"]: d["verdict"] for d in map(json.loads, lines)}

    # One deficit of three was found, and the physician has no training besides: `strict` asks for all of it.
    assert verdicts("--profiles", "default,strict,lenient") == {"S1": "suspected", "S2": "suspected", "S3": "violation"}
    assert verdicts("--profiles", "default,lenient") == {"S1": "compliant", "S2": "compliant", "S3": "violation"}
    on_top = ("--reading", "and_list=any", "--reading", "physician_scope=qualification_or_training")
    assert verdicts("--profiles", "default,strict", *on_top)["S1"] == "compliant", "single readings go on top of each"
    payable = [json.loads(line)["payable"] for line in run("judge", journal, "--profiles", "strict").out.splitlines()]
    assert payable == [True, True, False], "payable stays that of the readings chosen"
    refused = run("judge", journal, "--profiles", "default,stern")
    assert refused.code == 2
    assert "default, strict, lenient" in refused.err
