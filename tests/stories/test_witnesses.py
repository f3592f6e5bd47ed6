"""The regulator watches: what the hospital signs is cosigned, and what contradicts it is refused, kept and proven.

Everything runs as people run it: each command a process of its own, each witness a server on the loopback.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from ledger.application import TreatmentLedger
from tests.verify.browser import chromium, opened, verify_one
from tests.verify.second_forks import proves_fork
from tests.witnesses import ROOT, free_port, listening, make_witness, program

NAME, LATE = "regulator.example/w1", "office.example/w2"
OPENED = (
    '{{"type":"PatientFileOpened","at":"2022-01-04T08:00:00+08:00","patient":"{0}","sex":"female","born":"1956-04-02",'
    '"institution":"H1","file_no":"{0}"}}\n'
)


class Watched(NamedTuple):
    """The hospital's ledger and key, the regulator's witness: its directory, key and address."""

    ledger: Path
    key: str
    witness: Path
    witness_key: str
    url: str


@pytest.fixture
def watched(hospital, tmp_path: Path) -> Iterator[Watched]:
    witness = tmp_path / "witness"
    key = make_witness(witness, NAME, hospital.vkey)
    with listening(witness) as url:
        assert program("witnesses", "add", key, url, "--data", hospital.directory).code == 0
        yield Watched(hospital.directory, hospital.vkey, witness, key, url)


def record(ledger: Path, *patients: str) -> None:
    """Takes in files of new patients of an institution that the year of the story has."""
    with TreatmentLedger.open(ledger) as opened_ledger:
        institution = next(
            entry.fact.institution for entry in opened_ledger.facts() if hasattr(entry.fact, "institution")
        )
    lines = "".join(OPENED.format(patient).replace('"H1"', f'"{institution}"') for patient in patients)
    ran = program("import", "-", "--data", ledger, stdin=lines.encode())
    assert json.loads(ran.out)["accepted"] == len(patients), ran


def size(note: str) -> int:
    return int(note.split("\n")[1])


def latest(ledger: Path) -> str:
    with TreatmentLedger.open(ledger) as opened_ledger:
        return opened_ledger.latest_checkpoint() or ""


def test_two_witnesses_of_which_one_is_down(watched: Watched, tmp_path: Path):
    """It holds nobody up; it is told, and asked again; and a bundle says what was proven by whom, and when."""
    port, late = free_port(), tmp_path / "late"
    late_key = make_witness(late, LATE, watched.key)
    program("witnesses", "add", late_key, f"http://127.0.0.1:{port}", "--data", watched.ledger)
    signed = program("checkpoint", "--data", watched.ledger)
    assert signed.code == 0
    assert f"witness {LATE}: " in signed.err
    assert "asked again" in signed.err
    assert f"— {NAME} " in signed.out
    assert LATE not in signed.out
    older = tmp_path / "older.checkpoint"
    older.write_text(signed.out)
    record(watched.ledger, "P9001")

    bundle = tmp_path / "P9001.bundle"
    export = ("export", "P9001", "--since", older, "--out", bundle, "--data", watched.ledger)
    assert program(*export).code == 0
    verified = program("verify", bundle, "--key", watched.key, "--since", older, "--witness", watched.witness_key)
    text = " ".join(verified.out.split())
    assert verified.code == 0, text
    assert f"The witnesses asked about saw this very checkpoint: {NAME}" in text
    assert f"and what stands below index {size(signed.out)} by 20" in text
    without = program("verify", bundle, "--key", watched.key, "--witness", late_key)
    assert (without.code, without.out.startswith("checkpoint-signature: checkpoint: witness")) == (1, True)

    assert program("checkpoint", "--cosign", "--data", watched.ledger).code == 1
    before = latest(watched.ledger)
    with listening(late, port):
        again = program("checkpoint", "--cosign", "--data", watched.ledger)
        assert (again.code, again.err) == (0, "")
        assert again.out.startswith(before)
        assert program(*export).code == 0
    both = ("--witness", watched.witness_key, "--witness", late_key)
    assert program("verify", bundle, "--key", watched.key, *both).code == 0
    assert latest(watched.ledger).startswith(before)
    listed = json.loads(program("witnesses", "list", "--json", "--data", watched.ledger).out)
    assert [one["size"] for one in listed] == [size(before)] * 2
    shown = json.loads(program("witness", "logs", "--json", "--data", watched.witness).out)
    assert [(one["origin"], one["size"]) for one in shown] == [(watched.key.split("+")[0], size(before))]


def test_a_machine_restored_whole_from_a_backup_signs_nothing(watched: Watched, tmp_path: Path):
    """Database, key and the key's mark went back together: nothing on this machine knows it. The witness does."""
    assert program("checkpoint", "--data", watched.ledger).code == 0
    backup = shutil.copytree(watched.ledger, tmp_path / "backup")
    record(watched.ledger, "P9001")
    assert program("checkpoint", "--data", watched.ledger).code == 0
    before = latest(backup)
    record(backup, "P9002")
    for command in (("checkpoint",), ("export", "P9002", "--out", tmp_path / "x"), ("publish", tmp_path / "p")):
        refused = program(*command, "--data", backup)
        assert refused.code == 1
        assert "checkpoint-rollback" in refused.err
        assert NAME in refused.err
    assert latest(backup) == before
    assert program("checkpoint", "--data", watched.ledger).code == 0


