"""`bench rebuild`: judging everything again by columns, and what a change of one clause moves.

The acts are those of `api.bench.repeated`. Peer: a projection of the plain `eventsourcing` library over acts already
stored, which counts acts a patient, item and day, judges nothing and gives no reason; it has twenty thousand of them,
and its rate is taken. Beside it, DuckDB over the very same files, with what SQL can say (`api.bench.duckdb_clauses`).
"""

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from shutil import rmtree
from time import perf_counter

import msgspec

from api.bench.clinic import LEAST, fill
from api.bench.duckdb_clauses import DuckDB
from api.bench.figures import Measured, Row, side_by_side, smaller
from api.bench.judging import PEER, RULEBOOK, acts_of, counted, store
from api.bench.judging_memory import of_judging, of_reading_first
from api.bench.plain_library import plain_library
from api.bench.repeated import ACTS_A_PATIENT, acts_in, write_repeated
from api.clock import now
from api.demo import NO_DIGEST, write_journal
from ledger.application import TreatmentLedger
from ledger.journal import load
from projections.decisions import keep
from projections.mirror.columns import Ints
from projections.mirror.following import update
from projections.mirror.mirror import Mirror
from projections.preview import preview
from projections.rebuild.asked import asked_columns
from projections.rebuild.judging import judge_rows, table_of
from projections.rebuild.ways import make_native
from projections.rules.evidence import Evidence
from projections.rules.judge import Judge
from projections.rules.rulebook import Rulebook, load_rulebook
from projections.rules.schema import CountClause
from projections.rules.succession import Period, Succession

PATIENTS = 240
CHANGED = "1.day"
"""The clause that `preview` gives another limit: one session a day instead of two."""
FROM = date(2021, 7, 1)
"""The day from which `preview-from` gives it: a quarter of the acts are later."""
SAMPLE = 20_000
ENTRIES_AN_ACT = 4
REPLAYED = 1_000_000
"""Entries at most: enough that what starting processes takes does not tell."""

LIMITS_ACTS = 10_000_000
"""Acts that the limits are for."""
LIMITS = {
    "judge": "1.5 s",
    "read-judge": "3 s",
    "read-judge-write": "6 s",
    "preview": "2 s",
    "preview-from": "2 s",
    "memory": "2,000 MB",
    "patient": "0.2 ms",
}
"""The most that each case may take (`seconds`; of one patient, `p99_ms`), or hold (`ours`)."""

Peer = Callable[[], Measured]


def run(acts: int) -> Iterator[Row]:
    """`judge/N`: acts in memory, one core; `patient/N`: one patient after another, p99 of each; `read-judge/N`: from
    the mirror's files; `duckdb/N`: the same, and five kinds of clauses as SQL; `read-judge-write/N`: the decisions kept
    in files as well; `memory/N`: what reading and judging hold at most; `preview/N`: both sides of a change of one
    clause, from the files, summed up; `preview-from/N`: the same of a change that is in force from a day on;
    `replay/N`: entries of a log, hashed, put into a mirror.
    """
    for row in _cases(acts):
        yield limited(row, acts)


def limited(row: Row, acts: int) -> Row:
    """The row with the limit of its case, where it was measured over as many acts as limits are for."""
    case = row.case.partition("/")[0]
    return msgspec.structs.replace(row, limit=LIMITS.get(case) if acts == LIMITS_ACTS else None)


def _cases(acts: int) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as temporary:
        directory = Path(temporary)
        journal = directory / "journal.ndjson"
        write_journal(journal, patients=PATIENTS, rulebook_digest=NO_DIGEST)
        lines = acts_of(journal.read_bytes().splitlines())
        write_repeated(directory / "mirror", Evidence(load([journal])), acts)
        with plain_library(temporary) as application:
            store(application, lines[:SAMPLE])

            def peer() -> Measured:
                return counted(application)[0]

            yield from _by_columns(directory, acts, peer)
            yield _replay(directory / "ledger", acts, peer)


