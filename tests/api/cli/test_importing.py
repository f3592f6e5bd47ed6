"""`import`: journals go in, whole or not at all, and again without change."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
STOP = '{"type":"SessionStopped","at":"2021-03-01T15:30:00+08:00","session":"S3","effect":"tolerated well"}\n'


def test_import_counts_on_its_last_line_and_again_changes_nothing(run, journal: Path) -> None:
    run("init", "--origin", "hospital.example/ledger")
    first = run("import", journal)
    assert json.loads(first.last) == {"accepted": 16, "known": 0, "refused": 0, "size": 16}
    sealed = run("checkpoint").out
    again = run("import", journal)
    assert (again.code, json.loads(again.last)) == (0, {"accepted": 0, "known": 16, "refused": 0, "size": 17})
    assert run("checkpoint").out == sealed


def test_import_takes_several_files_gzip_and_standard_input(run, journal: Path, tmp_path: Path) -> None:
    import gzip

    run("init", "--origin", "hospital.example/ledger")
    (tmp_path / "one.ndjson.gz").write_bytes(gzip.compress(journal.read_bytes()))
    (tmp_path / "two.ndjson").write_text(STOP)
    assert json.loads(run("import", "two.ndjson", "one.ndjson.gz").last)["accepted"] == 17
    assert json.loads(run("import", "-", stdin=STOP.encode()).last)["known"] == 1


def test_ctrl_c_while_reading_is_quiet_and_leaves_nothing_half_taken(run, ledger: Path, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    command = [sys.executable, "-m", "api.cli", "import", str(pipe), "--data", str(ledger)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, cwd=ROOT) as process:
        assert process.stderr
        with pipe.open("wb") as feed:  # opens when the program has opened the other end: it is reading
            feed.write(STOP.encode())
            feed.flush()
            process.send_signal(signal.SIGINT)
            said = process.stderr.read().decode()
            assert process.wait(timeout=30) == 130
    assert said.strip() == "interrupted"
    assert json.loads(run("audit", "--json").out) == {"sound": True, "size": 16, "findings": []}


def test_an_adoption_whose_text_is_not_at_hand_is_told_of_when_it_comes_in(run, journal: Path, tmp_path: Path) -> None:
    run("init", "--origin", "hospital.example/ledger")
    assert "warning" not in run("import", journal).err
    line = (
        '{"type":"RulebookAdopted","at":"2021-03-01T08:00:00+08:00","rulebook":"shanghai-2017",'
        f'"digest":"{"ab" * 32}","effective_from":"2021-01-01"}}\n'
    )
    (tmp_path / "adoption.ndjson").write_text(line)
    done = run("import", "adoption.ndjson")
    assert (done.code, json.loads(done.last)["accepted"]) == (0, 1)
    assert done.err.count("warning: ") == 1
    for said in ("ab" * 32, "--rulebook-file", "`rulebook adopt FILE --from 2021-01-01`"):
        assert said in done.err
    assert "warning" not in run("import", "adoption.ndjson").err, "it is known by now"
