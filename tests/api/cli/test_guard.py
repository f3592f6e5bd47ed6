"""One clear line instead of a traceback; and a fault of the program is not passed off as bad input."""

import subprocess
import sys

import click
import pytest

from api.cli.guard import BAD_INPUT, INTERRUPTED, guarded
from api.tokens import TokenError


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


def test_a_closed_pipe_is_quiet() -> None:
    code = (
        "import sys\nfrom api.cli.guard import guarded\n"
        "def much():\n"
        "    for _ in range(100_000): sys.stdout.write('x' * 100 + chr(10))\n"
        "sys.exit(guarded(much))"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout
    assert process.stderr
    process.stdout.readline()
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait(timeout=60) == 141
