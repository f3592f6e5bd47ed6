"""An answer that cannot be written is none: real pipes, a full device, a closed stream, Ctrl-C."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.verify.test_forks import contradicting
from tests.verify.world import Log

ROOT = Path(__file__).parents[2]
VERIFY = [sys.executable, "-m", "ledger.verify"]


@pytest.fixture(params=["sound", "unsound"])
def asked(request, log, tmp_path) -> list[str]:
    """The verifier's command for a bundle of either kind."""
    path = tmp_path / "bundle.json"
    path.write_bytes(log.full() if request.param == "sound" else log.full().replace(b"4000", b"9000"))
    return [*VERIFY, str(path), "--key", log.vkey]


@pytest.mark.parametrize("more", [[], ["--json"]])
def test_a_closed_pipe_is_quiet_and_no_answer(asked, more) -> None:
    reading, writing = os.pipe()
    os.close(reading)  # whoever would read is gone before the first byte
    done = subprocess.run([*asked, *more], stdout=writing, stderr=subprocess.PIPE, cwd=ROOT, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("more", [[], ["--json"], ["--version"]])
def test_a_full_device_is_told_in_one_line(asked, more, unbuffered) -> None:
    if more == ["--version"]:  # argparse writes it, and takes no notice of what an unbuffered stream says
        unbuffered = ""
    environment = os.environ | {"PYTHONUNBUFFERED": unbuffered}
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [*asked, *more], stdout=full, stderr=subprocess.PIPE, cwd=ROOT, env=environment, check=False
        )
    assert (done.returncode, done.stderr) == (2, b"not written: standard output: No space left on device\n")


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-", "2>/dev/full"])
def test_a_stream_that_nobody_wants_changes_no_verdict(asked, closed) -> None:
    to_itself = subprocess.run(asked, capture_output=True, cwd=ROOT, check=False)
    done = subprocess.run(
        ["/bin/sh", "-c", f'exec "$@" {closed}', "sh", *asked], capture_output=True, cwd=ROOT, check=False
    )
    assert (done.returncode, done.stderr) == (to_itself.returncode, b"")
    assert done.returncode in (0, 1)
    assert done.stdout == (b"" if closed.startswith(">") else to_itself.stdout)


@pytest.mark.parametrize("closed", ["2>&-", "2>/dev/full", ">/dev/full 2>/dev/full"])
def test_unreadable_stays_unreadable_where_it_cannot_be_said(tmp_path, closed) -> None:
    command = [*VERIFY, str(tmp_path / "absent"), "--key", "k", "--json"]
    done = subprocess.run(
        ["/bin/sh", "-c", f'exec "$@" {closed}', "sh", *command], capture_output=True, cwd=ROOT, check=False
    )
    assert (done.returncode, done.stderr) == (2, b"")


def test_ctrl_c_is_one_line(log, tmp_path) -> None:
    os.mkfifo(tmp_path / "bundle.json")
    command = [*VERIFY, str(tmp_path / "bundle.json"), "--key", log.vkey]
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT) as process,
        open(tmp_path / "bundle.json", "wb"),  # open when the verifier has opened it, which then waits for bytes
    ):
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (130, b"", b"interrupted\n")


def test_a_fork_proof_that_the_disk_has_no_room_for_leaves_no_file(tmp_path) -> None:
    bundle, out = tmp_path / "bundle.json", tmp_path / "fork.json"
    bundle.write_bytes(contradicting(6))
    command = [*VERIFY, str(bundle), "--key", Log().vkey, "--fork-out", str(out)]
    # A file may not grow beyond nothing: the write fails in the system, as on a full disk.
    limited = ["/bin/sh", "-c", 'ulimit -f 0; exec "$@"', "sh", *command]
    done = subprocess.run(limited, capture_output=True, text=True, cwd=ROOT, check=False)
    assert (done.returncode, out.exists()) == (1, False)
    assert done.stderr.startswith(f"{out}: not written: file too large; the fork is proven all the same")
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.stderr.startswith(f"wrote {out}: ")


ASKED = """
import os, sys
from ledger.verify import output
was_closed = sys.stdout is None
output.replace_missing()
before = output.was_lost()
if sys.argv[1] == "text": print("x")
if sys.argv[1] == "bytes": sys.stdout.buffer.write(b"x")
sys.stdout.flush()
print(was_closed, before, output.was_lost(), os.fstat(1) == os.stat(os.devnull), file=sys.stderr)
"""


@pytest.mark.parametrize("what", ["text", "bytes", "nothing"])
@pytest.mark.parametrize("closed", [">&-", ">/dev/null"])
def test_what_was_written_to_a_stream_that_the_caller_closed_is_known(what, closed) -> None:
    command = ["/bin/sh", "-c", f'exec "$@" {closed}', "sh", sys.executable, "-c", ASKED, what]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    is_closed = closed == ">&-"
    # In both cases the number of standard output is taken, by the null device: no other file gets it.
    assert done.stderr.split() == [str(is_closed), "False", str(is_closed and what != "nothing"), "True"]
