"""`bench import`: a journal file until all of it is decided, hashed and durable.

Peer: the plain `eventsourcing` library reading the same file with the standard `json` module and saving 500 lines a
transaction, nothing checked.
"""

import json
import tempfile
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from time import perf_counter

from api.bench.figures import Measured, Row, side_by_side
from api.bench.plain_library import NAME, PlainLine, plain_library
from api.clock import now
from api.demo import NO_DIGEST, write_journal
from ledger.application import TreatmentLedger

FACTS_A_PATIENT = 450
PEER_TRANSACTION = 500


def with_journal(facts: int, measure: Callable[[Path], Iterator[Row]]) -> Iterator[Row]:
    """Calls `measure` with an invented journal of exactly `facts` lines."""
    with tempfile.TemporaryDirectory() as directory:
        whole, journal = Path(directory) / "whole.ndjson", Path(directory) / "journal.ndjson"
        write_journal(whole, patients=max(240, facts // FACTS_A_PATIENT), rulebook_digest=NO_DIGEST, ordered=False)
        with whole.open("rb") as lines, journal.open("wb") as out:
            out.writelines(islice(lines, facts))
        yield from measure(journal)


def run(facts: int) -> Iterator[Row]:
    """Case `import/N`: `facts` lines of the invented year."""
    return with_journal(facts, _run)


def _run(journal: Path) -> Iterator[Row]:
    with journal.open("rb") as lines:
        facts = sum(1 for _ in lines)
    yield side_by_side(
        f"import/{facts}",
        "facts/s",
        lambda: _ours(journal),
        lambda: _peer(journal),
        f"{NAME} aggregates on SQLite, {PEER_TRANSACTION} a transaction, unchecked",
    )


def _ours(journal: Path) -> Measured:
    with tempfile.TemporaryDirectory() as directory:
        home = Path(directory) / "ledger"
        TreatmentLedger.init(home, "bench.example/ledger")
        with TreatmentLedger.open(home) as ledger:
            began = perf_counter()
            imported = ledger.import_journal([journal], now=now, keep_going=True)
            return Measured(units=imported.accepted + imported.refused, seconds=perf_counter() - began)


def _peer(journal: Path) -> Measured:
    with tempfile.TemporaryDirectory() as directory, plain_library(directory) as application, journal.open() as lines:
        began = perf_counter()
        units = 0
        while batch := [PlainLine(json.loads(line)) for line in islice(lines, PEER_TRANSACTION)]:
            application.save(*batch)
            units += len(batch)
        return Measured(units=units, seconds=perf_counter() - began)
