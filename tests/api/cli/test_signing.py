"""`signer …` as people run it: make a key, ask what is to be signed, look at it, sign it, record it."""

import contextlib
import json
import os
import pty
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.api.conftest import environment

STOPPED = b'{"type":"SessionStopped","at":"2021-03-01T15:30:00+08:00","session":"S3","effect":"tolerated well"}\n'
ASSESSED = (
    b'{"type":"AssessmentRecorded","at":"2021-03-01T16:00:00+08:00","assessment":"A1","patient":"P1","episode":"E1",'
    b'"institution":"H1","assessors":["PT1","DR1"],"results":[{"scale":"BBS","score":40}]}\n'
)
SHEET = (
    b'{"type":"PrescriptionIssued","at":"2021-03-02T08:00:00+08:00","prescription":"R2","patient":"P1","episode":"E1",'
    b'"institution":"H1","physician":"DR1","orders":[{"order":"1","item":"cupping","site":"","method":"dry"}]}\n'
)


@pytest.fixture(scope="module")
def enrolled(made, tmp_path_factory):
    """A ledger in which both people's keys are enrolled, and their keys: made once, as people would."""
    place = tmp_path_factory.mktemp("enrolled")
    shutil.copytree(made.directory, place / "ledger-data")
    program = [sys.executable, "-m", "api.cli"]
    lines = b""
    for practitioner, key_id in (("PT1", "K1"), ("DR1", "K2")):
        new = [*program, "signer", "new", "--practitioner", practitioner, "--key-id", key_id]
        lines += subprocess.run(
            [*new, "--key", f"{practitioner}.key"], cwd=place, env=environment(), capture_output=True, check=True
        ).stdout
    subprocess.run(
        [*program, "import", "-"], input=lines + STOPPED + ASSESSED, cwd=place, env=environment(), check=True,
        capture_output=True,
    )  # fmt: skip
    return place


@pytest.fixture
def keys(enrolled, tmp_path):
    """A copy of it for one test, where `run` runs."""
    return shutil.copytree(enrolled, tmp_path, dirs_exist_ok=True)


def sign(run, practitioner, statement):
    done = run("signer", "sign", "--key", f"{practitioner}.key", "--yes", stdin=statement.encode())
    assert done.code == 0, done.err
    return done


def record(run, signature):
    line = run("signer", "line", stdin=signature.encode())
    assert line.code == 0, line.err
    return run("import", "-", stdin=line.out.encode())


def test_new_prints_the_line_that_enrols_and_keeps_the_key_to_itself(run, tmp_path):
    made = run("signer", "new", "--practitioner", "PT1", "--key-id", "K1", "--key", "PT1.key")
    line = json.loads(made.out)
    assert (line["type"], line["practitioner"], line["key_id"]) == ("SigningKeyEnrolled", "PT1", "K1")
    assert line["algorithm"] == "ed25519"
    secret = (tmp_path / "PT1.key").read_text().strip().rpartition("+")[2]
    assert secret not in made.out + made.err
    assert stat.S_IMODE((tmp_path / "PT1.key").stat().st_mode) == 0o600
    again = run("signer", "new", "--practitioner", "PT1", "--key-id", "K1", "--key", "PT1.key")
    assert (again.code, again.out) == (2, "")


def test_a_session_from_statement_to_record(run, keys):
    asked = run("signer", "statement", "session", "S3", "--key-id", "K1")
    assert asked.out.startswith('{"format":"treatment-ledger-statement/1","kind":"session","signer":"PT1"')
    assert not asked.out.endswith("\n")
    signed = sign(run, "PT1", asked.out)
    recorded = record(run, signed.out)
    assert json.loads(recorded.last)["accepted"] == 1, recorded.err
    assert record(run, signed.out).code == 2  # another line with the same statement: a second is not taken
    assert (keys / "PT1.key.last").read_text().startswith("1 ")


def test_the_signer_sees_what_is_signed(run, keys):
    shown = sign(run, "PT1", run("signer", "statement", "session", "S3", "--key-id", "K1").out).err
    for words in ("患者 patient            P1", "项目 item               运动疗法 exercise-therapy",
                  "部位 site               left leg", "方法 method             active",
                  "开始 start              2021-03-01T15:00:00+08:00",
                  "结束 stop               2021-03-01T15:30:00+08:00",
                  "疗效 effect             tolerated well", "PT1 · K1 · #1"):  # fmt: skip
        assert words in shown


def test_an_assessment_is_signed_by_both_who_made_it(run, keys):
    for practitioner, key_id in (("PT1", "K1"), ("DR1", "K2")):
        asked = run("signer", "statement", "assessment", "A1", "--key-id", key_id)
        assert json.loads(record(run, sign(run, practitioner, asked.out).out).last)["accepted"] == 1


