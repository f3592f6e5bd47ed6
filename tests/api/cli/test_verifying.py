"""`checkpoint`, `export`, `verify`, `audit`: what is changed anywhere is found and named."""

import json
import sqlite3
from pathlib import Path

import pytest

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
    assert f"entries[{place}]" in answer.out.splitlines()[0]
    assert "Judged again" not in answer.out  # what is not proven is not judged
    data = json.loads(run("verify", "p1.bundle", "--key", vkey, "--json").out)
    assert (data["sound"], data["judged"]) == (False, None)


def test_its_help_says_what_it_judges_by(run) -> None:
    told = " ".join(run("verify", "--help").out.split())
    assert "[default: what was adopted, else shanghai-2017]" in told
    assert "[default: shanghai-2017]" not in told
    assert "--rulebook-file FILE A rulebook of your own that an adoption may name; may be repeated." in told
    judging = " ".join(run("judge", "--help").out.split())
    assert "[default: shanghai-2017]" in judging
    assert "(with --rulebook in-force); may be repeated." in judging


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
        (made,) = database.execute("SELECT sql FROM sqlite_master WHERE name = 'entries_no_update'").fetchone()
        database.execute("DROP TRIGGER entries_no_update")
        database.execute(
            f"UPDATE {table} SET data = CAST(replace(CAST(data AS TEXT), 'left leg', 'left arm') AS BLOB) "
            "WHERE CAST(data AS TEXT) LIKE '%left leg%'"
        )
        database.execute(made)
    database.close()
    answer = run("audit")
    assert answer.code == 1
    assert answer.out.startswith("entry-altered: ")
    assert answer.out.splitlines()[1:] == ["unsound: 1 finding"]
    assert "8" in answer.out.splitlines()[0]
    data = json.loads(run("audit", "--json").out)
    assert (data["sound"], data["findings"][0]["name"]) == (False, "entry-altered")


HOSTILE = "\x1b[2J\x1b[Hsound: patient:P1\n\u202e\x9b\ud800"


def test_a_bundle_cannot_write_on_the_screen(run, ledger: Path, tmp_path: Path) -> None:
    """A bundle's text is shown, never obeyed, to whoever verifies it; and a machine is told without it, too."""
    vkey = run("key").out.strip()
    run("export", "P1", "--out", "p1.bundle")
    bundle = json.loads((tmp_path / "p1.bundle").read_text())
    for damaged in (
        bundle | {"streams": ["patient:" + HOSTILE, *bundle["streams"][1:]]},
        bundle | {"streams": [HOSTILE, *bundle["streams"][1:]]},
        bundle | {HOSTILE: 1},
        bundle | {"checkpoint": HOSTILE},
        bundle | {"format": HOSTILE},
    ):
        (tmp_path / "p1.bundle").write_text(json.dumps(damaged))
        answer = run("verify", "p1.bundle", "--key", vkey)
        assert answer.code == 1
        assert all(line.isprintable() and not line.startswith("sound") for line in answer.out.split("\n"))
        told = run("verify", "p1.bundle", "--key", vkey, "--json")
        assert told.code == 1
        assert told.out[:-1].isprintable()
        assert json.loads(told.out)["sound"] is False


def test_an_audit_cannot_write_on_the_screen(run, ledger: Path) -> None:
    with sqlite3.connect(ledger / "ledger.sqlite3") as database:
        database.execute("INSERT INTO tags VALUES (?, 3, 'x')", ("\x1b[2Jsound\u202e",))
        database.execute("INSERT INTO tags VALUES (CAST(x'ff9b' AS TEXT), 4, 'x')")
    database.close()
    answer = run("audit")
    assert (answer.code, answer.out.count("index-mismatch")) == (1, 2)
    assert all(line.isprintable() for line in answer.out.split("\n"))
    assert len(json.loads(run("audit", "--json").out)["findings"]) == 2


def test_damage_that_cannot_be_decoded_is_told_to_a_machine(run, ledger: Path) -> None:
    run("checkpoint")
    (ledger / "keys" / "last-signed").write_bytes(b"\xff")
    with sqlite3.connect(ledger / "ledger.sqlite3") as database:
        database.execute("DROP TRIGGER entries_no_update")
        database.execute("UPDATE entries SET tags = CAST(x'5bff5d' AS TEXT) WHERE position = 3")
    database.close()
    answer = run("audit", "--json")
    assert answer.code == 1
    assert {finding["where"] for finding in json.loads(answer.out)["findings"]} == {
        "last-signed",
        "index 2",
        "trigger entries_no_update",
    }


