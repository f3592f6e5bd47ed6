"""The program as people run it: real processes, real files, a real server on the loopback."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest

from api.clock import parse_instant
from ledger.application import TreatmentLedger

ROOT = Path(__file__).parents[2]
FAULTS = ("Traceback (most recent call last)", "This is a fault of the program")

JOURNAL = """\
{"type":"InstitutionRegistered","at":"2020-01-01T08:00:00+08:00","institution":"H1","name":"Invented Hospital","level":3,"kind":"general","departments":["rehabilitation"]}
{"type":"InstitutionQualified","at":"2020-01-01T08:00:00+08:00","institution":"H1","scope":"rehabilitation","valid_from":"2020-01-01"}
{"type":"PractitionerRegistered","at":"2020-01-01T08:00:00+08:00","practitioner":"DR1","name":"Invented Physician","profession":"physician","institution":"H1"}
{"type":"PractitionerQualified","at":"2020-01-01T08:00:00+08:00","practitioner":"DR1","scope":"rehabilitation","valid_from":"2020-01-01"}
{"type":"PractitionerRegistered","at":"2020-01-01T08:00:00+08:00","practitioner":"PT1","name":"Invented Therapist","profession":"therapist","institution":"H1"}
{"type":"PractitionerQualified","at":"2020-01-01T08:00:00+08:00","practitioner":"PT1","scope":"rehabilitation","valid_from":"2020-01-01"}
{"type":"PatientFileOpened","at":"2021-03-01T08:00:00+08:00","patient":"P1","sex":"female","born":"1956-04-02","institution":"H1","file_no":"M1"}
{"type":"EpisodeOpened","at":"2021-03-01T08:05:00+08:00","episode":"E1","patient":"P1","institution":"H1","diagnosis":{"code":"I63.9","system":"ICD-10"},"onset":"2021-02-10","findings":{"organic_lesion":true,"deficit_balance":true}}
{"type":"PrescriptionIssued","at":"2021-03-01T08:10:00+08:00","prescription":"R1","patient":"P1","episode":"E1","institution":"H1","physician":"DR1","orders":[{"order":"1","item":"exercise-therapy","site":"left leg","method":"active","minutes":30,"times":20}]}
{"type":"SessionStarted","at":"2021-03-01T09:00:00+08:00","session":"S1","patient":"P1","prescription":"R1","order":"1","therapist":"PT1","institution":"H1","setting":"outpatient"}
{"type":"SessionStopped","at":"2021-03-01T09:30:00+08:00","session":"S1","effect":"tolerated well"}
{"type":"SessionSigned","at":"2021-03-01T09:31:00+08:00","session":"S1","practitioner":"PT1"}
{"type":"SessionStarted","at":"2021-03-01T10:00:00+08:00","session":"S2","patient":"P1","prescription":"R1","order":"1","therapist":"PT1","institution":"H1","setting":"outpatient"}
{"type":"SessionStopped","at":"2021-03-01T10:30:00+08:00","session":"S2","effect":"tolerated well"}
{"type":"SessionSigned","at":"2021-03-01T10:31:00+08:00","session":"S2","practitioner":"PT1"}
{"type":"SessionStarted","at":"2021-03-01T15:00:00+08:00","session":"S3","patient":"P1","prescription":"R1","order":"1","therapist":"PT1","institution":"H1","setting":"outpatient"}
"""  # noqa: E501 - a journal's lines are as long as they are
"""One invented patient; S1 and S2 are payable, S3 is the third of its day and has not been stopped."""

TAKEN_IN = parse_instant("2021-03-02T08:00:00+08:00")
"""When the journal came into the ledger that the tests share."""


class Ran(NamedTuple):
    """What a process left: its exit code and both streams."""

    code: int
    out: str
    err: str

    @property
    def last(self) -> str:
        return self.out.splitlines()[-1]


Run = Callable[..., Ran]


def environment(**more: str) -> dict[str, str]:
    """The test's own environment without what would steer the program from outside."""
    steers = ("TREATMENT_LEDGER_", "COLUMNS")  # tests that run side by side have a width of 80 set for them
    kept = {key: value for key, value in os.environ.items() if not key.startswith(steers)}
    return kept | {"PYTHONPATH": str(ROOT)} | more


