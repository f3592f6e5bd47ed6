"""`scripts/rebuild-on-spark`, as a process: the decisions of `judge`, and a line where it cannot."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from ledger.application import TreatmentLedger
from projections.mirror.following import update
from projections.rules.rulebook import load_rulebook
from tests.api.conftest import FAULTS, Ran, environment

BOOK = load_rulebook("shanghai-2017")
ADOPTED = {
    "type": "RulebookAdopted",
    "at": "2021-03-02T08:00:00+08:00",
    "id": "adopted-1",
    "rulebook": BOOK.id,
    "digest": BOOK.digest,
    "effective_from": "2021-01-01",
}


def on_spark(cwd: Path, *arguments: str | Path, **more: str) -> Ran:
    command = [sys.executable, "-m", "api.cli.on_spark", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, cwd=cwd, env=environment(**more), timeout=600)
    answer = Ran(done.returncode, done.stdout.decode(), done.stderr.decode())
    assert not any(fault in answer.err for fault in FAULTS), answer.err
    return answer


@pytest.fixture
def mirror(ledger: Path, run) -> Path:
    """Of a ledger that has adopted a rulebook; where commands look for one."""
    (ledger.parent / "adopted.ndjson").write_text(json.dumps(ADOPTED) + "\n", encoding="utf-8")
    assert run("import", "adopted.ndjson").code == 0
    with TreatmentLedger.open(ledger) as opened:
        update(ledger / "mirror", opened)
    return ledger / "mirror"


def test_it_says_what_judge_says(mirror: Path, tmp_path: Path, run) -> None:
    out = tmp_path / "decisions"
    ran = on_spark(tmp_path, mirror, out, "--rulebook", "in-force", "--master", "local[1]")
    assert (ran.code, ran.err) == (0, "starting Spark ...\n"), ran.err
    judged = [json.loads(line) for line in run("judge", "--ledger", "--rulebook", "in-force").out.splitlines()]
    manifest = json.loads((out / "manifest.json").read_bytes())
    decided = [row for name in manifest["files"] for row in pq.read_table(out / "decisions" / name).to_pylist()]
    assert [(row["act"], row["payable"], row["rulebook"]) for row in decided] == [
        (one["act"], one["payable"], one["digest"]) for one in judged
    ]
    assert {row["payable"] for row in decided} == {True, False}
    with TreatmentLedger.open(mirror.parent) as opened:
        assert [row["act"] in opened.entry(row["position"] - 1).decode() for row in decided] == [True] * len(decided)
    assert manifest["mirror"] == json.loads((mirror / "manifest.json").read_bytes())["digest"]
    assert [text["digest"] for text in manifest["ruling"]["texts"]] == [BOOK.digest]
    assert ran.out == (
        f"3 acts judged by shanghai-2017 {BOOK.digest[:12]}: 2 payable, 1 not; of the mirror {manifest['mirror'][:12]} "
        f"({manifest['size']} entries)\n{out / 'manifest.json'}\n"
    )
    again = on_spark(tmp_path, mirror, out)
    assert (again.code, again.out) == (2, "")
    assert again.err.endswith(f"Error: {out}: decisions are there already; name another directory, or remove it\n")


def test_no_java(mirror: Path, tmp_path: Path) -> None:
    ran = on_spark(tmp_path, mirror, tmp_path / "out", JAVA_HOME="/nowhere")
    assert ran.code == 2
    assert "Error: Spark runs on Java, and JAVA_HOME is /nowhere, where there is none. Install Java 17" in ran.err
    assert ran.err.count("\n") == 2


def test_no_mirror(tmp_path: Path) -> None:
    ran = on_spark(tmp_path, tmp_path, tmp_path / "out")
    assert ran.code == 2
    assert "there is no mirror here (no manifest.json)" in ran.err
    assert not (tmp_path / "out").exists()


def test_the_master_does_not_answer(mirror: Path, tmp_path: Path) -> None:
    ran = on_spark(tmp_path, mirror, tmp_path / "out", "--master", "nowhere")
    assert ran.code == 2
    assert "Error: Spark did not start: " in ran.err
    assert ran.err.endswith(f"What it said is in {tmp_path / 'out' / 'spark.log'}\n")
    assert ran.err.count("\n") == 2


def test_the_script_is_the_command() -> None:
    root = Path(__file__).parents[3]
    script = root / "scripts" / "rebuild-on-spark"
    assert os.access(script, os.X_OK)
    assert script.read_text("utf-8").endswith('exec python -m api.cli.on_spark "$@"\n')
    assert shutil.which("bash")
