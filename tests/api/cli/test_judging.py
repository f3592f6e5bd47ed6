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
