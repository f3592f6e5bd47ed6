"""Journals of any length: checked whole, taken in once, and nothing of a bad one."""

import base64
import gzip
import io
import json
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from ledger.application import Imported, LedgerError, NotWritten, TreatmentLedger
from ledger.application.importing import ImportAsked, import_journal
from ledger.journal import load
from tests.application.conftest import NOW
from tests.application.world import HOSPITAL, JOURNAL, facts, line, patient, session
from tests.store.faults import FaultyRecorder

CLINOSIM = Path("tests/data/clinosim-inpatients.ndjson")
Clock = Callable[[], datetime]
Journal = Callable[..., Path]

BAD = [
    *HOSPITAL,
    *patient("P1"),
    "{not json",
    *session("S1", "P1", 60),
    line("SessionStopped", 90, session="S9", effect=""),
    line("SessionStopped", 99, session="S1", effect="another"),
    *session("S2", "P9", 60),
]
GOOD = [*HOSPITAL, *patient("P1"), *session("S1", "P1", 60)]


def test_a_hospitals_journal(ledger: TreatmentLedger, clock: Clock) -> None:
    assert ledger.import_journal([CLINOSIM], now=clock) == Imported(872, 0, 0, 872)
    recorded = [recorded.fact for recorded in ledger.facts()]
    assert recorded == sorted(load([CLINOSIM]), key=lambda fact: fact.at), "by time, ties in line order"
    assert len(ledger.history("CS-005")) == 11


def test_twice_changes_nothing(ledger: TreatmentLedger, clock: Clock) -> None:
    ledger.import_journal([CLINOSIM], now=clock)
    checkpoint = ledger.checkpoint(now=NOW)
    assert ledger.import_journal([CLINOSIM], now=clock) == Imported(0, 872, 0, 873), "with the seal"
    assert ledger.import_journal([CLINOSIM, CLINOSIM], now=clock) == Imported(0, 1744, 0, 873)
    assert ledger.checkpoint(now=NOW) == checkpoint


def test_the_same_log_as_recording_it(ledger: TreatmentLedger, journal: Journal, clock: Clock, tmp_path: Path) -> None:
    """Entry for entry, tags included, also from lines in another order and in several files."""
    lines = JOURNAL[::-1]
    ledger.import_journal([journal(lines[:7], "a.ndjson"), journal(lines[7:], "b.ndjson")], now=lambda: NOW)
    TreatmentLedger.init(tmp_path / "other", "example.org/h1")
    with TreatmentLedger.open(tmp_path / "other") as other:
        other.record(facts(lines), now=NOW)
        assert [ledger.entry(n) for n in range(ledger.size)] == [other.entry(n) for n in range(other.size)]


def test_beside_what_is_there(ledger: TreatmentLedger, journal: Journal, clock: Clock) -> None:
    """References into the ledger, lines it knows, a correction of what it holds."""
    ledger.record(facts([*HOSPITAL, *patient("P1"), *session("S1", "P1", 60)[:2]]), now=NOW)
    size = ledger.size
    correction = line("EntryCorrected", 90, target="S1", field="effect", old="better", new="worse", reason="mistaken",
                      practitioner="PT1")  # fmt: skip
    lines = [*session("S1", "P1", 60), *session("S2", "P1", 100), correction]
    assert ledger.import_journal([journal(lines)], now=clock) == Imported(5, 2, 0, size + 5)


def test_nothing_of_a_bad_journal(ledger: TreatmentLedger, journal: Journal, clock: Clock) -> None:
    path = journal(BAD)
    problems: list[str] = []
    assert ledger.import_journal([path], now=clock, problem=problems.append) == Imported(0, 0, 6, 0)
    assert [problem.split(": ")[:2] for problem in problems] == [
        [f"{path}:9", "line"],
        [f"{path}:13", "session"],
        [f"{path}:14", "session"],
        [f"{path}:15", "patient"],
        [f"{path}:16", "session"],
        [f"{path}:17", "session"],
    ], "in the order of the lines"
    assert ledger.size == 0


