"""What a report is written into gets all of it, or an error is told."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.api.conftest import environment

TOUR = Path(__file__).parents[2] / "data" / "tour.ndjson"
REGISTER = [sys.executable, "-m", "api.cli", "report", "register", str(TOUR), "--format"]


@pytest.mark.parametrize("kind", ["csv", "ndjson", "json", "page"])
def test_a_file_and_a_pipe_get_the_same(tmp_path: Path, kind: str) -> None:
    def made(*more: str, **environ: str) -> bytes:
        command = [*REGISTER, kind, *more]
        return subprocess.run(
            command, cwd=tmp_path, env=environment(**environ), check=True, stdout=subprocess.PIPE
        ).stdout

    assert made("--out", "report") == b""
    bom = b"\xef\xbb\xbf" if kind == "csv" else b""
    written = (tmp_path / "report").read_bytes()
    assert written == bom + made(PYTHONUNBUFFERED="") == bom + made(PYTHONUNBUFFERED="1")
    assert b"S3" in written


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_on_a_full_disk_not_all_of_it_is_there_and_that_is_told(tmp_path: Path, unbuffered: str) -> None:
    """The first bytes have room, the others have none: no program is to take them for the whole."""
    limited = ["/bin/sh", "-c", 'ulimit -f 1; exec "$@" >report', "sh", *REGISTER, "page"]
    env = environment(PYTHONUNBUFFERED=unbuffered)
    done = subprocess.run(limited, cwd=tmp_path, env=env, check=False, stderr=subprocess.PIPE)
    assert done.returncode == 2
    assert done.stderr.endswith(b"File too large\n")
    assert 0 < (tmp_path / "report").stat().st_size <= 1024
