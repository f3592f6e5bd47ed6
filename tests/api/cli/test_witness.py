"""`witness …`: what whoever watches ledgers types, and what is answered."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from ledger.proof import COSIGNATURE_V1, parse_vkey

LOG = "hospital.example/ledger"


def test_made_once_and_shown(run, tmp_path: Path) -> None:
    made = run("witness", "init", "--name", "regulator.example/w1")
    assert made.code == 0
    key = parse_vkey(made.out.strip())
    assert (key.name, key.algorithm) == ("regulator.example/w1", COSIGNATURE_V1)
    assert run("witness", "key").out == made.out
    assert run("witness", "init", "--name", "regulator.example/w1").code == 2
    assert run("witness", "init", "--name", "two words", "--data", "other").code == 2
    assert (tmp_path / "witness-data" / "witness.key").stat().st_mode & 0o777 == 0o600


def test_its_directory_is_its_own(run, tmp_path: Path) -> None:
    """A ledger's directory in the environment is not taken for the witness's; one that is typed is."""
    first = run("witness", "init", "--name", "w.example", TREATMENT_LEDGER_DATA=str(tmp_path / "ledger-data"))
    assert (tmp_path / "witness-data" / "witness.key").exists()
    assert run("--data", tmp_path / "typed", "witness", "init", "--name", "w.example").code == 0
    assert run("witness", "init", "--name", "w.example", TREATMENT_LEDGER_WITNESS=str(tmp_path / "set")).code == 0
    keys = {run("witness", "key", "--data", tmp_path / name).out for name in ("witness-data", "typed", "set")}
    assert len(keys) == 3
    assert first.out in keys


def test_without_a_witness_every_command_says_so(run) -> None:
    for command in (["key"], ["logs"], ["forks"], ["serve", "--port", "0"], ["trust", "x"], ["cosign", "-"]):
        answer = run("witness", *command)
        assert answer.code == 2
        assert "witness init" in answer.err


def test_what_it_watches(run, ledger: Path) -> None:
    run("witness", "init", "--name", "w.example")
    vkey = run("key").out.strip()
    assert run("witness", "trust", vkey).err == f"watching {LOG}\n"
    assert run("witness", "trust", vkey).code == 0
    for wrong in ("x", run("witness", "key").out.strip()):
        assert run("witness", "trust", wrong).code == 2
    (log,) = json.loads(run("witness", "logs", "--json").out)
    assert log == {"origin": LOG, "vkeys": [vkey], "size": 0, "root": None, "at": None}
    run("witnesses", "add", run("witness", "key").out.strip())
    note = run("checkpoint").out
    request = run("witnesses", "request", "w.example").out
    assert run("witness", "cosign", "-", stdin=request.encode()).out.startswith("— w.example ")
    (log,) = json.loads(run("witness", "logs", "--json").out)
    assert log["size"] == int(note.split("\n")[1])
    assert len(log["root"]) == 64
    assert f"{LOG}  " in run("witness", "logs").out
    assert run("witness", "forks").code == 0
    assert json.loads(run("witness", "forks", "--json").out) == []


def test_a_request_that_is_refused(run) -> None:
    run("witness", "init", "--name", "w.example")
    unknown = run(
        "witness", "cosign", "-", stdin=b"old 0\n\nx\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n\xe2"
    )
    assert unknown.code == 2
    assert run("witness", "cosign", "absent").code == 2


def test_ctrl_c_ends_it_cleanly(run, tmp_path: Path) -> None:
    run("witness", "init", "--name", "w.example")
    command = [sys.executable, "-m", "api.cli", "witness", "serve", "--port", "0"]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=tmp_path, env=environment) as process:
        assert process.stderr
        assert "watches no ledger yet" in process.stderr.readline()
        assert "the witness w.example (0 ledgers watched) at http://127.0.0.1:" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 0


OPENED = (
    '{{"type":"PatientFileOpened","at":"2022-01-04T08:00:00+08:00","patient":"{0}","sex":"female","born":"1956-04-02",'
    '"institution":"H1","file_no":"{0}"}}\n'
)


def test_a_fork_that_is_carried_here_as_a_file_is_told(run, ledger: Path, tmp_path: Path) -> None:
    """What the protocol would have the log do next, ask from another size, is not what whoever carried it should do."""
    run("witness", "init", "--name", "w.example")
    run("witness", "trust", run("key").out.strip())
    run("witnesses", "add", run("witness", "key").out.strip())
    old = run("checkpoint").out.split("\n")[1]
    other = shutil.copytree(ledger, tmp_path / "other")
    institution = json.loads(run("history", "P1", "--format", "ndjson").out.splitlines()[0])["institution"]
    for directory, patient in ((ledger, "P8001"), (other, "P8002")):
        line = OPENED.format(patient).replace('"H1"', json.dumps(institution))
        assert run("import", "-", "--data", directory, stdin=line.encode()).code == 0
        assert run("checkpoint", "--data", directory).code == 0
    request = run("witnesses", "request", "w.example").out
    assert run("witness", "cosign", "-", stdin=request.encode()).code == 0
    request = run("witnesses", "request", "w.example", "--old", old, "--data", other).out
    refused = run("witness", "cosign", "-", stdin=request.encode())
    assert (refused.code, refused.out) == (1, "")
    assert "history-fork: the log signed two histories" in refused.err
    assert "`witness forks" in refused.err
    assert "--old" not in refused.err
    assert len(json.loads(run("witness", "forks", "--json").out)) == 1
