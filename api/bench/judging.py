"""`bench judge`: how fast the judge is, what its reasons cost, and what it keeps of a patient.

Peer: a projection of the plain `eventsourcing` library over the same acts, already stored, that does no more than
count acts a patient, item and day. It checks no journal, judges no other clause and gives no reason.
"""

import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

import msgspec

from api.bench.figures import Measured, Row, side_by_side, smaller
from api.bench.hard import hard_patient
from api.bench.held import bytes_held
from api.bench.plain_library import NAME, PlainLine, plain_library
from api.demo import NO_DIGEST, write_journal
from ledger.journal import load, spell
from ledger.treatment.facts import Fact
from projections.rules.evidence import Evidence
from projections.rules.judge import Judge
from projections.rules.rulebook import load_rulebook

PAGE = 1_000
ACTS_OF_ONE = 1_000
PEER = f"{NAME} projection counting acts a day, already stored"
RULEBOOK = "shanghai-2017"

Days = Counter[tuple[str, str, str]]


def run(patients: int) -> Iterator[Row]:
    """The invented year of so many patients, N acts in all, and one patient of a thousand acts, most of them denied.

    `judge/N`: a journal file to decisions, by a fresh process of the command line, start-up included. `clauses/N`:
    evaluations of clauses, in this process on one core, the journal read already. `reasons/1000`: the one patient,
    every decision with its reasons and the days waited for. `memory/P`: bytes kept a patient while P are judged.
    """
    with tempfile.TemporaryDirectory() as directory:
        journal = Path(directory) / "journal.ndjson"
        write_journal(journal, patients=patients, rulebook_digest=NO_DIGEST)
        acts = acts_of(journal.read_bytes().splitlines())
        with plain_library(directory) as application:
            store(application, acts)
            yield side_by_side(
                f"judge/{len(acts)}", "acts/s",
                lambda: _ours(journal, len(acts)), lambda: counted(application)[0], PEER,
            )  # fmt: skip
            yield from _in_process(load([journal]), application, patients)
    with tempfile.TemporaryDirectory() as directory, plain_library(directory) as application:
        facts = list(hard_patient(ACTS_OF_ONE))
        store(application, acts_of([spell(fact) for fact in facts]))
        evidence = Evidence(facts)
        yield side_by_side(
            f"reasons/{ACTS_OF_ONE}", "acts/s",
            lambda: _reasons(evidence), lambda: counted(application)[0], PEER,
        )  # fmt: skip


def _in_process(facts: Sequence[Fact], application: Any, patients: int) -> Iterator[Row]:
    judge = Judge(Evidence(facts), load_rulebook(RULEBOOK))
    clauses = sum(len(decision.findings) for decision in judge.decisions())
    yield side_by_side(
        f"clauses/{len(judge.evidence.acts)}", "clauses/s",
        lambda: _clauses(judge, clauses), lambda: counted(application)[0], PEER,
    )  # fmt: skip
    began = perf_counter()
    cases = [judge.case(patient) for patient in judge.evidence.persons]
    seconds = perf_counter() - began
    ours = bytes_held(cases, without=[judge, judge.evidence]) / len(cases)
    theirs = bytes_held(counted(application)[1]) / len(cases)
    yield smaller(f"memory/{patients}", "B/patient", ours, theirs, seconds, f"{NAME} projection: its counts a day")


def acts_of(lines: Sequence[bytes]) -> list[dict[str, Any]]:
    """The acts of a journal, as its lines have them."""
    return [line for line in map(msgspec.json.decode, lines) if _is_act(line)]


def _is_act(line: dict[str, Any]) -> bool:
    return line["type"] == "SessionStarted" or (line["type"] == "AssessmentRecorded" and "item" in line)


def store(application: Any, acts: Sequence[dict[str, Any]]) -> None:
    """Keep acts as the plain library does."""
    for start in range(0, len(acts), PAGE):
        application.save(*map(PlainLine, acts[start : start + PAGE]))


def _ours(journal: Path, acts: int) -> Measured:
    began = perf_counter()
    command = [sys.executable, "-m", "api.cli", "judge", str(journal)]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)  # noqa: S603 our own program
    return Measured(units=acts, seconds=perf_counter() - began)


def _clauses(judge: Judge, clauses: int) -> Measured:
    began = perf_counter()
    for _ in judge.decisions():
        pass
    return Measured(units=clauses, seconds=perf_counter() - began)


def _reasons(evidence: Evidence) -> Measured:
    judge = Judge(evidence, load_rulebook(RULEBOOK))
    began = perf_counter()
    decisions = list(judge.decisions())
    return Measured(units=len(decisions), seconds=perf_counter() - began)


def counted(application: Any) -> tuple[Measured, Days]:
    """The peer: everything stored, counted by patient, item and day."""
    began = perf_counter()
    days: Days = Counter()
    start = 1
    while page := application.recorder.select_notifications(start, PAGE):
        for notification in page:
            line = application.mapper.to_domain_event(notification).line
            days[line["patient"], line.get("item", ""), line["at"][:10]] += 1
        start = page[-1].id + 1
    return Measured(units=days.total(), seconds=perf_counter() - began), days
