"""`history`, as a person would ask."""

import json
from pathlib import Path

STOP = '{"type":"SessionStopped","at":"2021-03-01T15:30:00+08:00","session":"S3","effect":"tolerated well"}\n'


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


def test_what_was_recorded_cannot_write_on_the_screen(run, ledger: Path) -> None:
    stop = {"type": "SessionStopped", "at": "2021-03-01T15:30:00+08:00", "session": "S3"}
    stop["effect"] = "\x1b[2J\x1b[H\u202ewell\u2028\x9b"
    assert run("import", "-", stdin=json.dumps(stop).encode()).code == 0
    answer = run("history", "P1")
    assert "effect=\\x1b[2J\\x1b[H\\u202ewell\\u2028\\x9b" in answer.out
    assert all(line.isprintable() for line in answer.out.split("\n"))
