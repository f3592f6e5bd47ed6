"""Commands and a ledger that is not what it was: an old backup is read with a warning, altered bytes are not read."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

STATEMENT = ("signer", "statement", "session", "S1", "--key-id", "K1")
OPENED = (
    b'{"type":"PatientFileOpened","at":"2021-03-01T20:00:00+08:00","patient":"P9","sex":"male","born":"1950-01-01",'
    b'"institution":"H1","file_no":"M9"}'
)
READING = [("history", "P1"), ("judge", "--ledger"), ("judge", "--ledger", "--patient", "P1"),
           ("eligibility", "P1"), ("explain", "S1")]  # fmt: skip


@pytest.fixture
def restored(run, ledger: Path, tmp_path: Path) -> Path:
    """The ledger as it was before the last checkpoint that its key signed."""
    shutil.copy(ledger / "ledger.sqlite3", tmp_path / "backup")
    assert run("import", "-", stdin=OPENED).code == 0
    assert run("checkpoint").code == 0
    return Path(shutil.copy(tmp_path / "backup", ledger / "ledger.sqlite3"))


@pytest.mark.parametrize("command", READING)
def test_an_old_backup_is_read_with_a_warning(run, restored: Path, command: tuple[str, ...]) -> None:
    ran = run(*command)
    assert ran.code == 0
    assert ran.out
    assert ran.err.startswith("warning: checkpoint-rollback: log: the ledger has ")
    assert "what is read here lacks what was recorded since; restore the newest backup" in ran.err


@pytest.mark.parametrize("command", [STATEMENT, ("checkpoint",), ("export", "P1", "--out", "-"), ("import", "-")])
def test_an_old_backup_signs_nothing_and_takes_nothing_in(run, restored: Path, command: tuple[str, ...]) -> None:
    ran = run(*command, stdin=OPENED)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("Error: checkpoint-rollback: ")


def test_every_answer_over_an_old_backup_warns(serving, ledger: Path, restored: Path, token: str, problem) -> None:
    with serving(ledger) as running, running.client(token) as client:
        for address in ("/patients/P1/history", "/patients/P1/decisions", "/patients/P9/history"):
            answer = client.get(address)
            assert answer.status_code == (404 if "P9" in address else 200)
            assert answer.headers["warning"].startswith('199 treatment-ledger "checkpoint-rollback: ')
        details = problem(client.get("/statements/session/S1?key_id=K1"), 500)
        assert details["type"].endswith(":ledger-unsound")


def test_the_newest_log_is_warned_of_nowhere(run, serving, ledger: Path, token: str) -> None:
    assert run("checkpoint").code == 0
    assert run("history", "P1").err == ""
    with serving(ledger) as running, running.client(token) as client:
        assert "warning" not in client.get("/patients/P1/history").headers


@pytest.mark.parametrize("command", [*READING, STATEMENT])
def test_nothing_is_made_of_altered_bytes(run, ledger: Path, command: tuple[str, ...]) -> None:
    _alter(ledger)
    ran = run(*command)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("Error: entry-altered: index 10: ")


def test_nothing_is_made_of_altered_bytes_over_http(serving, ledger: Path, token: str, problem) -> None:
    _alter(ledger)
    stopped = {"type": "SessionVoided", "at": "2021-03-01T20:00:00+08:00", "session": "S1", "reason": "not given"}
    with serving(ledger) as running, running.client(token) as client:
        for answer in (
            client.get("/statements/session/S1?key_id=K1"),
            client.get("/patients/P1/decisions"),
            client.get("/acts/S1/explanation"),
            client.post("/facts", json=stopped),
        ):
            details = problem(answer, 500)
            assert details["type"].endswith(":ledger-unsound")
            assert details["detail"].startswith("entry-altered: index 10: ")


def _alter(ledger: Path) -> None:
    """The first session's stop says something else, and is a good entry all the same."""
    with closing(sqlite3.connect(ledger / "ledger.sqlite3")) as database, database:
        triggers = database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            database.execute(f"DROP TRIGGER {name}")
        (data,) = database.execute("SELECT data FROM entries WHERE position = 11").fetchone()
        assert b"tolerated well" in data
        damaged = data.replace(b"tolerated well", b"tolerated ill!")
        database.execute("UPDATE entries SET data = ? WHERE position = 11", (damaged,))
        for _, made in triggers:
            database.execute(made)


def test_a_trigger_that_somebody_planted_ends_writing_and_not_reading(run, ledger: Path) -> None:
    """Under a name that SQLite keeps for itself: entries would be acknowledged, and not be there."""
    with closing(sqlite3.connect(ledger / "ledger.sqlite3")) as database, database:
        made = "CREATE TRIGGER sqlite_x BEFORE INSERT ON entries BEGIN SELECT RAISE(IGNORE); END"
        database.execute("PRAGMA writable_schema = ON")
        database.execute("INSERT INTO sqlite_master VALUES ('trigger', 'sqlite_x', 'entries', 0, ?)", (made,))
    for command in (("import", "-"), STATEMENT, ("checkpoint",), ("audit",)):
        ran = run(*command, stdin=OPENED)
        assert ran.code == 1
        assert "malformed: trigger sqlite_x: no part of a ledger" in ran.out + ran.err
    assert run("history", "P1").code == 0
