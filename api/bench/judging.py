"""`bench judge`: a journal file to decisions, by a fresh process of the command line, start-up included.

Peer: a projection of the plain `eventsourcing` library over the same acts, already stored, that does no more than
count sessions a patient, item and day. It checks no journal, judges no other clause and gives no reason.
"""

import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter
from typing import Any

import msgspec

from api.bench.figures import Measured, Row, side_by_side
from api.bench.plain_library import NAME, PlainLine, plain_library
from api.demo import NO_DIGEST, write_journal

PAGE = 1_000


def run(patients: int) -> Iterator[Row]:
    """Case `judge/N` (N acts): the invented year of so many patients."""
    with tempfile.TemporaryDirectory() as directory:
        journal = Path(directory) / "journal.ndjson"
        write_journal(journal, patients=patients, rulebook_digest=NO_DIGEST)
        acts = [line for line in map(msgspec.json.decode, journal.open("rb")) if _is_act(line)]
        with plain_library(directory) as application:
            for start in range(0, len(acts), PAGE):
                application.save(*map(PlainLine, acts[start : start + PAGE]))
            yield side_by_side(
                f"judge/{len(acts)}",
                "acts/s",
                lambda: _ours(journal, len(acts)),
                lambda: _peer(application),
                f"{NAME} projection counting acts a day, already stored",
            )


def _is_act(line: dict[str, Any]) -> bool:
    return line["type"] == "SessionStarted" or (line["type"] == "AssessmentRecorded" and "item" in line)


def _ours(journal: Path, acts: int) -> Measured:
    began = perf_counter()
    command = [sys.executable, "-m", "api.cli", "judge", str(journal)]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)  # noqa: S603 our own program
    return Measured(units=acts, seconds=perf_counter() - began)


def _peer(application: Any) -> Measured:
    began = perf_counter()
    days: Counter[tuple[str, str, str]] = Counter()
    start = 1
    while page := application.recorder.select_notifications(start, PAGE):
        for notification in page:
            line = application.mapper.to_domain_event(notification).line
            days[line["patient"], line.get("item", ""), line["at"][:10]] += 1
        start = page[-1].id + 1
    return Measured(units=days.total(), seconds=perf_counter() - began)