def test_keep_going(ledger: TreatmentLedger, journal: Journal, clock: Clock, tmp_path: Path) -> None:
    path = journal(BAD)
    reject = tmp_path / "rejected.ndjson"
    result = ledger.import_journal([path], now=clock, keep_going=True, reject=reject)
    assert result == Imported(len(GOOD), 0, 6, len(GOOD))
    assert [recorded.fact for recorded in ledger.facts()] == sorted(facts(GOOD), key=lambda fact: fact.at)
    rejected = [json.loads(text) for text in reject.read_text().splitlines()]
    assert [(r["file"], r["line"], r["raw"]) for r in rejected] == [
        (str(path), n, BAD[n - 1]) for n in (9, 13, 14, 15, 16, 17)
    ]
    assert all(r["field"] and r["problem"] for r in rejected)


def test_rejected_lines_mended_and_imported_again(
    ledger: TreatmentLedger, journal: Journal, clock: Clock, tmp_path: Path
) -> None:
    reject = tmp_path / "rejected.ndjson"
    ledger.import_journal([journal(BAD)], now=clock, keep_going=True, reject=reject)
    raw = [json.loads(text)["raw"] for text in reject.read_text().splitlines()]
    mended = journal([*patient("P9"), *raw[3:]], "mended.ndjson")
    assert ledger.import_journal([mended], now=clock) == Imported(6, 0, 0, len(GOOD) + 6)


def test_a_line_that_is_not_utf8_comes_back_as_it_was(ledger: TreatmentLedger, clock: Clock, tmp_path: Path) -> None:
    raw = HOSPITAL[0].encode().replace(b"Invented", b"\xff\xfe")
    (tmp_path / "j").write_bytes(raw + b"\n")
    reject = tmp_path / "rejected.ndjson"
    ledger.import_journal([tmp_path / "j"], now=clock, keep_going=True, reject=reject)
    (rejected,) = [json.loads(text) for text in reject.read_text().splitlines()]
    assert base64.b64decode(rejected["raw_base64"]) == raw
    assert r"\xff\xfe" in rejected["raw"]


def test_no_file(ledger: TreatmentLedger, clock: Clock, tmp_path: Path) -> None:
    problems: list[str] = []
    result = ledger.import_journal([tmp_path / "none"], now=clock, problem=problems.append)
    assert result == Imported(0, 0, 1, 0)
    assert str(tmp_path / "none") in problems[0]


def test_a_reject_file_that_cannot_be_written_is_known_before(
    ledger: TreatmentLedger, clock: Clock, tmp_path: Path
) -> None:
    with pytest.raises(LedgerError, match=r"none/rejected: cannot be written .*; nothing was imported"):
        ledger.import_journal([CLINOSIM], now=clock, keep_going=True, reject=tmp_path / "none" / "rejected")
    assert ledger.size == 0


@pytest.mark.parametrize(("fault", "there"), [("failed", 0), ("persisted", 872)])
def test_a_fault_at_the_commit_and_the_import_after_it(
    ledger: TreatmentLedger, directory: Path, clock: Clock, fault: str, there: int
) -> None:
    faulty = FaultyRecorder(directory / "ledger.sqlite3")
    faulty.writer.fault = fault
    with pytest.raises(NotWritten, match=r"0 facts of the journal are in; import it again"):
        import_journal(faulty, directory, ImportAsked([CLINOSIM], clock))
    assert ledger.size == there
    assert ledger.import_journal([CLINOSIM], now=clock) == Imported(872 - there, there, 0, 872)
    faulty.close()


def test_an_empty_journal(ledger: TreatmentLedger, journal: Journal, clock: Clock) -> None:
    assert ledger.import_journal([journal(["", ""])], now=clock) == Imported(0, 0, 0, 0)
    assert ledger.import_journal([], now=clock) == Imported(0, 0, 0, 0)


