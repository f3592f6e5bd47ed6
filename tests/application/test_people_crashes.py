"""Personal data when the process is killed: at every point between the two files, and at points nobody chose.

The processes are real, and killed by SIGKILL. A point is reached by a step of the program that kills its own process
instead of, or after, doing what it does.
"""

import signal
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from ledger.application import TreatmentLedger
from ledger.people import PersonStore
from ledger.treatment.facts import PersonCommitted, PersonErased
from tests.application.conftest import NOW
from tests.application.signers import signer
from tests.application.world import HOSPITAL, facts, patient
from tests.witnesses import program

LONG_AFTER = datetime.fromisoformat("2060-01-01T00:00:00+08:00")
PERSON = b'{"name":"\xe5\xbc\xa0\xe4\xb8\x89\xe4\xb8\xb0","phone":"13800138000"}'
DR1, PT1 = signer("DR1"), signer("PT1")

PRELUDE = """
import os, signal, sys
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from ledger.application import TreatmentLedger
from ledger.people import person_store
from ledger.people.person_store import PersonStore
from ledger.store.sqlite import SQLiteDCBRecorder
from tests.application.signers import signer

def killed(*arguments, **named):
    os.kill(os.getpid(), signal.SIGKILL)

def killed_after(step):
    def both(*arguments, **named):
        step(*arguments, **named)
        killed()
    return both

directory, point, now = Path(sys.argv[1]), sys.argv[2], datetime.fromisoformat(sys.argv[3])
people = TreatmentLedger.open(directory).people()
"""

POINTS = """
if point == "before the mark":
    PersonStore.watch = killed
elif point == "before the entry":
    SQLiteDCBRecorder.append = killed
elif point == "after the entry":
    SQLiteDCBRecorder.append = killed_after(SQLiteDCBRecorder.append)
elif point == "before the key is destroyed":
    PersonStore.destroy = killed
elif point == "in the transaction that destroys it":
    writing = PersonStore._writing
    @contextmanager
    def dying(self, **named):
        with writing(self, **named) as connection:
            yield connection
            if connection.execute("SELECT count(*) FROM keys WHERE destroyed").fetchone() != (0,):
                killed()
    PersonStore._writing = dying
elif point == "before it is read back":
    PersonStore._holds = killed
elif point == "before anything is kept":
    PersonStore.put = killed
"""

ADD = PRELUDE + POINTS + "people.add_person('P1', sys.stdin.buffer.read(), now=now)"

ERASE = (
    PRELUDE
    + """
def approvals(patient):
    both = signer("DR1"), signer("PT1")
    return [one.sign(people.erasure_statement(patient, one.key_id, None, now=now)) for one in both]

given = approvals("P1")
"""
    + POINTS
    + "people.erase('P1', given, now=now)"
)

ERASE_MANY = (
    PRELUDE
    + """
def approvals(patient):
    both = signer("DR1"), signer("PT1")
    return [one.sign(people.erasure_statement(patient, one.key_id, None, now=now)) for one in both]

for n in range(1000):
    patient = f"P{n % 40}"
    print(f"begin {patient}", flush=True)
    people.add_person(patient, b'{"name":"invented %d"}' % n, now=now)
    print(f"added {patient}", flush=True)
    if n % 3:
        people.erase(patient, approvals(patient), now=now)
        print(f"erased {patient}", flush=True)
"""
)


def start(code: str, directory: Path, point: str = "", now: datetime = LONG_AFTER) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-c", code, str(directory), point, now.isoformat()],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=Path.cwd(),
    )  # fmt: skip


def kill_at(code: str, directory: Path, point: str) -> None:
    process = start(code, directory, point)
    _, errors = process.communicate(PERSON, timeout=60)
    assert process.returncode == -signal.SIGKILL, errors.decode()


@pytest.fixture
def hospital(directory: Path) -> Path:
    """A ledger with forty patients, and a master key. Nobody has it open."""
    lines = [line for n in range(40) for line in patient(f"P{n}", n)]
    with TreatmentLedger.open(directory) as ledger:
        ledger.record([*facts([*HOSPITAL, *lines]), DR1.enrolled(), PT1.enrolled()], now=NOW)
        ledger.people().make_key()
    return directory


def types(ledger: TreatmentLedger) -> list[type]:
    return [type(one.fact) for one in ledger.history("P1")]


def everything(directory: Path) -> bytes:
    """All bytes of all files."""
    return b"\n".join(path.read_bytes() for path in sorted(directory.rglob("*")) if path.is_file())


@pytest.mark.parametrize("point", ["before anything is kept", "before the entry", "after the entry"])
def test_killed_while_adding(hospital: Path, point: str) -> None:
    """A commitment in the log always opens; what has no entry is not there; and the same again puts it right."""
    kill_at(ADD, hospital, point)
    assert "张三丰".encode() not in everything(hospital)
    with TreatmentLedger.open(hospital) as ledger:
        people = ledger.people()
        committed = types(ledger).count(PersonCommitted)
        assert committed == (point == "after the entry")
        assert len(people.openings("P1")) == committed
        added = people.add_person("P1", PERSON, now=LONG_AFTER)
        assert added.known == (point == "after the entry")
        assert types(ledger).count(PersonCommitted) == 1
        ((_, person),) = people.openings("P1").values()
        assert person.encode() == PERSON
        master = people._kept.master()
        assert len(PersonStore(hospital / "people.sqlite3").openings("P1", master)) == 1, "and nothing is left over"


