"""`history`, `explain` and `eligibility`, as a person would ask."""

import json
from pathlib import Path

STOP = '{"type":"SessionStopped","at":"2021-03-01T15:30:00+08:00","session":"S3","effect":"tolerated well"}\n'
MOMENT = "2021-03-01T18:00:00+08:00"


def test_history_is_a_table_or_a_journal(run, ledger: Path, journal: Path) -> None:
    table = run("history", "P1")
    assert table.code == 0
    assert "SessionStarted" in table.out
    assert "PT1" in table.out
    lines = run("history", "P1", "--format", "ndjson").out.splitlines()
    assert lines == journal.read_text().splitlines()[6:]


def test_history_knows_both_times(run, ledger: Path, tmp_path: Path) -> None:
    late = STOP.replace('"session"', '"recorded_at":"2021-03-02T08:00:00+08:00","session"')
    assert run("import", "-", stdin=late.encode()).code == 0

    def stops(*cut: str) -> int:
        return run("history", "P1", "--format", "ndjson", *cut).out.count("SessionStopped")

    assert stops() == 3
    assert stops("--as-known-at", "2021-03-01T23:59:59+08:00") == 2
    assert stops("--as-of", "2021-03-01T15:29:59+08:00") == 2
    assert stops("--as-of", "2021-03-01T09:29:00+08:00") == 0


def test_explain_has_the_words_the_count_and_the_remedy(run, ledger: Path) -> None:
    told = run("explain", "S3")
    assert told.code == 0
    for word in ("1.day", "每日支付不超过2次（包括项目合并计算）", "S1, S2", "2021-03-02"):
        assert word in told.out
    data = json.loads(run("explain", "S3", "--json").out)
    assert data["decision"]["denied_by"] == ["record.stopped", "record.signed", "1.day"]
    assert data["account"]["payable"] is False


def test_eligibility_counts(run, ledger: Path) -> None:
    table = run("eligibility", "P1", "--at", MOMENT)
    assert table.code == 0
    assert "1.day: 2 of 2, 0 left" in table.out
    assert "2021-03-02" in table.out
    (one,) = json.loads(run("eligibility", "P1", "--item", "exercise-therapy", "--at", MOMENT, "--json").out)["items"]
    assert (one["payable"], one["next_payable_on"]) == (False, "2021-03-02")
    day = next(counter for counter in one["counters"] if counter["clause"] == "1.day")
    assert (day["used"], day["limit"], day["left"]) == (2, 2, 0)
    unknown = run("eligibility", "P1", "--item", "exercise-therapi")
    assert unknown.code == 2
    assert "exercise-therapy" in unknown.err


def test_what_was_recorded_cannot_write_on_the_screen(run, ledger: Path) -> None:
    stop = {"type": "SessionStopped", "at": "2021-03-01T15:30:00+08:00", "session": "S3"}
    stop["effect"] = "\x1b[2J\x1b[H\u202ewell\u2028\x9b"
    assert run("import", "-", stdin=json.dumps(stop).encode()).code == 0
    answer = run("history", "P1")
    assert "effect=\\x1b[2J\\x1b[H\\u202ewell\\u2028\\x9b" in answer.out
    assert all(line.isprintable() for line in answer.out.split("\n"))