def _run(*arguments: str | Path, cwd: Path, stdin: bytes = b"", **more: str) -> Ran:
    done = subprocess.run(
        [sys.executable, "-m", "api.cli", *map(str, arguments)],
        input=stdin,
        capture_output=True,
        cwd=cwd,
        env=environment(**more),
        timeout=120,
    )
    answer = Ran(done.returncode, done.stdout.decode(), done.stderr.decode())
    assert not any(fault in answer.err for fault in FAULTS), answer.err
    return answer


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs `treatment-ledger` in a directory of its own. Whatever the input, the program must not fail on itself."""
    return partial(_run, cwd=tmp_path)


class Made(NamedTuple):
    """A directory with a ledger that holds the invented patient's journal, and a token that may do everything."""

    directory: Path
    token: str


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Made once; the tests that write work on copies. Its entries are the same bytes in every run: what is altered in
    one has the same mark by chance once in 4,096, and must not have it on a day of its own.
    """
    place = tmp_path_factory.mktemp("made")
    (place / "journal.ndjson").write_text(JOURNAL, encoding="utf-8")
    ran = _run("init", "--origin", "hospital.example/ledger", cwd=place)
    assert ran.code == 0, ran.err
    with TreatmentLedger.open(place / "ledger-data") as ledger:
        ledger.import_journal([place / "journal.ndjson"], now=lambda: TAKEN_IN)
    return Made(place / "ledger-data", _run("token", "new", "test", cwd=place).out.strip())


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    """The invented patient's journal as a file."""
    path = tmp_path / "journal.ndjson"
    path.write_text(JOURNAL, encoding="utf-8")
    return path


@pytest.fixture
def ledger(tmp_path: Path, made: Made) -> Path:
    """A ledger of the test's own that holds the invented patient's journal, where `run` looks for one."""
    return shutil.copytree(made.directory, tmp_path / "ledger-data")


class Service(NamedTuple):
    """A server process, where it listens, and a client of it with the headers given."""

    process: subprocess.Popen[str]
    url: str

    def client(self, token: str | None = None) -> httpx.Client:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return httpx.Client(base_url=self.url, headers=headers, timeout=60, trust_env=False)


@contextmanager
def _serving(directory: Path, *options: str) -> Iterator[Service]:
    command = [sys.executable, "-m", "api.cli", "serve", "--port", "0", "--data", str(directory), *options]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment()) as process:
        try:
            assert process.stderr
            said = []
            for line in process.stderr:
                said.append(line)
                if " at http://" in line:
                    break
            else:
                raise AssertionError("".join(said))
            yield Service(process, line.split(" at ")[1].split(";")[0])
        finally:
            process.terminate()
            process.communicate(timeout=30)


@pytest.fixture
def serving() -> Callable[..., AbstractContextManager[Service]]:
    """`treatment-ledger serve` over a directory, with options, on a free port of the loopback, until the block ends."""
    return _serving


@pytest.fixture
def service(ledger: Path) -> Iterator[Service]:
    """A service over a ledger of the test's own."""
    with _serving(ledger) as running:
        yield running


@pytest.fixture(scope="session")
def standing(made: Made, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """One service for all tests that only read."""
    copy = shutil.copytree(made.directory, tmp_path_factory.mktemp("standing") / "ledger-data")
    with _serving(copy) as running:
        yield running


@pytest.fixture
def token(made: Made) -> str:
    """A token that may do everything the service offers."""
    return made.token


@pytest.fixture
def problem() -> Callable[[httpx.Response, int], dict[str, Any]]:
    """Checks that an answer is a problem of this status, in shape and words, and returns its details."""

    def details(answer: httpx.Response, status: int) -> dict[str, Any]:
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
        found: dict[str, Any] = answer.json()
        assert found["status"] == status
        assert found["title"]
        assert found["detail"]
        assert found["type"].startswith("urn:treatment-ledger:problem:")
        return found

    return details