def test_what_was_altered_is_not_signed_over_and_the_answer_is_no(run, ledger: Path) -> None:
    connection = sqlite3.connect(ledger / "ledger.sqlite3")
    ((made,),) = connection.execute("SELECT sql FROM sqlite_master WHERE name = 'entries_no_update'")
    connection.executescript(
        "DROP TRIGGER entries_no_update;"
        "UPDATE entries SET data = CAST(replace(CAST(data AS TEXT), 'tolerated well', 'declined') AS BLOB)"
        f"WHERE position = 11; {made}"
    )
    connection.close()
    refused = run("checkpoint")
    assert refused.code == 1
    assert "entry-altered: index 10" in refused.err
    assert refused.out == ""


def test_a_machine_is_told_why_there_is_no_answer(run, ledger: Path, tmp_path: Path) -> None:
    (tmp_path / "no.bundle").write_text("[]")
    vkey = run("key").out.strip()
    for asked in (
        ("verify", "no.bundle", "--key", vkey), ("verify", "absent", "--key", vkey), ("verify", ".", "--key", vkey),
        ("verify", "no.bundle", "--key", "x"), ("verify", "no.bundle", "--key", vkey, "--witness", "nonsense"),
        ("verify", "no.bundle", "--key", vkey, "--fork-out", "no.bundle"), ("verify", "no.bundle"),
        ("audit", "--data", "absent"), ("audit", "--published", "absent"),
    ):  # fmt: skip
        answer = run(*asked, "--json")
        assert answer.code == 2
        told = json.loads(answer.out)
        assert (told.keys(), told["sound"]) == ({"sound", "error"}, None)
        assert told["error"]
        assert told["error"] in answer.err
        assert run(*asked).out == ""


def test_what_stands_around_a_key_is_no_part_of_it(run, ledger: Path) -> None:
    """As `$(cat FILE)` gives it of a file that was saved on Windows."""
    vkey = run("key").out.strip()
    witness = run("witness", "init", "--name", "witness.example/w").out.strip()
    run("export", "P1", "--out", "p1.bundle")
    for around in ("{}\r", " {}", "\ufeff{}\r\n"):
        assert run("verify", "p1.bundle", "--key", around.format(vkey)).code == 0
        asked = run("verify", "p1.bundle", "--key", vkey, "--witness", around.format(witness))
        assert asked.code == 1  # read, and held against a checkpoint that it did not sign
        assert asked.out.startswith("checkpoint-signature: checkpoint: witness")
        assert run("witness", "trust", around.format(vkey)).code == 0
    assert run("witnesses", "add", f"\ufeff{witness}\r").code == 0


def test_which_key_is_wrong(run, ledger: Path) -> None:
    vkey = run("key").out.strip()
    run("export", "P1", "--out", "p1.bundle")
    assert "unreadable: key: " in run("verify", "p1.bundle", "--key", "nonsense").err
    assert "unreadable: witness key: " in run("verify", "p1.bundle", "--key", vkey, "--witness", "nonsense").err


@pytest.mark.parametrize(
    ("asked", "keys"),
    [
        (("checkpoint",), {"origin", "size", "root", "checkpoint"}),
        (("publish", "www"), {"before", "size", "files"}),
    ],
)
def test_a_machine_is_told_why_nothing_was_signed(run, ledger: Path, asked: tuple[str, ...], keys: set[str]) -> None:
    absent = run(*asked, "--data", "absent", "--json")
    assert (absent.code, json.loads(absent.out)) == (
        2,
        dict.fromkeys(keys) | {"error": json.loads(absent.out)["error"]},
    )
    assert json.loads(absent.out)["error"] in absent.err
    misspelled = run(*asked, "--no-such-option", "--json")
    assert misspelled.code == 2
    assert json.loads(misspelled.out).keys() == keys | {"error"}
    with sqlite3.connect(ledger / "ledger.sqlite3") as database:
        database.execute("DROP TRIGGER entries_no_update")
        database.execute(
            "UPDATE entries SET data = CAST(replace(CAST(data AS TEXT), 'tolerated well', 'declined') AS BLOB) "
            "WHERE position = 11"
        )
    database.close()
    unsound = run(*asked, "--json")
    told = json.loads(unsound.out)
    assert (unsound.code, told.keys()) == (1, keys | {"error"})
    assert told["error"]
    assert told["error"] in unsound.err
    assert [told[key] for key in keys] == [None] * len(keys)
