"""`checkpoint` and `export`: of a patient, a practitioner, a session; also of whom nothing is recorded."""

import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from ledger.proof import open_checkpoint
from ledger.verify import verify

STOP = '{"type":"SessionStopped","at":"2021-03-01T15:30:00+08:00","session":"S3","effect":"tolerated well"}\n'


def exported(path: Path) -> dict[str, object]:
    value: dict[str, object] = json.loads(path.read_bytes())
    return value


def test_a_checkpoint_seals(run, ledger: Path) -> None:
    vkey = run("key").out.strip()
    first = run("checkpoint")
    assert (first.code, first.err) == (0, "")
    assert open_checkpoint(first.out, vkey).size == 17, "16 facts and their seal"
    assert run("checkpoint").out == first.out
    origin, size, root = first.out.split("\n")[:3]
    told = json.loads(run("checkpoint", "--json").out)
    assert told == {"origin": origin, "size": int(size), "root": root, "checkpoint": first.out}
    assert run("audit").out == "sound: 17 entries derived again\n"


@pytest.mark.parametrize(
    ("arguments", "subject"),
    [
        (["P1"], "patient:P1"),
        (["--practitioner", "PT1"], "practitioner:PT1"),
        (["--session", "S1"], "session:S1"),
    ],
)
def test_a_bundle_of_each_kind(run, ledger: Path, tmp_path: Path, arguments: list[str], subject: str) -> None:
    vkey = run("key").out.strip()
    answer = run("export", *arguments, "--out", "x.bundle", "--each")
    assert (answer.code, answer.out) == (0, "")
    assert answer.err.startswith("wrote x.bundle (")
    bundle = exported(tmp_path / "x.bundle")
    assert bundle["streams"][0] == subject
    assert bundle["entries"]
    assert bundle["inclusion"]
    assert verify((tmp_path / "x.bundle").read_bytes(), vkey).findings == ()


@pytest.mark.parametrize(
    ("arguments", "subject"),
    [
        (["P404"], "patient:P404"),
        (["--practitioner", "T404"], "practitioner:T404"),
        (["--session", "S404"], "session:S404"),
    ],
)
def test_of_whom_nothing_is_recorded(run, ledger: Path, tmp_path: Path, arguments: list[str], subject: str) -> None:
    vkey = run("key").out.strip()
    answer = run("export", *arguments, "--out", "x.bundle")
    assert (answer.code, answer.out) == (0, "")
    assert answer.err.splitlines()[0].startswith(f"{subject}: nothing is recorded here, and the file proves it")
    bundle = exported(tmp_path / "x.bundle")
    assert bundle["entries"] == []
    assert subject in bundle["absent"]
    assert verify((tmp_path / "x.bundle").read_bytes(), vkey).findings == ()
    piped = run("export", *arguments, "--out", "-")
    assert (piped.code, piped.out.encode()) == (0, (tmp_path / "x.bundle").read_bytes())
    assert len(piped.err.splitlines()) == 1


@pytest.mark.parametrize(
    "arguments", [[], ["P1", "--session", "S1"], ["--practitioner", "T1", "--session", "S1"], ["--session", "a b"]]
)
def test_one_subject_is_named(run, ledger: Path, tmp_path: Path, arguments: list[str]) -> None:
    answer = run("export", *arguments, "--out", "x.bundle")
    assert (answer.code, answer.out) == (2, "")
    assert not (tmp_path / "x.bundle").exists()


def test_only_a_patient_is_opened(run, ledger: Path, tmp_path: Path) -> None:
    answer = run("export", "--session", "S1", "--open", "--out", "x.bundle")
    assert (answer.code, answer.out) == (2, "")
    assert "--open is for a PATIENT" in answer.err


