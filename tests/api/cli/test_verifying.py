"""`checkpoint`, `export`, `verify`, `audit`: what is changed anywhere is found and named."""

import json
import sqlite3
from pathlib import Path

STOP = '{"type":"SessionStopped","at":"2021-03-01T15:30:00+08:00","session":"S3","effect":"tolerated well"}\n'


def test_checkpoint_export_verify(run, ledger: Path, tmp_path: Path) -> None:
    vkey = run("key").out.strip()
    (tmp_path / "old.checkpoint").write_text(run("checkpoint").out)
    run("import", "-", stdin=STOP.encode())
    exported = run("export", "P1", "--out", "p1.bundle", "--since", "old.checkpoint")
    assert (exported.code, exported.out) == (0, "")
    assert run("export", "P1", "--out", "-", "--since", "old.checkpoint").out == (tmp_path / "p1.bundle").read_text()
    verified = run("verify", "p1.bundle", "--key", vkey, "--since", "old.checkpoint")
    assert verified.code == 0
    assert "3 acts: 2 payable, 1 denied\n  denied by record.signed (1), 1.day (1)" in verified.out
    assert "Not claimed" in verified.out
    assert "nothing was compared" in " ".join(verified.out.split())
    data = json.loads(run("verify", "p1.bundle", "--key", vkey, "--json").out)
    assert (data["sound"], data["judged"]["acts"], data["judged"]["payable"]) == (True, 3, 2)


def test_a_changed_value_in_a_bundle_is_named(run, ledger: Path, tmp_path: Path) -> None:
    vkey = run("key").out.strip()
    run("export", "P1", "--out", "p1.bundle")
    bundle = json.loads((tmp_path / "p1.bundle").read_text())
    place = next(n for n, entry in enumerate(bundle["entries"]) if "tolerated well" in entry)
    bundle["entries"][place] = bundle["entries"][place].replace("tolerated well", "tolerated ill!")
    (tmp_path / "p1.bundle").write_text(json.dumps(bundle))
    answer = run("verify", "p1.bundle", "--key", vkey)
    assert answer.code == 1
    assert answer.out.startswith("entry-altered: ")
    assert str(bundle["indexes"][place]) in answer.out.splitlines()[0]
    assert "Judged again" not in answer.out  # what is not proven is not judged
    data = json.loads(run("verify", "p1.bundle", "--key", vkey, "--json").out)
    assert (data["sound"], data["judged"]) == (False, None)


def test_another_key_verifies_nothing(run, ledger: Path) -> None:
    run("export", "P1", "--out", "p1.bundle")
    other = run("--data", "other", "init", "--origin", "hospital.example/ledger").out.strip()
    answer = run("verify", "p1.bundle", "--key", other)
    assert answer.code == 1
    assert "checkpoint-signature" in answer.out


def test_a_changed_byte_in_the_store_is_named_by_audit(run, ledger: Path) -> None:
    assert run("audit").code == 0
    with sqlite3.connect(ledger / "ledger.sqlite3") as database:
        (table,) = [
            name
            for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            if any(column[1] == "data" for column in database.execute(f"PRAGMA table_info({name})"))
        ]
        for (trigger,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f"DROP TRIGGER {trigger}")
        database.execute(
            f"UPDATE {table} SET data = CAST(replace(CAST(data AS TEXT), 'left leg', 'left arm') AS BLOB) "
            "WHERE CAST(data AS TEXT) LIKE '%left leg%'"
        )
    database.close()
    answer = run("audit")
    assert answer.code == 1
    assert answer.out.startswith("entry-altered: ")
    assert "8" in answer.out.splitlines()[0]
    data = json.loads(run("audit", "--json").out)
    assert (data["sound"], data["findings"][0]["name"]) == (False, "entry-altered")
