"""A ledger on a full disk, and in a directory that can only be read: nobody is sent for a backup of a sound one."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from ledger.application import LedgerError, TreatmentLedger
from tests.api.conftest import FAULTS, TAKEN_IN, Ran, Run, environment
from tests.deprived import with_room

READING = [
    ("key",),
    ("audit",),
    ("audit", "--jobs", "2"),
    ("history", "P1"),
    ("judge", "--ledger"),
    ("eligibility", "P1"),
    ("explain", "S1"),
    ("export", "P1", "--out", "../p1.bundle"),
    ("export", "--practitioner", "PT1", "--out", "../pt1.bundle"),
]
WRITING = [("checkpoint",), ("checkpoint", "--anew"), ("publish", "../published"), ("export", "P1", "--out", "-")]
"""Of a log that was never sealed; the last one only of such a log."""

LEFT = ("checkpoint-rollback", "last-signed (size 17)")
PERSON = b'{"name":"Invented Person"}'


def run_deprived(what: str, *arguments: str, ledger: Path) -> Ran:
    """The program in the ledger's directory, without privileges or without room."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.deprived", what, *arguments],
        cwd=ledger,
        env=environment(TREATMENT_LEDGER_DATA=str(ledger)),
        capture_output=True,
        timeout=120,
    )
    answer = Ran(done.returncode, done.stdout.decode(), done.stderr.decode())
    assert not any(fault in answer.err for fault in FAULTS), answer.err
    return answer


def refused(answer: Ran, *words: str) -> bool:
    """One line that says why, exit code 2, and no word of a backup."""
    said = answer.err.count("\n") == 1 and answer.err.startswith("Error: ") and "backup" not in answer.err
    return (answer.code, answer.out, said) == (2, "", True) and all(word in answer.err for word in words)


def size(ledger: Path) -> int:
    with TreatmentLedger.open(ledger) as opened:
        assert opened.audit() == []
        return opened.size


def _checkpoint_with_room(ledger: Path, file_bytes: int) -> str:
    """Sign in a process of its own; the kind of what it raised."""
    ours, theirs = os.pipe()
    if (child := os.fork()) == 0:
        with_room(file_bytes)
        raised = ""
        try:
            with TreatmentLedger.open(ledger) as opened:
                opened.checkpoint(now=TAKEN_IN)
        except BaseException as error:
            raised = type(error).__name__
        os.write(theirs, raised.encode())
        os._exit(0)
    os.close(theirs)
    os.waitpid(child, 0)
    with open(ours) as said:
        return said.read()


@pytest.fixture
def signed(run: Run, ledger: Path) -> Path:
    """A ledger with a person in it, and a checkpoint over all of it."""
    assert run("people", "key").code == 0
    assert run("people", "add", "P1", stdin=PERSON).code == 0
    assert run("checkpoint").code == 0
    return ledger


@pytest.fixture
def read_only(signed: Path) -> Iterator[Path]:
    for directory in (signed / "keys", signed):
        directory.chmod(0o500)
    yield signed
    for directory in (signed, signed / "keys"):
        directory.chmod(0o700)


class TestReadOnlyDirectory:
    """As an auditor has it, who was given a copy."""

    @pytest.mark.parametrize("command", READING, ids=" ".join)
    def test_what_only_reads_answers_as_anywhere(self, read_only: Path, command: tuple[str, ...]) -> None:
        there = run_deprived("unprivileged", *command, ledger=read_only)
        read_only.chmod(0o700)
        anywhere = run_deprived("unprivileged", *command, ledger=read_only)
        assert (there.code, there.out, there.err) == (0, anywhere.out, anywhere.err)

    @pytest.mark.parametrize("command", WRITING[:3], ids=" ".join)
    def test_what_writes_says_that_it_cannot(self, read_only: Path, command: tuple[str, ...]) -> None:
        answer = run_deprived("unprivileged", *command, ledger=read_only)
        assert refused(answer, "ledger.sqlite3: the directory cannot be written, there is no permission", "ask where")

    def test_nothing_is_taken_in(self, read_only: Path) -> None:
        (read_only.parent / "j").write_text("")
        answer = run_deprived("unprivileged", "import", "../j", ledger=read_only)
        assert refused(answer, "cannot be written (Permission denied)")

    def test_a_person_is_not_shown_where_that_cannot_be_noted(self, read_only: Path) -> None:
        (read_only / "people-access.ndjson").chmod(0o400)
        assert refused(run_deprived("unprivileged", "people", "show", "P1", ledger=read_only), "Permission denied")
        (read_only / "people.sqlite3").chmod(0o400)
        answer = run_deprived("unprivileged", "people", "show", "P1", ledger=read_only)
        assert refused(answer, "the person store cannot be used (Permission denied); make room, or ask where it can")

    def test_commits_that_wait_beside_the_file_are_not_passed_over(self, ledger: Path, tmp_path: Path) -> None:
        """A copy taken while a program had the ledger open, without the file that SQLite shares between processes."""
        copy = tmp_path / "copy"
        with TreatmentLedger.open(ledger) as opened:
            opened.checkpoint(now=TAKEN_IN)
            shutil.copytree(ledger, copy, ignore=shutil.ignore_patterns("*-shm"))
        assert (copy / "ledger.sqlite3-wal").stat().st_size > 0
        copy.chmod(0o500)
        answer = run_deprived("unprivileged", "audit", ledger=copy)
        copy.chmod(0o700)
        assert refused(answer, "ledger.sqlite3-wal", "copy the whole directory to a writable place")
        assert run_deprived("unprivileged", "audit", ledger=copy).code == 0

    def test_no_permission_for_the_file(self, signed: Path) -> None:
        (signed / "ledger.sqlite3").chmod(0o000)
        answer = run_deprived("unprivileged", "key", ledger=signed)
        assert refused(answer, "no permission to read it", "ask as the user")
        (signed / "ledger.sqlite3").chmod(0o400)
        assert run_deprived("unprivileged", "audit", ledger=signed).code == 0
        answer = run_deprived("unprivileged", "checkpoint", "--anew", ledger=signed)
        assert refused(answer, "the file cannot be written, there is no permission")