def _by_columns(directory: Path, acts: int, peer: Peer) -> Iterator[Row]:
    mirror = Mirror.open(directory / "mirror")
    judge = Judge(Evidence([]), load_rulebook(RULEBOOK))
    yield from _in_memory(mirror, judge, acts, peer)
    asked = asked_columns(judge)
    table = table_of(judge, mirror.read(mirror.pieces()[0], asked, acts=False), mirror.institutions)
    count = sum(acts_in(rows) for rows in mirror.batches(("kind",), acts=False))

    def from_files() -> Measured:
        return _timed(count, lambda: _payable(mirror, table, asked))

    yield side_by_side(f"read-judge/{acts}", "acts/s", from_files, peer, PEER)
    yield from _duckdb(mirror, judge.rulebooks[0], acts, from_files)
    kept = directory / "decisions"

    def into_files() -> Measured:
        rmtree(kept, ignore_errors=True)
        return _timed(count, lambda: keep(kept, mirror, judge))

    yield side_by_side(f"read-judge-write/{acts}", "acts/s", into_files, peer, PEER)
    yield _memory(mirror.directory, acts)
    changed = _changed(judge.rulebooks[0])
    later = Succession([Period(date.min, judge.rulebooks[0]), Period(FROM, changed)])
    for name, by in (("preview", changed), ("preview-from", later)):
        then = Judge(Evidence([]), by)

        def previewed(then: Judge = then) -> Measured:
            batches = mirror.batches((*asked_columns(judge, then), "fee"), acts=False)
            return _timed(count, lambda: preview(judge, then, batches, mirror.institutions, told=0))

        yield side_by_side(f"{name}/{acts}", "acts/s", previewed, peer, PEER)


def _in_memory(mirror: Mirror, judge: Judge, acts: int, peer: Peer) -> Iterator[Row]:
    asked = asked_columns(judge)
    batches = list(mirror.batches(asked, acts=False))
    table = table_of(judge, batches[0], mirror.institutions)
    make_native()
    count = sum(map(acts_in, batches))
    yield side_by_side(
        f"judge/{acts}", "acts/s",
        lambda: _timed(count, lambda: [judge_rows(table, batch).payable.sum() for batch in batches]), peer, PEER,
    )  # fmt: skip
    one = [mirror.rows_of([patient], asked, acts=False) for patient in mirror.patients()[:200]]

    def by_patient() -> Measured:
        times = []
        for rows in one * 5:
            began = perf_counter()
            judge_rows(table, rows)
            times.append(perf_counter() - began)
        p99 = sorted(times)[len(times) * 99 // 100] * 1000
        return Measured(units=5 * sum(map(acts_in, one)), seconds=sum(times), p99_ms=p99)

    yield side_by_side(f"patient/{ACTS_A_PATIENT}", "acts/s", by_patient, peer, PEER)


def _duckdb(mirror: Mirror, book: Rulebook, acts: int, from_files: Callable[[], Measured]) -> Iterator[Row]:
    try:
        database = DuckDB(mirror, book)
    except ImportError:
        sys.stderr.write("duckdb: left out, for DuckDB is not installed (it is for developers)\n")
        return
    with closing(database):

        def by_sql() -> Measured:
            began = perf_counter()
            count, _ = database.judge()
            return Measured(units=count, seconds=perf_counter() - began)

        yield side_by_side(f"duckdb/{acts}", "acts/s", from_files, by_sql, database.name)


def _memory(mirror: Path, acts: int) -> Row:
    began = perf_counter()
    ours, plain = of_judging(mirror, RULEBOOK), of_reading_first(mirror, RULEBOOK)
    return smaller(
        f"memory/{acts}", "MB", ours, plain, perf_counter() - began, "every row read before the first is judged"
    )


def _replay(directory: Path, acts: int, peer: Peer) -> Row:
    entries = max(LEAST, min(ENTRIES_AN_ACT * acts, REPLAYED))
    TreatmentLedger.init(directory, "clinic.example/invented")
    with TreatmentLedger.open(directory) as ledger:
        fill(ledger.recorder, entries)
        ledger.checkpoint(now=now())  # as a log in use: the nodes of its tree are kept
        number = iter(range(100))

        def replayed() -> Measured:
            into = directory / f"mirror-{next(number)}"
            return _timed(entries, lambda: update(into, ledger, jobs=os.cpu_count() or 1))

        return side_by_side(f"replay/{entries}", "entries/s", replayed, peer, PEER)


def _payable(mirror: Mirror, table: Ints, asked: tuple[str, ...]) -> int:
    return sum(int(judge_rows(table, rows).payable.sum()) for rows in mirror.batches(asked, acts=False))


def _timed(units: int, work: Callable[[], object]) -> Measured:
    began = perf_counter()
    work()
    return Measured(units=units, seconds=perf_counter() - began)


def _changed(book: Rulebook) -> Rulebook:
    """The rulebook with one session a day in the changed clause."""
    items = [
        msgspec.structs.replace(
            item,
            clause=[
                msgspec.structs.replace(one, max=1) if isinstance(one, CountClause) and one.clause == CHANGED else one
                for one in item.clause
            ],
        )
        for item in book.items
    ]
    return Rulebook(msgspec.structs.replace(book.file, item=items), "0" * 64, book.path)
