"""`bench rebuild`: judging everything again by columns, and what a change of one clause moves.

The acts are those of the invented year, the first fifty of each patient, repeated under other ids until there are as
many as asked for, and some more: patients are whole. Peer: a projection of the plain `eventsourcing` library over acts
already stored, which counts acts a patient, item and day, judges nothing and gives no reason; it has twenty thousand
of them, and its rate is taken.
"""

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter

import msgspec
import numpy as np

from api.bench.clinic import LEAST, fill
from api.bench.figures import Measured, Row, side_by_side
from api.bench.judging import PEER, RULEBOOK, acts_of, counted, store
from api.bench.plain_library import plain_library
from api.demo import NO_DIGEST, write_journal
from ledger.application import TreatmentLedger
from ledger.journal import load
from projections.mirror.columns import EVIDENCE, PER_PATIENT, Columns, Rows
from projections.mirror.following import update
from projections.mirror.house import houses
from projections.mirror.mirror import JUDGED, Mirror
from projections.mirror.tabulating import tabulate
from projections.mirror.writing import write_mirror
from projections.preview import preview
from projections.rebuild.judging import judge_rows, table_of
from projections.rules.evidence import Evidence
from projections.rules.judge import Judge
from projections.rules.rulebook import Rulebook, load_rulebook
from projections.rules.schema import CountClause

ACTS_A_PATIENT = 50
PATIENTS = 240
CHANGED = "1.day"
"""The clause that `preview` gives another limit: one session a day instead of two."""
SAMPLE = 20_000
ENTRIES_AN_ACT = 4


def run(acts: int) -> Iterator[Row]:
    """`judge/N`: acts in memory, one core; `read-judge/N`: from the mirror's files; `preview/N`: both sides of a change
    of one clause, from the files, summed up; `patient/N`: one patient after another, p99 of each; `replay/N`: entries
    of a log, hashed, put into a mirror.
    """
    with tempfile.TemporaryDirectory() as temporary:
        directory = Path(temporary)
        journal = directory / "journal.ndjson"
        write_journal(journal, patients=PATIENTS, rulebook_digest=NO_DIGEST)
        lines = acts_of(journal.read_bytes().splitlines())
        evidence = Evidence(load([journal]))
        with plain_library(temporary) as application:
            store(application, lines[:SAMPLE])

            def peer() -> Measured:
                return counted(application)[0]

            yield from _by_columns(directory / "mirror", evidence, acts, peer)
            yield _replay(directory / "ledger", acts, peer)


def _by_columns(directory: Path, evidence: Evidence, acts: int, peer: Callable[[], Measured]) -> Iterator[Row]:
    base = _first(tabulate(evidence), ACTS_A_PATIENT)
    write_mirror(directory, _repeated(base, acts), houses(evidence.institutions))
    mirror = Mirror.open(directory)
    judge = Judge(Evidence([]), load_rulebook(RULEBOOK))
    batches = list(mirror.batches(JUDGED, acts=False))
    table = table_of(judge, batches[0], mirror.institutions)
    judge_rows(table, batches[0])  # compiled by now
    count = sum(_acts(batch) for batch in batches)

    def in_memory() -> Measured:
        return _timed(count, lambda: [judge_rows(table, batch).payable.sum() for batch in batches])

    yield side_by_side(f"judge/{acts}", "acts/s", in_memory, peer, PEER)
    one = [mirror.rows_of([patient], JUDGED, acts=False) for patient in mirror.patients()[:200]]

    def by_patient() -> Measured:
        times = []
        for rows in one * 5:
            began = perf_counter()
            judge_rows(table, rows)
            times.append(perf_counter() - began)
        p99 = sorted(times)[len(times) * 99 // 100] * 1000
        return Measured(units=5 * sum(map(_acts, one)), seconds=sum(times), p99_ms=p99)

    yield side_by_side(f"patient/{ACTS_A_PATIENT}", "acts/s", by_patient, peer, PEER)

    def from_files() -> Measured:
        return _timed(
            count, lambda: [judge_rows(table, batch).payable.sum() for batch in mirror.batches(JUDGED, acts=False)]
        )

    yield side_by_side(f"read-judge/{acts}", "acts/s", from_files, peer, PEER)
    then = Judge(Evidence([]), _changed(judge.rulebooks[0]))

    def previewed() -> Measured:
        return _timed(
            count, lambda: preview(judge, then, mirror.batches(JUDGED, acts=False), mirror.institutions, told=0)
        )

    yield side_by_side(f"preview/{acts}", "acts/s", previewed, peer, PEER)


def _replay(directory: Path, acts: int, peer: Callable[[], Measured]) -> Row:
    entries = max(LEAST, min(ENTRIES_AN_ACT * acts, 400_000))
    TreatmentLedger.init(directory, "clinic.example/invented")
    with TreatmentLedger.open(directory) as ledger:
        fill(ledger.recorder, entries)
        number = iter(range(100))

        def replayed() -> Measured:
            into = directory / f"mirror-{next(number)}"
            return _timed(entries, lambda: update(into, ledger, jobs=os.cpu_count() or 1))

        return side_by_side(f"replay/{entries}", "entries/s", replayed, peer, PEER)


def _timed(units: int, work: Callable[[], object]) -> Measured:
    began = perf_counter()
    work()
    return Measured(units=units, seconds=perf_counter() - began)


def _acts(rows: Rows) -> int:
    return int(np.count_nonzero(rows.columns.kind != EVIDENCE))


def _first(rows: Rows, most: int) -> Rows:
    """Of each patient the rows up to so many acts."""
    columns = rows.columns
    before = np.cumsum(columns.kind != EVIDENCE)
    begins = np.searchsorted(columns.patient, np.arange(len(rows.patients)))
    earlier = np.where(begins > 0, before[begins - 1], 0)[columns.patient]
    kept = before - earlier <= most
    narrowed = {name: column if name in PER_PATIENT else column[kept] for name, column in columns._asdict().items()}
    return rows._replace(columns=Columns(**narrowed), acts=tuple(rows.acts[k] for k in np.flatnonzero(kept)))


def _repeated(base: Rows, acts: int) -> Iterator[Rows]:
    """The same patients again and again, under other ids, in the order of ids."""
    for k in range(-(-acts // _acts(base))):
        yield base._replace(
            patients=tuple(f"{k:06}-{patient}" for patient in base.patients),
            acts=tuple(f"{k}-{act}" for act in base.acts),
        )


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
