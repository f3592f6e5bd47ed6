"""One clear line instead of a traceback; and a fault of the program is not passed off as bad input."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import click
import pytest

from api.cli.guard import BAD_INPUT, INTERRUPTED, guarded
from api.tokens import TokenError
from tests.api.conftest import environment


def fail(error: BaseException) -> None:
    raise error


def test_answers_are_exit_codes() -> None:
    assert [guarded(lambda: None), guarded(lambda: 0), guarded(lambda: 1)] == [0, 0, 1]


def test_a_foreseen_error_is_its_own_message(capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(lambda: fail(TokenError("there is no token named ward-9"))) == BAD_INPUT
    assert capsys.readouterr().err == "Error: there is no token named ward-9\n"


def test_usage_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(lambda: fail(click.UsageError("name a journal"))) == BAD_INPUT
    assert "name a journal" in capsys.readouterr().err


def test_a_file_s_error_names_the_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(lambda: open("/does/not/exist")) == BAD_INPUT  # noqa: SIM115
    assert capsys.readouterr().err == "Error: /does/not/exist: No such file or directory\n"


def test_an_unforeseen_error_says_that_it_is_the_program_s(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TREATMENT_LEDGER_TRACEBACK", raising=False)
    assert guarded(lambda: fail(KeyError("x"))) == BAD_INPUT
    said = capsys.readouterr().err
    assert "unexpected KeyError" in said
    assert "fault of the program" in said
    assert "Traceback" not in said


def test_an_unforeseen_error_can_be_traced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TREATMENT_LEDGER_TRACEBACK", "1")
    with pytest.raises(KeyError):
        guarded(lambda: fail(KeyError("x")))


def test_ctrl_c_is_no_failure(capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(lambda: fail(KeyboardInterrupt())) == INTERRUPTED
    assert capsys.readouterr().err == "interrupted\n"


def make_another_error_of_ctrl_c(error: Exception) -> None:
    """As a module in C does that is interrupted while it is loaded: what was raised in it is gone without a trace."""
    with suppress(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
    raise error


def test_ctrl_c_while_a_module_is_loaded_is_no_fault_of_the_program(capsys: pytest.CaptureFixture[str]) -> None:
    before = signal.getsignal(signal.SIGINT)
    failed = ImportError("numpy._core.multiarray failed to import")
    assert guarded(lambda: make_another_error_of_ctrl_c(failed)) == INTERRUPTED
    assert capsys.readouterr().err == "interrupted\n"
    assert signal.getsignal(signal.SIGINT) is before


def test_what_was_foreseen_is_told_after_ctrl_c_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(lambda: make_another_error_of_ctrl_c(TokenError("no such token"))) == BAD_INPUT
    assert capsys.readouterr().err == "Error: no such token\n"


CLI = [sys.executable, "-m", "api.cli"]


@pytest.fixture(params=[("key",), ("--help",), ("audit", "--json"), ("verify",)], ids=" ".join)
def asked(request, run, ledger: Path, tmp_path: Path) -> list[str]:
    """Commands that have an answer to give: 0, and not that the answer is no (1)."""
    if request.param != ("verify",):
        return [*CLI, *request.param]
    run("export", "P1", "--out", "p1.bundle")
    return [*CLI, "verify", "p1.bundle", "--key", run("key").out]


def test_a_closed_pipe_is_quiet_and_no_answer(asked: list[str], tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)  # whoever would read is gone before the first byte
    done = subprocess.run(asked, stdout=writing, stderr=subprocess.PIPE, cwd=tmp_path, env=environment(), check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")


def test_a_pipe_that_is_closed_midway_is_quiet(run, tmp_path: Path) -> None:
    """More than a pipe holds, of which one line is read."""
    assert run("label", "--new-key", "r.key").code == 0
    (tmp_path / "ids.txt").write_text("".join(f"invented-{number}\n" for number in range(10_000)))
    command = [*CLI, "label", "--key", "r.key"]
    with (
        open(tmp_path / "ids.txt", "rb") as ids,
        subprocess.Popen(
            command, stdin=ids, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path, env=environment()
        ) as process,
    ):
        assert process.stdout
        assert process.stderr
        assert process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_full_device_is_told_in_one_line_and_no_answer(asked: list[str], tmp_path: Path, unbuffered: str) -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            asked,
            stdout=full,
            stderr=subprocess.PIPE,
            cwd=tmp_path,
            env=environment(PYTHONUNBUFFERED=unbuffered),
            check=False,
        )
    where = b"" if unbuffered else b"standard output: "
    assert (done.returncode, done.stderr) == (2, b"Error: " + where + b"No space left on device\n")


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-", "2>/dev/full"])
def test_a_stream_that_nobody_wants_changes_no_answer(asked: list[str], tmp_path: Path, closed: str) -> None:
    done = subprocess.run(
        ["/bin/sh", "-c", f'exec "$@" {closed}', "sh", *asked],
        capture_output=True,
        cwd=tmp_path,
        env=environment(),
        check=False,
    )
    is_lost = "key" in asked and closed.startswith(">")
    said = b"Error: standard output: Bad file descriptor\n" if is_lost and closed == ">&-" else b""
    assert (done.returncode, done.stderr) == (2 if is_lost else 0, said)
    assert bool(done.stdout) == (not closed.startswith(">"))


@pytest.mark.parametrize(
    "asked", ["export P1 --out -", "checkpoint", "checkpoint --json", "history P1", "judge --ledger"]
)
def test_what_was_to_be_handed_out_and_was_lost_is_no_success(asked: str, ledger: Path, tmp_path: Path) -> None:
    """Where standard output is closed: whoever goes by the exit code would keep an empty file for a bundle."""
    done = subprocess.run(
        ["/bin/sh", "-c", 'exec "$@" >&-', "sh", *CLI, *asked.split()],
        capture_output=True,
        cwd=tmp_path,
        env=environment(),
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.splitlines()[-1] == b"Error: standard output: Bad file descriptor"


def test_neither_is_a_person_or_a_cosignature_that_was_lost(run, ledger: Path, tmp_path: Path) -> None:
    run("people", "key")
    person = b'{"name":"\xe8\x99\x9a\xe6\x9e\x84\xe7\x9a\x84\xe4\xba\xba"}'  # an invented person
    assert run("people", "add", "P1", stdin=person).code == 0
    run("witness", "init", "--name", "w.example")
    run("witness", "trust", run("key").out.strip())
    run("witnesses", "add", run("witness", "key").out.strip())
    run("checkpoint")
    (tmp_path / "request").write_text(run("witnesses", "request", "w.example").out, encoding="utf-8")
    for asked in (["people", "show", "P1"], ["witness", "cosign", "request"]):
        command = ["/bin/sh", "-c", 'exec "$@" >&-', "sh", *CLI, *asked]
        done = subprocess.run(command, capture_output=True, cwd=tmp_path, env=environment(), check=False)
        assert (done.returncode, done.stderr) == (2, b"Error: standard output: Bad file descriptor\n"), asked


def test_a_bundle_in_a_file_needs_no_standard_output(run, ledger: Path, tmp_path: Path) -> None:
    command = ["/bin/sh", "-c", 'exec "$@" >&-', "sh", *CLI, "export", "P1", "--out", "p1.bundle"]
    done = subprocess.run(command, capture_output=True, cwd=tmp_path, env=environment(), check=False)
    assert done.returncode == 0
    assert (tmp_path / "p1.bundle").stat().st_size > 1000
    assert run("verify", "p1.bundle", "--key", run("key").out).code == 0


def test_a_refusal_stays_one_where_standard_output_is_closed(ledger: Path, tmp_path: Path) -> None:
    """What is told of a refusal is told on standard error, and it is that error and no other."""
    command = ["/bin/sh", "-c", 'exec "$@" >&-', "sh", *CLI, "export", "P1", "--session", "S1", "--out", "-"]
    done = subprocess.run(command, capture_output=True, cwd=tmp_path, env=environment(), check=False)
    assert done.returncode == 2
    assert b"one of the three" in done.stderr
    assert b"Bad file descriptor" not in done.stderr


@pytest.mark.parametrize("closed", ["2>&-", "2>/dev/full", ">/dev/full 2>/dev/full"])
def test_bad_input_stays_bad_input_where_it_cannot_be_said(tmp_path: Path, closed: str) -> None:
    for asked in (["audit", "--json"], ["verify", "absent", "--key", "k"], ["no-such-command"]):
        done = subprocess.run(
            ["/bin/sh", "-c", f'exec "$@" {closed}', "sh", *CLI, *asked],
            capture_output=True,
            cwd=tmp_path,
            env=environment(),
            check=False,
        )
        assert (done.returncode, done.stderr) == (2, b"")
