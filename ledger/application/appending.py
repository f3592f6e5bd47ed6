"""The last pass of an import: accepted lines into the log, chunk after chunk, while others append too.

Every decision was made over the ledger at one size, or made again at a later one. What is appended after that size
is either ours, which the decisions know, or foreign, which is looked at entry by entry: the lines whose subjects it
touches are decided again before they go in. The condition of each chunk closes the gap between looking and appending.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec
from eventsourcing.dcb.api import DCBAppendCondition, DCBEvent, DCBQuery
from eventsourcing.persistence import IntegrityError

from ledger.application.checking import BEFORE_ALL, Checking
from ledger.application.import_signatures import boundary_of_statement, refuse_signatures_again
from ledger.application.mapper import entry_event, read_fact
from ledger.application.reading import boundary_query
from ledger.store.entry import format_time
from ledger.store.sqlite import SQLiteDCBRecorder, Stored
from ledger.store.staging import REFUSED, Acceptable, Staging
from ledger.treatment.facts import EntryCorrected, SigningKeyEnrolled
from ledger.treatment.references import NAMES
from ledger.treatment.signing_keys import enrolments_subject, public_key_of
from ledger.treatment.subjects import query_of

CHUNK_LINES = 5_000
"""Lines a transaction: its sync is paid for, and others wait for the write lock no longer than half a second."""

_decode_tags = msgspec.json.Decoder(list[str]).decode
_SUBJECT_OF_TAG = {reference.tag: reference.subject for reference in NAMES.values() if reference.tag}


class Foreign:
    """What others have appended since the journal was checked: by tag and type, the last position."""

    def __init__(self) -> None:
        self._last: dict[str, dict[str, int]] = {}

    def learn(self, rows: Iterable[Stored]) -> None:
        """Remember the tags of these entries."""
        for row in rows:
            for tag in _decode_tags(row.tags_json):
                for name in (tag, tag[: tag.index(":") + 1]):  # a kind alone is what a query has for all of that kind
                    self._last.setdefault(name, {})[row.type] = row.position

    def touches(self, subject: str, after: int) -> bool:
        """Whether one of them, behind a position, belongs to the subject's stream."""
        return any(
            position > after and type in types
            for tag, types in query_of(subject)
            for type, position in self._last.get(tag, {}).items()
        )

    def __bool__(self) -> bool:
        return bool(self._last)


class Appending:
    """Appends what `checking` has accepted, in journal order; `appended` counts."""

    def __init__(
        self,
        recorder: SQLiteDCBRecorder,
        staging: Staging,
        checking: Checking,
        *,
        keep_going: bool,
        chunk_lines: int = CHUNK_LINES,
    ) -> None:
        self._recorder = recorder
        self._chunk_lines = chunk_lines
        self._staging = staging
        self._checking = checking
        self._keep_going = keep_going
        self._refused = staging.count(REFUSED)
        self._seen = checking.size  # up to here every entry is ours or in `_foreign`
        self._foreign = Foreign()
        self._settled: dict[int, int] = {}  # line of the chunk (n) → size at which it was last decided again
        self._after = BEFORE_ALL  # (at, n) of the last line appended
        self.appended = 0

    def append(self, now: Callable[[], datetime], progress: Callable[[int], None]) -> None:
        """Append every accepted line. Stops at the first refusal on the way, unless it is to keep going."""
        chunk = self._next(self._after, now)
        while chunk.lines:
            if self._foreign and self._decide_again(chunk.lines):
                if self._staging.count(REFUSED) > self._refused and not self._keep_going:
                    return
                chunk = self._next(self._after, now)
                continue
            # The usual condition, which costs nothing to check: that nobody else has appended anything.
            written = self._recorder.submit(chunk.events, DCBAppendCondition(DCBQuery(), after=self._seen))
            following = self._next(chunk.end, now)  # made while the writer writes
            try:
                self._seen = written.result()
            except IntegrityError:
                if not self._append_among_others(chunk):
                    continue
            self._after = chunk.end
            self._settled.clear()
            self.appended += len(chunk.events)
            progress(self.appended)
            chunk = following

    def _append_among_others(self, chunk: "_Chunk") -> bool:
        """Append while others do: on condition that since `_seen` they appended nothing that these lines depend on.

        False if nothing was appended, and the chunk has to be looked at again: now there is more in `_foreign`.
        """
        self._learn(self._recorder.size())
        if self._touched(chunk.lines):
            return False
        query = boundary_query(subject for line in chunk.lines for subject in _boundary(line))
        try:
            last = self._recorder.append(chunk.events, DCBAppendCondition(query, after=self._seen))
        except IntegrityError:
            return False
        self._learn(last - len(chunk.events))
        self._seen = last
        return True

    def _next(self, after: tuple[int, int], now: Callable[[], datetime]) -> "_Chunk":
        lines = self._staging.acceptable(after, self._chunk_lines)
        appended_at = format_time(now()) if lines else ""
        events = [entry_event(line.type, appended_at, _decode_tags(line.tags), line.fact) for line in lines]
        return _Chunk(lines, events, (lines[-1].at, lines[-1].n) if lines else after)

    def _learn(self, upto: int) -> None:
        """Look at what others appended behind `_seen`."""
        self._foreign.learn(self._recorder.rows(after=self._seen, upto=upto))
        self._seen = upto

    def _touched(self, lines: Sequence[Acceptable]) -> dict[int, list[str]]:
        """The lines (n) whose decision read a subject that somebody has since appended to, and those subjects."""
        touched = {}
        for line in lines:
            settled = self._settled.get(line.n, 0)
            if subjects := [subject for subject in _boundary(line) if self._foreign.touches(subject, settled)]:
                touched[line.n] = subjects
        return touched

    def _decide_again(self, lines: Sequence[Acceptable]) -> bool:
        """Decide again about those lines, with all that is left of their subjects; whether there were any."""
        touched = self._touched(lines)
        again = [line for line in lines if line.n in touched]
        subjects = {line.subject for line in again}.union(*touched.values())
        corrections = [(line.n, line.fact) for line in again if line.type == EntryCorrected.ENTRY_TYPE]
        if again:
            self._checking.check_again(subjects, corrections, size=self._seen, after=self._after)
            refuse_signatures_again(self._staging, self._recorder, sorted(subjects), size=self._seen, after=self._after)
            self._settled.update(dict.fromkeys(touched, self._seen))
        return bool(again)


class _Chunk(NamedTuple):
    lines: list[Acceptable]
    events: list[DCBEvent]
    end: tuple[int, int]  # (at, n) of its last line


def _boundary(line: Acceptable) -> list[str]:
    """Every subject that the decision about a line has read: its own, those that it names, its id and its target."""
    subjects = [line.subject, *boundary_of_statement(line.fact)]
    if line.line_id is not None:
        subjects.append(f"id:{line.line_id}")
    for tag in _decode_tags(line.tags):
        prefix, _, name = tag.partition(":")
        if prefix != "id" and prefix != "registry":
            subjects.append(_SUBJECT_OF_TAG[f"{prefix}:"] + name)
    if line.type == SigningKeyEnrolled.ENTRY_TYPE and isinstance(fact := read_fact(line.fact), SigningKeyEnrolled):
        subjects += [enrolments_subject(key.point) for key in [public_key_of(fact)] if key is not None]
    if line.type == EntryCorrected.ENTRY_TYPE and isinstance(fact := read_fact(line.fact), EntryCorrected):
        subjects.append(f"target:{fact.target}")
    return subjects
