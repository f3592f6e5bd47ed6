"""A full disk: no half of a file is left to stand in the way, and the message names the file."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from api.signer import create_signer
from tests.api.conftest import environment

# A file may not grow beyond nothing: writes fail in the system, with an error of their own (EFBIG).
LIMITED = ["/bin/sh", "-c", 'ulimit -f 0; exec "$@"', "sh"]

MAKING = {
    ("signer", "new", "--practitioner", "T1", "--key-id", "K1", "--key", "T1.key"): "T1.key",
    ("label", "--new-key", "r.key"): "r.key",
    ("init", "--origin", "hospital.example/ledger"): "ledger-data",
}


@pytest.mark.parametrize("arguments", MAKING, ids=" ".join)
def test_a_key_that_could_not_be_written_is_not_in_the_way(run, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    program = [sys.executable, "-m", "api.cli", *arguments]
    done = subprocess.run([*LIMITED, *program], capture_output=True, cwd=tmp_path, env=environment(), check=False)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.startswith(b"Error: ")
    assert b"File too large" in done.stderr
    assert MAKING[arguments].encode() in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert run(*arguments).code == 0


def test_a_ledger_that_could_not_be_written_takes_its_key_along(run, tmp_path: Path) -> None:
    """There is room for the key, and none for the log."""
    program = [sys.executable, "-m", "api.cli", "init", "--origin", "hospital.example/ledger"]
    done = subprocess.run(
        ["/bin/bash", "-c", 'ulimit -f 1; exec "$@"', "bash", *program],  # 1,024 bytes
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=environment(),
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("Error: ledger-data: no ledger can be made here (")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert run("init", "--origin", "hospital.example/ledger").code == 0


def test_a_key_without_its_second_file_is_none(tmp_path: Path) -> None:
    (tmp_path / "T1.key.last.new").mkdir()  # where the second file is written before it takes its name
    with pytest.raises(OSError, match=r"T1\.key\.last"):
        create_signer(tmp_path / "T1.key", "T1", "K1")
    assert os.listdir(tmp_path) == ["T1.key.last.new"]


def test_what_is_written_whole_is_named_where_it_could_not_be(tmp_path: Path) -> None:
    out = tmp_path / "p1.bundle"
    out.write_text("old")
    code = f"from api.cli.files import write_whole\nwrite_whole({str(out)!r}, b'new')"
    done = subprocess.run(
        [*LIMITED, sys.executable, "-c", code], capture_output=True, text=True, env=environment(), check=False
    )
    assert done.stderr.endswith(f"OSError: [Errno 27] File too large: {str(out)!r}\n")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("p1.bundle", "old")]