ERASE_POINTS = [
    "before the mark",
    "before the entry",
    "after the entry",
    "before the key is destroyed",
    "in the transaction that destroys it",
    "before it is read back",
]


@pytest.mark.parametrize("point", ERASE_POINTS)
def test_killed_while_erasing(hospital: Path, point: str) -> None:
    """Whoever opens the ledger next finds both or neither: the entry in the log, and the key destroyed."""
    with TreatmentLedger.open(hospital) as ledger:
        ledger.people().add_person("P1", PERSON, now=NOW)
        ((salt, _),) = ledger.people().openings("P1").values()
        master = ledger.people()._kept.master()
    store = PersonStore(hospital / "people.sqlite3")
    kill_at(ERASE, hospital, point)
    erased = point not in ("before the mark", "before the entry")
    with TreatmentLedger.open(hospital) as ledger:
        # By opening it, and before anybody asks for this patient.
        assert (store.live("P1") is None) == erased
        assert types(ledger).count(PersonErased) == erased
        assert bool(store.openings("P1", master)) != erased
        assert store.watched() == ([] if erased or point == "before the mark" else [store.live("P1")])
        people = ledger.people()
        approvals = [one.sign(people.erasure_statement("P1", one.key_id, None, now=LONG_AFTER)) for one in (DR1, PT1)]
        receipt = people.erase("P1", approvals, now=LONG_AFTER + timedelta(days=1))
        assert receipt.known == erased
        assert types(ledger).count(PersonErased) == 1
        assert people.openings("P1") == {}
        assert ledger.audit() == []
    for trace in (salt, "张三丰".encode(), b"13800138000"):
        assert trace not in everything(hospital)
    assert not list(hospital.glob("*-journal"))


def test_killed_and_the_command_is_simply_run_again(hospital: Path) -> None:
    """`people erase` with the same signatures, in a process that opened the ledger before the crash."""
    with TreatmentLedger.open(hospital) as ledger:
        people = ledger.people()
        people.add_person("P1", PERSON, now=NOW)
        approvals = [one.sign(people.erasure_statement("P1", one.key_id, None, now=LONG_AFTER)) for one in (DR1, PT1)]
        kill_at(ERASE, hospital, "before the key is destroyed")
        store = PersonStore(hospital / "people.sqlite3")
        assert store.live("P1") is not None
        assert people.erase("P1", approvals, now=LONG_AFTER).known
        assert store.live("P1") is None


def test_killed_at_any_time(hospital: Path) -> None:
    """What was acknowledged holds; and of everybody: erased in the log means no key, a key means not erased."""
    store = PersonStore(hospital / "people.sqlite3")
    for round_ in range(6):
        process = start(ERASE_MANY, hospital)
        assert process.stdout is not None
        said = [process.stdout.readline() for _ in range(7 + 5 * round_)]
        process.send_signal(signal.SIGKILL)
        rest, _ = process.communicate(timeout=60)
        said += [line for line in rest.splitlines(keepends=True) if line.endswith(b"\n")]
        last = {line.split()[1].decode(): line.split()[0].decode() for line in said}
        with TreatmentLedger.open(hospital) as ledger:
            people = ledger.people()
            master = people._kept.master()
            for name, state in last.items():
                own = [one for one in ledger.history(name) if isinstance(one.fact, PersonCommitted | PersonErased)]
                if state == "added":
                    # Its erasure may have begun; it is whole, or has not happened.
                    assert own
                elif state == "erased":
                    assert isinstance(own[-1].fact, PersonErased)
                erased = bool(own) and isinstance(own[-1].fact, PersonErased)
                openings = people.openings(name, every=True)
                after = [one for one in own[::-1] if isinstance(one.fact, PersonErased)][:1]
                since = after[0].index if after else -1
                committed = [one.index for one in own if one.index > since]
                assert list(openings) == committed, "every commitment since the last erasure opens, and no other"
                if erased and state != "begin":
                    assert store.live(name) is None
                    assert store.openings(name, master) == {}
            assert ledger.audit() == []


def test_an_audit_ends_no_erasure(hospital: Path) -> None:
    """It changes nothing, and destroys no key: whoever opens the ledger for anything else does."""
    with TreatmentLedger.open(hospital) as ledger:
        ledger.people().add_person("P1", PERSON, now=NOW)
    kill_at(ERASE, hospital, "before the key is destroyed")
    TreatmentLedger.open(hospital, finish=False).close()  # SQLite folds what the crash left into the log's file
    before = everything(hospital)
    with TreatmentLedger.open(hospital, finish=False) as ledger:
        assert ledger.audit() == []
    assert [one.patient for one in PersonStore(hospital / "people.sqlite3").watched()] == ["P1"]
    audited = program("audit", "--data", hospital)
    assert (audited.code, audited.out[:6]) == (0, "sound:"), audited.err
    assert everything(hospital) == before
    TreatmentLedger.open(hospital).close()
    assert PersonStore(hospital / "people.sqlite3").all_live() == []