def test_a_prescription_is_signed_before_it_is_recorded(run, keys):
    asked = run("signer", "statement", "prescription", "--key-id", "K2", stdin=SHEET)
    signed = sign(run, "DR1", asked.out)
    line = run("signer", "line", stdin=signed.out.encode())
    assert json.loads(line.out) == json.loads(SHEET) | {"signature": signed.out.strip()}
    assert json.loads(run("import", "-", stdin=line.out.encode()).last)["accepted"] == 1


@pytest.mark.parametrize(
    ("arguments", "stdin", "words"),
    [
        (["session", "S9", "--key-id", "K1"], b"", "no session 'S9'"),
        (["session", "S3", "--key-id", "K9"], b"", "no signing key 'K9'"),
        (["session", "S3", "--key-id", "K2"], b"", "given by PT1"),
        (["assessment", "S3", "--key-id", "K1"], b"", "no assessment 'S3'"),
        (["prescription", "--key-id", "K2"], b"nonsense", "standard input"),
        (["prescription", "--key-id", "K2"], STOPPED, "a SessionStopped, expected a PrescriptionIssued line"),
        (["prescription", "--key-id", "K1"], SHEET, "issued by DR1"),
    ],
)
def test_what_cannot_be_signed_is_said_and_nothing_printed(run, keys, arguments, stdin, words):
    answer = run("signer", "statement", *arguments, stdin=stdin)
    assert (answer.code, answer.out) == (2, "")
    assert words in answer.err


def test_a_statement_that_was_thrown_away_stays_counted(run, keys):
    """Signed, and never recorded: the key does not give its number to another statement."""
    asked = run("signer", "statement", "session", "S3", "--key-id", "K1").out
    lost = sign(run, "PT1", asked).out
    other = run("signer", "statement", "assessment", "A1", "--key-id", "K1").out
    refused = run("signer", "sign", "--key", "PT1.key", "--yes", stdin=other.encode())
    assert (refused.code, refused.out) == (2, "")
    assert "number 1, and this key's next is 2" in refused.err
    # The way on: the lost signature is made once more, and recorded.
    assert sign(run, "PT1", asked).out == lost
    assert record(run, lost).code == 0
    next_one = run("signer", "statement", "assessment", "A1", "--key-id", "K1").out
    assert record(run, sign(run, "PT1", next_one).out).code == 0


def test_a_key_that_cannot_go_on_is_replaced_by_the_commands_that_the_message_names(run, keys):
    asked = run("signer", "statement", "session", "S3", "--key-id", "K1").out
    (keys / "PT1.key.last").unlink()
    refused = run("signer", "sign", "--key", "PT1.key", "--yes", stdin=asked.encode())
    assert (refused.code, refused.out) == (2, "")
    commands = [line.split() for line in refused.err.splitlines() if line.startswith("  treatment-ledger ")]
    named = {"NEW-ID": "K1-2", "NEW-FILE": "PT1-2.key"}
    assert len(commands) == 2
    for command in commands:
        words = [named.get(word, word) for word in command[1 : command.index("|")]]
        made = run(*words)
        assert json.loads(run("import", "-", stdin=made.out.encode()).last)["accepted"] == 1, made.err
    old = run("signer", "statement", "session", "S3", "--key-id", "K1")
    assert "revoked" in old.err
    asked = run("signer", "statement", "session", "S3", "--key-id", "K1-2").out
    signed = run("signer", "sign", "--key", "PT1-2.key", "--yes", stdin=asked.encode())
    assert json.loads(record(run, signed.out).last)["accepted"] == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["sign", "--key", "PT1.key", "--yes"], "expected the statement that `signer statement` prints"),
        (["line"], "expected what `signer sign` prints"),
        (["statement", "prescription", "--key-id", "K2"], "expected a PrescriptionIssued line"),
    ],
)
@pytest.mark.parametrize("stdin", [b"", b"\n"])
def test_without_anything_on_standard_input_it_is_said_what_is_expected_there(run, keys, arguments, words, stdin):
    answer = run("signer", *arguments, stdin=stdin)
    assert (answer.code, answer.out) == (2, "")
    assert f"standard input: nothing is there, {words}" in answer.err
    assert "< FILE" in answer.err


def test_on_a_terminal_a_statement_ends_its_line(run, keys):
    asked = run("signer", "statement", "session", "S3", "--key-id", "K1").out
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(keys)
        command = [sys.executable, "-m", "api.cli", "signer", "statement", "session", "S3", "--key-id", "K1"]
        os.execve(sys.executable, command, environment(COLUMNS="80", TERM="xterm"))
    shown = b""
    with contextlib.suppress(OSError):  # how a terminal says that its other end is closed
        while part := os.read(terminal, 4096):
            shown += part
    assert os.waitpid(pid, 0)[1] == 0
    assert shown == asked.encode() + b"\r\n"
    (keys / "copied").write_bytes(asked.encode() + b"\n")  # what is copied from there is signed as the same bytes
    copied = run("signer", "sign", "--key", "PT1.key", "--yes", stdin=(keys / "copied").read_bytes())
    assert copied.out == sign(run, "PT1", asked).out