def test_the_text_of_an_adopted_rulebook_goes_along(run, ledger: Path, tmp_path: Path) -> None:
    from projections.rules.rulebook import HOME, load_rulebook

    own = tmp_path / "own.toml"
    own.write_text((HOME / "shanghai-2017.toml").read_text(encoding="utf-8") + "\n# ours\n", encoding="utf-8")
    digests = {name: load_rulebook(path).digest for name, path in (("built in", "shanghai-2017"), ("own", own))}
    lines = [
        {"type": "RulebookAdopted", "at": f"2021-03-0{n}T08:00:00+08:00", "rulebook": f"R{n}", "digest": digest,
         "effective_from": "2021-03-01"} for n, digest in enumerate(digests.values(), 1)
    ]  # fmt: skip
    (tmp_path / "adopted.ndjson").write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert run("import", "adopted.ndjson").code == 0
    run("export", "P1", "--out", "x.bundle")
    assert list(exported(tmp_path / "x.bundle")["rulebooks"]) == [digests["built in"]]
    run("export", "P1", "--out", "x.bundle", "--rulebook-file", own)
    both = exported(tmp_path / "x.bundle")["rulebooks"]
    assert both[digests["own"]] == own.read_text(encoding="utf-8")
    assert sorted(both) == sorted(digests.values())
    assert verify((tmp_path / "x.bundle").read_bytes(), run("key").out.strip()).findings == ()


# --- of a ledger that is damaged, or asked for another history -----------------------------------------------------


def alter(ledger: Path, *statements: str) -> None:
    connection = sqlite3.connect(ledger / "ledger.sqlite3", isolation_level=None)
    triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for statement in (*(f"DROP TRIGGER {name}" for name, _ in triggers), *statements, *(made for _, made in triggers)):
        connection.execute(statement)
    connection.close()


@pytest.mark.parametrize("asked", [("export", "P1", "--out", "x.bundle"), ("checkpoint",)])
@pytest.mark.parametrize(
    ("damage", "finding"),
    [
        ("UPDATE entries SET data = x'00ff' WHERE position = 11", "entry-altered: index 10: its stored bytes hash to "),
        ("UPDATE entries SET leaf = zeroblob(32) WHERE position = 11", "entry-altered: index 10: its stored bytes "),
        ("DELETE FROM entries WHERE position = 11", "entry-missing: index 10: there is no entry"),
        ("DELETE FROM entries WHERE position = 17", "checkpoint-rollback: "),
    ],
)
def test_a_damaged_ledger_hands_out_nothing(
    run, ledger: Path, tmp_path: Path, asked, damage: str, finding: str
) -> None:
    run("checkpoint")
    alter(ledger, damage)
    answer = run(*asked)
    assert (answer.code, answer.out) == (1, "")
    assert answer.err.startswith(f"Error: {finding}")
    assert "audit" in answer.err or "backup" in answer.err
    assert not (tmp_path / "x.bundle").exists()


def test_a_shorter_tag_index_is_no_shorter_bundle(run, ledger: Path) -> None:
    run("checkpoint")
    alter(ledger, "DELETE FROM tags WHERE tag = 'patient:P1' AND position > 12")
    for _ in range(2):
        answer = run("export", "P1", "--out", "x.bundle")
        assert (answer.code, answer.out) == (1, "")
        assert answer.err.startswith("Error: index-mismatch: patient:P1: entries found: ")
        assert "run `audit`" in answer.err


def test_since_another_history(run, ledger: Path, tmp_path: Path) -> None:
    shutil.copytree(ledger, tmp_path / "copy")
    longer = '{"type":"SessionStopped","at":"2021-03-01T15:30:00+08:00","session":"S3","effect":"%s"}\n'
    run("import", "-", stdin=(longer % "here").encode())
    run("--data", "copy", "import", "-", stdin=(longer % "there").encode())
    (tmp_path / "fork").write_text(run("--data", "copy", "checkpoint").out)
    run("checkpoint")
    answer = run("export", "P1", "--out", "x.bundle", "--since", "fork")
    assert (answer.code, answer.out) == (1, "")
    assert answer.err.startswith("Error: history-fork: since (size 18): the first 18 entries here have the root ")
    assert not (tmp_path / "x.bundle").exists()