def test_compressed_and_standard_input(
    ledger: TreatmentLedger, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "j.ndjson.gz").write_bytes(gzip.compress(CLINOSIM.read_bytes()))
    assert ledger.import_journal([tmp_path / "j.ndjson.gz"], now=clock).accepted == 872
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(CLINOSIM.read_bytes())))
    assert ledger.import_journal(["-"], now=clock) == Imported(0, 872, 0, 872)


def test_progress(ledger: TreatmentLedger, clock: Clock) -> None:
    seen: list[tuple[str, int, int | None]] = []
    ledger.import_journal([CLINOSIM], now=clock, progress=lambda *step: seen.append(step))
    last = {stage: (done, total) for stage, done, total in seen}
    assert last == {"read": (872, None), "check": (872, 872), "append": (872, 872)}
    assert [stage for stage, _, _ in seen] == sorted(
        (stage for stage, _, _ in seen), key=["read", "check", "append"].index
    )


def test_nothing_is_left_beside_the_ledger(ledger: TreatmentLedger, directory: Path, clock: Clock) -> None:
    ledger.import_journal([CLINOSIM], now=clock)
    assert {path.name for path in directory.iterdir()} - {"ledger.sqlite3-wal", "ledger.sqlite3-shm"} == {
        "keys", "ledger.sqlite3"
    }  # fmt: skip


def many(path: Path, patients: int) -> int:
    """A journal of many patients; how many lines it has."""
    lines = 0
    with path.open("w") as file:
        for text in HOSPITAL:
            lines += file.write(f"{text}\n") > 0
        for n in range(patients):
            for text in [
                *patient(f"P{n}", n),
                *session(f"S{n}a", f"P{n}", n + 60),
                *session(f"S{n}b", f"P{n}", n + 99),
            ]:
                lines += file.write(f"{text}\n") > 0
    return lines


IMPORT = """
import resource, sys
from datetime import UTC, datetime
from pathlib import Path
from ledger.application import TreatmentLedger

with TreatmentLedger.open(Path(sys.argv[1])) as ledger:
    def progress(stage, done, total):
        if stage == "append":
            print(done, flush=True)
    result = ledger.import_journal(sys.argv[2:], now=lambda: datetime(2021, 6, 1, tzinfo=UTC), progress=progress)
    print(*result, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def run(directory: Path, journal: Path) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", IMPORT, str(directory), str(journal)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_killed_and_run_again(ledger: TreatmentLedger, directory: Path, clock: Clock, tmp_path: Path) -> None:
    lines = many(tmp_path / "j.ndjson", 2_000)
    process = run(directory, tmp_path / "j.ndjson")
    assert process.stdout is not None
    appended = int(process.stdout.readline())
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)
    assert appended <= ledger.size <= lines
    before = ledger.size
    assert ledger.import_journal([tmp_path / "j.ndjson"], now=clock) == Imported(lines - before, before, 0, lines)
    assert [recorded.fact for recorded in ledger.facts()] == sorted(
        load([tmp_path / "j.ndjson"]), key=lambda fact: fact.at
    )


def test_memory_does_not_grow_with_the_journal(tmp_path: Path) -> None:
    """Of four times the journal, the same: page caches fill up to their bound, the facts themselves do not add up."""
    peaks = []
    for patients in (1_500, 6_000):
        directory = tmp_path / f"{patients}"
        TreatmentLedger.init(directory, "example.org/h1")
        lines = many(tmp_path / "j.ndjson", patients)
        output, _ = run(directory, tmp_path / "j.ndjson").communicate(timeout=300)
        accepted, _, _, size, peak = map(int, output.splitlines()[-1].split())
        assert (accepted, size) == (lines, lines)
        peaks.append(peak)
    assert peaks[1] - peaks[0] < 30_000, "KiB; the 40,000 facts more would be 60,000 if they were held"
