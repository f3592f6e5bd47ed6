"""`judge`: the same decisions of files and of the ledger, under the readings chosen."""

import json
from pathlib import Path

from projections.rules.rulebook import load_rulebook
from tests.damage import damage


def test_judge_says_the_same_of_the_file_and_of_the_ledger(run, ledger: Path, journal: Path) -> None:
    of_file = run("judge", journal)
    assert (of_file.code, of_file.err) == (0, "")
    assert run("judge", "--ledger") == of_file
    run("checkpoint")
    assert run("judge", "--ledger") == of_file, "a seal is nobody's treatment"
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


def test_nothing_is_judged_by_what_is_left_where_an_entry_is_gone(run, ledger: Path) -> None:
    """Without the first session of the day the third would be the second."""
    damage(ledger / "ledger.sqlite3", "DELETE FROM entries WHERE position = 10")
    for command in (("judge", "--ledger"), ("judge", "--ledger", "--patient", "P1"), ("history", "P1")):
        answer = run(*command)
        assert (answer.code, answer.out) == (1, "")
        assert "entry-missing: index 9: there is no entry at position 10. Nothing is handed out" in answer.err


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


OFFICE = """\
format = "profile/1"
name = "invented-office"
based_on = "strict"

[readings]
and_list = "any"
physician_scope = "qualification_or_training"
"""


def test_a_profile_of_ones_own(run, journal: Path, tmp_path: Path) -> None:
    (tmp_path / "office.toml").write_text(OFFICE, encoding="utf-8")

    def judged(*arguments: str) -> list[tuple[bool, str]]:
        lines = run("judge", journal, *arguments).out.splitlines()
        return [(d["payable"], d["verdict"]) for d in map(json.loads, lines)]

    paid = [(True, "compliant"), (True, "compliant"), (False, "violation")]
    assert judged("--profile", "office.toml") == paid
    assert judged("--profiles", "default,office.toml") == paid
    assert judged("--profiles", "strict, office.toml")[0] == (True, "suspected")
    assert judged("--profile", "office.toml", "--reading", "and_list=all")[0] == (False, "violation")


def test_a_wrong_profile_is_refused_with_file_key_and_reason(run, journal: Path, tmp_path: Path) -> None:
    wrong = OFFICE.replace("and_list", "andlist").replace("strict", "stern")
    (tmp_path / "office.toml").write_text(wrong, encoding="utf-8")
    for arguments in (("--profile", "office.toml"), ("--profiles", "default,office.toml")):
        refused = run("judge", journal, *arguments)
        assert (refused.code, refused.out) == (2, "")
        assert "office.toml: based_on: 'stern' where one of default, strict, lenient is expected" in refused.err
        assert "office.toml: readings.andlist: unknown reading 'andlist'; did you mean and_list?" in refused.err


def test_the_sum_of_it_for_people_and_for_programs(run, journal: Path) -> None:
    over = ("--profiles", "default,strict,lenient", "--summary")
    summed = run("judge", journal, *over)
    assert (summed.code, summed.err) == (0, "")
    lines = summed.out.splitlines()
    assert lines[0] == "3 acts on 1 patient under default, strict, lenient"
    assert [line.split()[:3] for line in lines[3:6]] == [
        ["compliant", "合规", "0"], ["suspected", "可疑", "2"], ["violation", "明确违规", "1"],
    ]  # fmt: skip
    assert next(line.split() for line in lines if line.startswith("1.ind"))[1:3] == ["1", "2"]
    data = json.loads(run("judge", journal, *over, "--json").out)
    assert [(one["verdict"], one["acts"]) for one in data["verdicts"]] == [
        ("compliant", 0), ("suspected", 2), ("violation", 1),
    ]  # fmt: skip
    alone = run("judge", journal, "--summary").out
    assert "suspected" not in alone
    assert "under" not in alone


def test_what_was_in_force_judges_and_an_adopted_text_that_is_not_at_hand_does_not(run, journal: Path) -> None:
    def adopt(digest: str) -> None:
        line = {
            "type": "RulebookAdopted", "at": "2021-01-02T08:00:00+08:00", "rulebook": "national-2010",
            "digest": digest, "effective_from": "2021-01-01",
        }  # fmt: skip
        adoption.write_text(json.dumps(line), encoding="utf-8")

    adoption = journal.with_name("adoption.ndjson")
    digest = load_rulebook("national-2010").digest
    adopt(digest)
    judged = run("judge", journal, adoption, "--rulebook", "in-force")
    assert (judged.code, judged.err) == (0, "")
    assert {json.loads(line)["rulebook"] for line in judged.out.splitlines()} == {"national-2010"}
    adopt("0" * 64)
    other = run("judge", journal, adoption, "--rulebook", "in-force")
    assert (other.code, other.out) == (2, "")
    assert "0" * 64 in other.err
    assert digest in other.err
    assert "--rulebook-file" in other.err
    none = run("judge", journal, "--rulebook", "in-force")
    assert (none.code, none.out) == (2, "")
    assert "RulebookAdopted" in none.err


def test_what_would_contradict_itself_is_refused(run, journal: Path) -> None:
    twice = run("judge", str(journal), "--reading", "and_list=any", "--reading", "and_list=all")
    assert (twice.code, twice.out) == (2, "")
    assert "names a reading twice" in twice.err
    beside = run("judge", str(journal), "--profile", "strict", "--profiles", "default,lenient")
    assert (beside.code, beside.out) == (2, "")
    assert "--profile strict is none of --profiles default,lenient" in beside.err
