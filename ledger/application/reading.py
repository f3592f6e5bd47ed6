"""What decisions and questions read of the log: boundaries, subjects' streams, a patient's whole case."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from eventsourcing.dcb.api import DCBQuery, DCBQueryItem

from ledger.application.mapper import read_entry
from ledger.application.streams import moved_streams, registry_streams, shared_sheet_streams, sheets_named
from ledger.store.entry import fact_of
from ledger.store.sqlite import SQLiteDCBRecorder, Stored
from ledger.treatment.facts import Fact
from ledger.treatment.subjects import RULEBOOKS, query_of


class Recorded(NamedTuple):
    """A fact as it lies in the log: its index (from 0), when the ledger took it in, and the fact."""

    index: int  # type: ignore[assignment]  # a tuple's own `index` is not missed
    appended_at: datetime
    fact: Fact


def recorded(row: Stored) -> Recorded:
    """The fact of a stored entry."""
    return Recorded(row.position - 1, *read_entry(row.data))


class Boundary:
    """The subjects that one decision has read, all as the log was at one size: what its append is conditional on."""

    def __init__(self, recorder: SQLiteDCBRecorder) -> None:
        self._recorder = recorder
        self.size = recorder.head()
        self._read: dict[str, list[Stored]] = {}
        self._watched: list[str] = []

    def read(self, subjects: Iterable[str]) -> Mapping[str, Sequence[Fact]]:
        """The facts of each subject's stream, in log order."""
        new = [subject for subject in dict.fromkeys(subjects) if subject not in self._read]
        rows = self._recorder.streams([query_of(subject) for subject in new], upto=self.size)
        self._read.update(zip(new, rows, strict=True))
        return {subject: [read_entry(row.data)[1] for row in self._read[subject]] for subject in subjects}

    def watch(self, subject: str) -> None:
        """The decision depends on nothing being added to this subject, though not all of it was read."""
        self._watched.append(subject)

    def query(self) -> DCBQuery:
        """Everything that, appended after `size`, could have changed the decision."""
        return boundary_query([*self._read, *self._watched])

    def holding(self) -> dict[bytes, Stored]:
        """The entries read, by the bytes of their facts; of equal facts the first."""
        rows = {row.position: row for rows in self._read.values() for row in rows}
        return {fact_of(rows[position].data): rows[position] for position in sorted(rows, reverse=True)}


def boundary_query(subjects: Iterable[str]) -> DCBQuery:
    """A query for the streams of all these subjects."""
    return DCBQuery([DCBQueryItem(list(types), [tag]) for s in dict.fromkeys(subjects) for tag, types in query_of(s)])


def tag_query(tag: str) -> DCBQuery:
    """A query for everything that bears the tag."""
    return DCBQuery([DCBQueryItem(tags=[tag])])


class Stream(NamedTuple):
    """Everything that bears a tag, up to some size of the log, in log order."""

    tag: str
    rows: list[Stored]


def patient_streams(recorder: SQLiteDCBRecorder, patient: str, upto: int) -> list[Stream]:
    """The patient's own stream, then those of what was corrected onto the patient."""
    own = Stream(f"patient:{patient}", list(recorder.rows(tag_query(f"patient:{patient}"), upto=upto)))
    return [own, *_streams(recorder, moved_streams(patient, (row.data for row in own.rows)), upto)]


def subject_streams(recorder: SQLiteDCBRecorder, subject: str, upto: int) -> list[Stream]:
    """The streams that a bundle of this subject, `kind:name`, has to hold (FORMAT.md, "Streams"): a patient's case, or
    all of a practitioner or a session with the registries that it names. The subject's is first, and has no entries
    where nothing is recorded; nor has a registry of which nothing is.
    """
    kind, _, name = subject.partition(":")
    if kind == "patient":
        return case_streams(recorder, name, upto)
    own = Stream(subject, list(recorder.rows(tag_query(subject), upto=upto)))
    return [own, *_streams(recorder, [*registry_streams(row.data for row in own.rows), RULEBOOKS], upto)]


def case_streams(recorder: SQLiteDCBRecorder, patient: str, upto: int) -> list[Stream]:
    """The patient's streams, and those that judging them needs: of prescriptions shared with another patient, and
    of registries, also where these have no entries (FORMAT.md, "Streams").
    """
    mine = patient_streams(recorder, patient, upto)
    streams = [*mine, *_shared_sheets(recorder, mine, upto)]
    registry = registry_streams(row.data for stream in streams for row in stream.rows)
    return [*streams, *_streams(recorder, [*registry, RULEBOOKS], upto)]


def _shared_sheets(recorder: SQLiteDCBRecorder, mine: Sequence[Stream], upto: int) -> Iterator[Stream]:
    sheets = _streams(recorder, sheets_named(row.data for stream in mine for row in stream.rows), upto)
    held = {stream.tag for stream in mine}
    shared = shared_sheet_streams(held, ((sheet.tag, [row.data for row in sheet.rows]) for sheet in sheets))
    return _streams(recorder, [tag for tag in shared if tag not in held], upto)


def _streams(recorder: SQLiteDCBRecorder, tags: Sequence[str], upto: int) -> Iterator[Stream]:
    found = recorder.streams([((tag, ()),) for tag in tags], upto=upto)
    return (Stream(tag, rows) for tag, rows in zip(tags, found, strict=True))


def in_log_order(streams: Iterable[Stream]) -> list[Recorded]:
    """The facts of all these streams, each entry once."""
    rows = {row.position: row for stream in streams for row in stream.rows}
    return [recorded(rows[position]) for position in sorted(rows)]
