"""`checkpoint` and `export`: of a patient, a practitioner, a session; also of whom nothing is recorded."""

import json
from pathlib import Path

import pytest

from ledger.proof import open_checkpoint
from ledger.verify import verify


def exported(path: Path) -> dict[str, object]:
    value: dict[str, object] = json.loads(path.read_bytes())
    return value


def test_a_checkpoint_seals(run, ledger: Path) -> None:
    vkey = run("key").out.strip()
    first = run("checkpoint")
    assert (first.code, first.err) == (0, "")
    assert open_checkpoint(first.out, vkey).size == 17, "16 facts and their seal"
    assert run("checkpoint").out == first.out
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