def test_an_audit_that_cannot_go_on_does_not_call_the_ledger_unsound(ledger: Path) -> None:
    """Half-way a program that may write here leaves commits beside the file, which cannot be read from here."""
    beside = ledger / "ledger.sqlite3-shm"
    beside.symlink_to("missing/shm")

    def leave_commits(done: int, total: int) -> None:
        (ledger / "ledger.sqlite3-wal").write_bytes(b"x")

    with TreatmentLedger.open(ledger) as opened:
        assert opened.audit() == []
        with pytest.raises(LedgerError, match="unable to open database file"):
            opened.audit(leave_commits)


class TestNoRoom:
    """As on a full disk: what is there can be read, nothing more is taken in, and all is sound when there is room."""

    @pytest.mark.parametrize("command", READING, ids=" ".join)
    def test_what_only_reads_answers(self, signed: Path, command: tuple[str, ...]) -> None:
        answer = run_deprived("no-room", *command, ledger=signed)
        assert (answer.code, "Error" in answer.err) == (0, False), answer.err

    @pytest.mark.parametrize("command", WRITING, ids=" ".join)
    def test_what_writes_says_why_it_cannot(self, ledger: Path, command: tuple[str, ...]) -> None:
        before = size(ledger)
        answer = run_deprived("no-room", *command, ledger=ledger)
        assert refused(answer, "ledger.sqlite3: ", "(disk I/O error). Nothing more is acknowledged")
        assert size(ledger) == before

    @pytest.mark.parametrize("command", WRITING, ids=" ".join)
    def test_nothing_half_written_stays(self, ledger: Path, command: tuple[str, ...]) -> None:
        before = size(ledger)
        answer = run_deprived("some-room", *command, ledger=ledger)
        assert refused(answer, "ledger.sqlite3: ", "(disk I/O error). Nothing more is acknowledged")
        assert size(ledger) == before

    def test_however_much_room_there_is_a_checkpoint_is_whole_or_refused(self, ledger: Path, tmp_path: Path) -> None:
        """Also where the seal went in and the checkpoint over it did not: the next one signs it."""
        refusals = []
        for room in count(33_000, 4_000):
            copy = shutil.copytree(ledger, tmp_path / f"{room}")
            refusals.append(_checkpoint_with_room(copy, room))
            with TreatmentLedger.open(copy) as opened:
                # As after a crash between the key's mark and its checkpoint, the next signing keeps that one.
                assert {(one.name, one.where) for one in opened.audit()} <= {LEFT}
                note = opened.checkpoint(now=TAKEN_IN)
                assert note.split("\n")[1] == "17", "one seal"
                assert opened.latest_checkpoint() == note
                assert opened.audit() == []
            if not refusals[-1]:
                break
        assert len(refusals) > 3
        assert set(refusals) == {"Unusable", ""}

    def test_a_journal_is_not_taken_in(self, ledger: Path) -> None:
        before = size(ledger)
        (ledger.parent / "j").write_text("")
        answer = run_deprived("no-room", "import", "../j", ledger=ledger)
        assert refused(answer, "the staging file cannot be written", "make room and import again")
        assert size(ledger) == before
        assert not list(ledger.glob("import-*")), "nothing is left behind"

    def test_a_witness_is_made_when_there_is_room_again(self, run: Run, tmp_path: Path) -> None:
        answer = run_deprived("no-room", "witness", "init", "--name", "w.example/1", "--data", "w", ledger=tmp_path)
        assert refused(answer, "w: no witness can be made here (disk I/O error); make room on the disk")
        assert list((tmp_path / "w").iterdir()) == []
        assert run("witness", "init", "--name", "w.example/1", "--data", "w").code == 0