def test_at_a_keyboard_nobody_is_kept_waiting(keys):
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(keys)
        command = [sys.executable, "-m", "api.cli", "signer", "sign", "--key", "PT1.key"]
        os.execve(sys.executable, command, environment(COLUMNS="80", TERM="xterm"))
    shown = b""
    with contextlib.suppress(OSError):
        while part := os.read(terminal, 4096):
            shown += part
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 2
    assert b"nothing is there, expected the statement" in shown


@pytest.mark.parametrize("stdin", [b"{}", b"\xff\xfe", b"not a statement"])
def test_nothing_but_a_statement_is_signed(run, keys, stdin):
    answer = run("signer", "sign", "--key", "PT1.key", "--yes", stdin=stdin)
    assert (answer.code, answer.out) == (2, "")
    assert "not a statement" in answer.err
    answer = run("signer", "line", stdin=stdin)
    assert (answer.code, answer.out) == (2, "")


@pytest.mark.parametrize(
    ("before", "after", "encoding", "why"),
    [
        ("\ufeff", "", "utf-8", "begins with a byte order mark"),
        ("", "\r\n", "utf-8", "ends in a line end of Windows (CR LF)"),
        ("\ufeff", "\r\n", "utf-16-le", "is UTF-16, and a statement is UTF-8"),
    ],
)
def test_what_was_added_to_a_statement_on_its_way_is_named(run, keys, before, after, encoding, why):
    """The bytes are what is signed: nothing is taken off them, and nobody is sent looking for a fault in them."""
    statement = run("signer", "statement", "session", "S3", "--key-id", "K1").out
    given = (before + statement + after).encode(encoding)
    answer = run("signer", "sign", "--key", "PT1.key", "--yes", stdin=given)
    assert (answer.code, answer.out) == (2, "")
    assert f"not a statement: standard input {why}." in answer.err
    assert (keys / "PT1.key.last").read_text() == "0 \n"


def test_a_byte_order_mark_before_a_line_or_a_signature_says_nothing(run, keys):
    mark = b"\xef\xbb\xbf"
    asked = run("signer", "statement", "prescription", "--key-id", "K2", stdin=SHEET)
    assert run("signer", "statement", "prescription", "--key-id", "K2", stdin=mark + SHEET).out == asked.out
    signed = sign(run, "DR1", asked.out).out.encode()
    assert run("signer", "line", stdin=mark + signed).out == run("signer", "line", stdin=signed).out != ""


def test_without_a_terminal_somebody_has_to_answer_for_it(run, keys):
    asked = run("signer", "statement", "session", "S3", "--key-id", "K1").out
    Path(keys / "statement").write_text(asked)
    code = (
        "import os, subprocess, sys\n"
        "done = subprocess.run([sys.executable, '-m', 'api.cli', 'signer', 'sign', '--key', 'PT1.key'],"
        " stdin=open('statement'), capture_output=True, start_new_session=True)\n"
        "sys.stdout.write(done.stdout.decode() + done.stderr.decode())\n"
        "sys.exit(done.returncode)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=keys, env=environment(), capture_output=True, check=False)
    assert done.returncode == 2
    assert b"--yes" in done.stdout
    assert (keys / "PT1.key.last").read_text() == "0 \n"


@pytest.mark.parametrize(("answer", "signed"), [("y\n", True), ("是\n", True), ("n\n", False), ("\n", False)])
def test_a_person_at_a_terminal_is_asked(run, keys, answer, signed):
    """The statement comes through a pipe; the question goes to the keyboard."""
    (keys / "statement").write_text(run("signer", "statement", "session", "S3", "--key-id", "K1").out)
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(keys)
        command = f"{sys.executable} -m api.cli signer sign --key PT1.key < statement > signature"
        os.execve("/bin/sh", ["sh", "-c", command], environment(COLUMNS="80", TERM="xterm"))
    shown = b""
    while b"[y/N]" not in shown:
        shown += os.read(terminal, 4096)
    os.write(terminal, answer.encode())
    while True:
        try:
            part = os.read(terminal, 4096)
        except OSError:
            break
        if not part:
            break
        shown += part
    _, status = os.waitpid(pid, 0)
    os.close(terminal)
    assert os.waitstatus_to_exitcode(status) == (0 if signed else 2), shown.decode()
    assert ("eyJmb3JtYXQi" in (keys / "signature").read_text()) is signed
    assert (keys / "PT1.key.last").read_text().startswith("1 " if signed else "0 ")
    assert "请核对后签名" in shown.decode()


def test_a_key_is_not_revoked_without_a_reason(run) -> None:
    for reason in ("", " "):
        answer = run("signer", "revoke", "--key-id", "K1", "--reason", reason)
        assert (answer.code, answer.out) == (2, "")
        assert "say why" in answer.err