def test_since_more_than_there_is(run, ledger: Path, tmp_path: Path) -> None:
    shutil.copytree(ledger, tmp_path / "copy")
    longer = '{"type":"SessionStopped","at":"2021-03-01T15:30:00+08:00","session":"S3","effect":"there"}\n'
    run("--data", "copy", "import", "-", stdin=longer.encode())
    (tmp_path / "ahead").write_text(run("--data", "copy", "checkpoint").out)
    answer = run("export", "P1", "--out", "x.bundle", "--since", "ahead")
    assert answer.code == 1
    assert answer.err.startswith("Error: checkpoint-rollback: since (size 18): this ledger has 16 entries")


@pytest.mark.parametrize("text", ["", "rubbish\n", "hospital.example/ledger\n17\nAAAA\n\n— x y\n"])
def test_since_what_is_no_checkpoint(run, ledger: Path, tmp_path: Path, text: str) -> None:
    (tmp_path / "old").write_text(text)
    answer = run("export", "P1", "--out", "x.bundle", "--since", "old")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("Error: since: ")


def test_since_another_ledgers_checkpoint(run, ledger: Path, tmp_path: Path) -> None:
    run("--data", "other", "init", "--origin", "hospital.example/ledger")
    (tmp_path / "old").write_text(run("--data", "other", "checkpoint").out)
    answer = run("export", "P1", "--out", "x.bundle", "--since", "old")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("Error: since: ")


@pytest.mark.parametrize(
    ("asked", "damage"),
    [
        (asked, damage)
        for asked in (("export", "P1", "--out", "x.bundle"), ("checkpoint",), ("checkpoint", "--cosign"))
        for damage in ("note", "no text", "last-signed")
        if (asked[-1], damage) != ("--cosign", "last-signed")  # which signs nothing
    ],
)
def test_a_damaged_checkpoint_or_mark_is_a_finding(run, ledger: Path, asked, damage: str) -> None:
    run("checkpoint")
    assert run("import", "-", stdin=STOP.encode()).code == 0
    if damage == "last-signed":
        (ledger / "keys" / "last-signed").write_bytes(b"\xff damaged\n")
    else:
        value = "CAST(x'ff0a' AS TEXT)" if damage == "no text" else "replace(note, '17', '18')"
        alter(ledger, f"UPDATE checkpoints SET note = {value}")
    answer = run(*asked)
    assert (answer.code, answer.out) == (1, "")
    where = "last-signed" if damage == "last-signed" else "last checkpoint"
    assert answer.err.startswith(f"Error: checkpoint-signature: {where}: ")
    assert any(line.startswith("checkpoint-signature: ") for line in run("audit").out.splitlines())


def test_a_bundle_is_for_its_owner_and_group_at_most(run, ledger: Path, tmp_path: Path) -> None:
    path = tmp_path / "x.bundle"
    assert run("export", "P1", "--out", path).code == 0
    assert path.stat().st_mode & 0o777 & ~0o640 == 0
    path.chmod(0o644)
    assert run("export", "P1", "--out", path).code == 0
    assert path.stat().st_mode & 0o777 == 0o644, "as whoever made the file wanted it"


def test_anew_makes_good_what_the_audit_finds_in_the_kept_index(run, ledger: Path) -> None:
    first = run("checkpoint").out
    connection = sqlite3.connect(ledger / "ledger.sqlite3")
    connection.execute("UPDATE index_tags SET count = 2, frontier = zeroblob(32) WHERE count = 1")
    connection.commit()
    connection.close()
    audit = run("audit")
    assert audit.code == 1
    assert "; `checkpoint --anew` builds it again" in audit.out + audit.err
    again = run("checkpoint", "--anew")
    assert (again.code, again.out) == (0, first), "sealed rightly: the same checkpoint"
    assert run("audit").out == "sound: 17 entries derived again\n"
    assert run("checkpoint", "--anew", "--cosign").code == 2


def test_its_help_says_what_anew_is_for(run) -> None:
    told = " ".join(run("checkpoint", "--help").out.split())
    assert (
        "--anew is for when `audit` finds that what is kept, or was sealed last, is not what the entries give" in told
    )
    assert "has to come back from a backup" in told