@pytest.fixture
def forked(watched: Watched, tmp_path: Path) -> Path:
    """A second history under the same key: what a hospital does that rewrites, and asks no witness while it does."""
    assert program("checkpoint", "--data", watched.ledger).code == 0
    other = shutil.copytree(watched.ledger, tmp_path / "other")
    patients = ["P9001"]
    if (size(latest(watched.ledger)) + 2) & (size(latest(watched.ledger)) + 1) == 0:
        patients.append("P9003")  # of a size that is a power of two a consistency proof does not tell the other root
    record(watched.ledger, *patients)
    assert program("checkpoint", "--data", watched.ledger).code == 0
    (other / "witnesses.toml").unlink()
    record(other, "P9002", "P9004", "P9005", "P9006")
    assert program("checkpoint", "--data", other).code == 0
    return other


def test_two_histories_are_refused_and_proven_to_everybody(watched: Watched, forked: Path, tmp_path: Path):
    seen = size(latest(watched.ledger))
    assert size(latest(forked)) > seen
    program("witnesses", "add", watched.witness_key, watched.url, "--data", forked)
    refused = program("checkpoint", "--cosign", "--data", forked)
    assert refused.code == 1
    assert "history-fork" in refused.err
    assert NAME in refused.err

    shown = program("witness", "forks", "--out", tmp_path / "proofs", "--data", watched.witness)
    assert shown.code == 1
    proof = tmp_path / "proofs" / "fork-1.json"
    raw = proof.read_bytes()
    assert json.loads(raw)["format"] == "treatment-ledger-fork/1"

    built = tmp_path / "verify.pyz"
    subprocess.run([sys.executable, ROOT / "scripts/build-verifier", built], check=True, capture_output=True)
    for command in (
        [sys.executable, "-m", "ledger.verify"],
        [sys.executable, "-m", "api.cli", "verify"],
        [sys.executable, built],
    ):
        done = subprocess.run(
            [*command, proof, "--key", watched.key, "--json"], capture_output=True, cwd=ROOT, check=False
        )
        assert done.returncode == 1, done.stderr
        answer = json.loads(done.stdout)
        assert [(one["name"], one["where"]) for one in answer["findings"]] == [("history-fork", "second")]
        assert [one["claim"] for one in answer["claims"]] == ["history fork"]
    with chromium() as browser, opened(browser) as page:
        assert verify_one(page, raw, watched.key).found == {("history-fork", "second")}
    assert proves_fork(raw, watched.key)
    assert program("checkpoint", "--data", watched.ledger).code == 0


def test_who_holds_a_checkpoint_of_the_other_history_makes_the_proof_alone(
    watched: Watched, forked: Path, tmp_path: Path
):
    """No witness is needed: the reader's own checkpoint and a bundle, of one size, contradict each other."""
    record(watched.ledger, *(f"P91{n}" for n in range(size(latest(forked)) - size(latest(watched.ledger)) - 1)))
    held, bundle, proof = tmp_path / "held", tmp_path / "bundle", tmp_path / "fork.json"
    held.write_text(program("checkpoint", "--data", watched.ledger).out)
    assert size(held.read_text()) == size(latest(forked))
    assert program("export", "P9002", "--out", bundle, "--data", forked).code == 0
    verified = program("verify", bundle, "--key", watched.key, "--since", held, "--fork-out", proof)
    assert verified.code == 1
    assert verified.out.startswith("history-fork: --since: ")
    assert program("verify", proof, "--key", watched.key).out.startswith("history-fork: second: two trees of ")


def test_a_witness_without_a_network(hospital, tmp_path: Path):
    """Requests and answers are carried as files, in both directions by hand."""
    witness, asked, answered = tmp_path / "witness", tmp_path / "request.txt", tmp_path / "answer.txt"
    key = make_witness(witness, NAME, hospital.vkey)
    at = ("--data", hospital.directory)
    assert program("witnesses", "add", key, *at).code == 0
    assert program("witnesses", "request", NAME, *at).code == 2
    told = program("checkpoint", *at)
    assert (told.code, f"witnesses request {NAME}" in told.err) == (0, True)
    for patient in ("P9001", "P9002"):
        assert program("witnesses", "request", NAME, "--out", asked, *at).code == 0
        cosigned = program("witness", "cosign", asked, "--data", witness)
        assert cosigned.code == 0
        answered.write_text(cosigned.out)
        assert program("witnesses", "take", NAME, answered, *at).code == 0
        assert latest(hospital.directory).endswith(cosigned.out)
        record(hospital.directory, patient)
        assert program("checkpoint", *at).code == 0
    assert program("witnesses", "take", NAME, answered, *at).code == 2, "it is of the checkpoint before"
    behind = program("witnesses", "request", NAME, "--old", "0", *at)
    refused = program("witness", "cosign", "-", "--data", witness, stdin=behind.out.encode())
    assert refused.code == 1
    (old,) = [word for word in refused.err.split() if word.rstrip("`").isdigit()][-1:]
    right = program("witnesses", "request", NAME, "--old", old.rstrip("`"), *at)
    assert program("witness", "cosign", "-", "--data", witness, stdin=right.out.encode()).code == 0
    assert program("witness", "cosign", "-", "--data", witness, stdin=b"nothing").code == 2
    assert program("witnesses", "remove", NAME, *at).code == 0
    assert (program("checkpoint", *at).err, program("witnesses", "remove", NAME, *at).code) == ("", 2)
