"""Taking in a journal of any length, in memory that does not grow with it.

Three passes. *Read*: every line into a staging file. *Check*: the whole journal, subject by subject, by the same pure
decisions that `record` uses, against what the ledger holds. *Append*: what was accepted, in journal order, in chunks.
Each chunk is one durable transaction on condition that nothing its decisions read has been appended since by anyone
else; where something was, the lines that it touches are decided again over what is there now.

Nothing of a journal with a bad line is taken in, unless the caller keeps going. An import that is killed leaves
whole chunks; run again, it finds them known and goes on. (Only a refusal that comes about *while* appending, because
somebody else appended what contradicts the journal, stops an import half-way; it is reported like any other.)
"""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack, closing
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from eventsourcing.persistence import OperationalError

from ledger.application.appending import CHUNK_LINES, Appending
from ledger.application.checking import BEFORE_ALL, Checking
from ledger.application.import_signatures import refuse_signatures
from ledger.application.recording import NotWritten
from ledger.application.rejecting import report, write_rejects
from ledger.journal import Line, Problem, read_lines, spell
from ledger.store.refusals import StoreError
from ledger.store.sqlite import SQLiteDCBRecorder
from ledger.store.staging import ACCEPTED, KNOWN, REFUSED, Source, StagedLine, StagedVerdict, Staging
from ledger.treatment.facts import EntryCorrected, Fact
from ledger.treatment.subjects import introduces, subject_of

BATCH_LINES = 1_000

Stages = Callable[[str, int, int | None], None]
"""(stage, done, total): `read` (total unknown), `check`, `append`; lines."""


class Imported(NamedTuple):
    """What came of an import: lines accepted, known, refused, and the size of the log after it.

    Without `keep_going`, a refusal means that nothing was accepted and nothing counted as known.
    """

    accepted: int
    known: int
    refused: int
    size: int


class ImportAsked(NamedTuple):
    """How an import is to be done; see `TreatmentLedger.import_journal`."""

    paths: Sequence[str | Path]
    now: Callable[[], datetime]
    keep_going: bool = False
    reject: Path | None = None
    progress: Stages = lambda stage, done, total: None
    problem: Callable[[str], None] = lambda text: None
    chunk_lines: int = CHUNK_LINES


def import_journal(recorder: SQLiteDCBRecorder, directory: Path, order: ImportAsked) -> Imported:
    """Read, check and append, with the staging file in `directory`."""
    with ExitStack() as stack:
        try:
            # Both before anything is taken in: a reject file that cannot be written is known now, not at the end.
            rejects = None if order.reject is None else stack.enter_context(order.reject.open("wb"))
            staging = stack.enter_context(closing(Staging(directory)))
        except OSError as error:
            raise StoreError(f"{error.filename}: cannot be written ({error.strerror}); nothing was imported") from None
        except sqlite3.Error as error:
            what = "the staging file cannot be written"
            raise NotWritten(f"{directory}: {what} ({error}); make room and import again") from error
        try:
            lines = _read(staging, order)
            checking = Checking(staging, recorder)
            checking.check(lambda done: order.progress("check", done, lines))
            # A refused signature takes its line away, and with a prescription what stands on it: asked until it holds.
            while refuse_signatures(staging, recorder, size=checking.size, after=BEFORE_ALL) and order.keep_going:
                checking.check_without_refused()
            accepted = known = 0
            if order.keep_going or not staging.count(REFUSED):
                accepted, known = _append(recorder, staging, checking, order), staging.count(KNOWN)
            report(staging.refused(), order.problem)
            if rejects is not None:
                write_rejects(staging.refused(), rejects)
            return Imported(accepted, known, staging.count(REFUSED), recorder.size())
        except sqlite3.Error as error:
            what = "the staging file cannot be written or read"
            raise NotWritten(f"{directory}: {what} ({error}); make room and import again") from error


def _append(recorder: SQLiteDCBRecorder, staging: Staging, checking: Checking, order: ImportAsked) -> int:
    """Append what was accepted; how many lines went in."""
    total = staging.count(ACCEPTED)
    appending = Appending(recorder, staging, checking, keep_going=order.keep_going, chunk_lines=order.chunk_lines)
    try:
        appending.append(order.now, lambda done: order.progress("append", done, total))
    except OperationalError as error:
        taken = f"{appending.appended:,} facts of the journal are in; import it again"
        raise NotWritten(f"{error} ({taken})") from error
    return appending.appended


def _read(staging: Staging, order: ImportAsked) -> int:
    """Every line into the staging file; how many there are."""
    lines: list[StagedLine] = []
    sources: list[Source] = []
    unreadable: list[StagedVerdict] = []

    def hand_over() -> None:
        staging.add(lines, sources)
        staging.decide(unreadable)
        for batch in (lines, sources, unreadable):
            batch.clear()

    n = 0
    for n, line in enumerate((line for path in order.paths for line in read_lines(path)), 1):
        raw = line.raw if order.reject is not None else None
        sources.append(Source(n, line.file, line.number, raw))
        if isinstance(line, Problem):
            unreadable.append(StagedVerdict(n, REFUSED, None, line.field, line.what))
        else:
            lines.append(_staged(n, line))
        if len(sources) >= BATCH_LINES:
            hand_over()
            order.progress("read", n, None)
    hand_over()
    order.progress("read", n, None)
    staging.all_read()
    return n


def _staged(n: int, line: Line) -> StagedLine:
    fact = line.fact
    # A float of seconds is exact to the microsecond until the year 2255; rounding is only to whole microseconds.
    at = round(fact.at.timestamp() * 1_000_000)
    subject = None if isinstance(fact, EntryCorrected) else subject_of(fact, _no_targets)
    return StagedLine(n, at, subject, introduces(fact) is not None, fact.id, fact.ENTRY_TYPE, spell(fact))


def _no_targets(target: str) -> Iterable[Fact]:
    raise AssertionError(f"only corrections have targets, not a fact about {target}")
