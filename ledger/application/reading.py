"""What decisions and questions read of the log: boundaries, subjects' streams, a patient's whole case.

Every entry is held against its leaf as it is read: nothing is decided, judged or signed by altered bytes. That costs
one SHA-256 an entry.
"""

from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from operator import attrgetter
from typing import NamedTuple

from eventsourcing.dcb.api import DCBQuery, DCBQueryItem

from ledger.application.mapper import NoEntry, read_entry
from ledger.application.streams import (
    Parsed,
    called_streams,
    moved_streams,
    own_sheets_and_episodes,
    parsed,
    registry_streams,
)
from ledger.store.entry import fact_of
from ledger.store.soundness import require_sound, require_unaltered
from ledger.store.sqlite import SQLiteDCBRecorder, Stored
from ledger.treatment.facts import Fact, SigningKeyEnrolled
from ledger.treatment.signing_keys import public_key_of
from ledger.treatment.state import fold
from ledger.treatment.subjects import ENROLLED, RULEBOOKS, query_of


class Recorded(NamedTuple):
    """A fact as it lies in the log: its index (from 0), when the ledger took it in, and the fact."""

    index: int  # type: ignore[assignment]  # a tuple's own `index` is not missed
    appended_at: datetime
    fact: Fact


def recorded(row: Stored) -> Recorded:
    """The fact of a stored entry. Unsound, naming the entry, when it was altered or is none any more."""
    require_unaltered(row)
    try:
        return Recorded(row.position - 1, *read_entry(row.data))
    except NoEntry:
        require_sound(row)
        raise


def subject_of_act(recorder: SQLiteDCBRecorder, act: str, upto: int) -> str | None:
    """The patient of a session or assessment among the first `upto` entries, as corrected; None: no such act."""
    subject = f"act:{act}"
    (rows,) = read_streams(recorder, [subject], upto)
    state = fold(subject, (recorded(row).fact for row in rows))
    return getattr(state.now[0], "patient", None) if state.now else None


class Boundary:
    """The subjects that one decision has read, all as the log was at one size: what its append is conditional on."""

    def __init__(self, recorder: SQLiteDCBRecorder) -> None:
        self._recorder = recorder
        self.size = recorder.size()
        self._read: dict[str, list[Stored]] = {}
        self._watched: list[str] = []

    def read(self, subjects: Iterable[str]) -> Mapping[str, Sequence[Fact]]:
        """The facts of each subject's stream, in log order."""
        new = [subject for subject in dict.fromkeys(subjects) if subject not in self._read]
        rows = read_streams(self._recorder, new, self.size)
        self._read.update(zip(new, rows, strict=True))
        return {subject: [read_entry(row.data)[1] for row in self._read[subject]] for subject in subjects}

    def watch(self, subject: str) -> None:
        """The decision depends on nothing being added to this subject, though not all of it was read."""
        self._watched.append(subject)

    def last_of(self, subject: str) -> int:
        """The position of the last entry of the subject's stream; 0 where it has none."""
        self.read([subject])
        return self._read[subject][-1].position if self._read[subject] else 0

    def query(self) -> DCBQuery:
        """Everything that, appended after `size`, could have changed the decision."""
        return boundary_query([*self._read, *self._watched])

    def holding(self) -> dict[bytes, Stored]:
        """The entries read, by the bytes of their facts; of equal facts the first."""
        rows = {row.position: row for rows in self._read.values() for row in rows}
        return {fact_of(rows[position].data): rows[position] for position in sorted(rows, reverse=True)}


def read_streams(recorder: SQLiteDCBRecorder, subjects: Sequence[str], upto: int) -> list[list[Stored]]:
    """The entries of each subject's stream among the first `upto`, in log order. Unsound where one was altered."""
    found = recorder.streams([() if s.startswith(ENROLLED) else query_of(s) for s in subjects], upto=upto)
    for place, subject in enumerate(subjects):
        if subject.startswith(ENROLLED):
            found[place] = _enrolments_of(recorder, bytes.fromhex(subject.removeprefix(ENROLLED)), upto)
        else:
            unaltered(found[place])
    return found


def read_enrolments(recorder: SQLiteDCBRecorder, upto: int) -> list[tuple[bytes, Fact]]:
    """Every enrolment of a public key among the first `upto` entries, in log order, with its point."""
    facts = (read_entry(row.data)[1] for row in _enrolments(recorder, upto))
    found = ((public_key_of(fact), fact) for fact in facts if isinstance(fact, SigningKeyEnrolled))
    return [(key.point, fact) for key, fact in found if key is not None]


def _enrolments_of(recorder: SQLiteDCBRecorder, point: bytes, upto: int) -> list[Stored]:
    # No tag tells: those of all keys are looked through, few for each who signs, and only those opened that name it.
    spelled = point.hex().encode(), b64encode(point)
    named = (row for row in _enrolments(recorder, upto) if spelled[1] in row.data or spelled[0] in row.data.lower())
    facts = ((row, read_entry(row.data)[1]) for row in named)
    keys = ((row, public_key_of(fact)) for row, fact in facts if isinstance(fact, SigningKeyEnrolled))
    return [row for row, key in keys if key is not None and key.point == point]


def _enrolments(recorder: SQLiteDCBRecorder, upto: int) -> list[Stored]:
    return unaltered(recorder.of_kind("key:", SigningKeyEnrolled.ENTRY_TYPE, upto=upto))


def unaltered(rows: list[Stored]) -> list[Stored]:
    """These rows. Unsound where one's bytes are not those that were hashed."""
    for row in rows:
        require_unaltered(row)
    return rows


def boundary_query(subjects: Iterable[str]) -> DCBQuery:
    """A query for the streams of all these subjects."""
    arms = dict.fromkeys(arm for subject in dict.fromkeys(subjects) for arm in query_of(subject))
    # A tag without a name stands for every tag of its kind, which all entries of these types bear.
    return DCBQuery([DCBQueryItem(list(types), [] if tag.endswith(":") else [tag]) for tag, types in arms])


def tag_query(tag: str) -> DCBQuery:
    """A query for everything that bears the tag."""
    return DCBQuery([DCBQueryItem(tags=[tag])])


class Stream(NamedTuple):
    """Everything that bears a tag, up to some size of the log, in log order."""

    tag: str
    rows: list[Stored]


def patient_streams(recorder: SQLiteDCBRecorder, patient: str, upto: int) -> list[Stream]:
    """The patient's own stream, then those of what was corrected from or onto the patient."""
    return _Reading(recorder, f"patient:{patient}", upto).follow(partial(moved_streams, patient)).streams


def subject_streams(recorder: SQLiteDCBRecorder, subject: str, upto: int) -> list[Stream]:
    """The streams that a bundle of this subject, `kind:name`, has to hold (FORMAT.md, "Streams"): a patient's case, or
    all of a practitioner or a session with the registries that it names. The subject's is first, and has no entries
    where nothing is recorded; nor has a registry of which nothing is.
    """
    kind, _, name = subject.partition(":")
    if kind == "patient":
        return case_streams(recorder, name, upto)
    return _Reading(recorder, subject, upto).with_registries()


def case_streams(recorder: SQLiteDCBRecorder, patient: str, upto: int) -> list[Stream]:
    """The patient's streams, and those that judging them needs: of what another patient has to do with theirs, and
    of registries, also where these have no entries (FORMAT.md, "Streams").
    """
    reading = _Reading(recorder, f"patient:{patient}", upto)
    reading.look_into(own_sheets_and_episodes(patient, reading.entries()))
    return reading.follow(partial(called_streams, patient)).with_registries()


class _Reading:
    """The streams of a subject as far as they are read: its own first, then what the entries call for."""

    def __init__(self, recorder: SQLiteDCBRecorder, subject: str, upto: int) -> None:
        self._recorder, self._upto = recorder, upto
        self._parsed: dict[int, Parsed] = {}
        self.streams: list[Stream] = []
        self._add([Stream(subject, list(recorder.rows(tag_query(subject), upto=upto)))])

    def entries(self) -> list[Parsed]:
        """What the streams hold, each entry once, in log order."""
        return [self._parsed[position] for position in sorted(self._parsed)]

    def look_into(self, tags: Sequence[str]) -> None:
        """Add those of these streams that have entries which are in none yet."""
        found = _streams(self._recorder, tags, self._upto)
        self._add([one for one in found if any(row.position not in self._parsed for row in one.rows)])

    def follow(self, calls: Callable[[Sequence[Parsed]], Sequence[str]]) -> "_Reading":
        """Add what the entries call for, and what those that come with it call for, until nothing is new."""
        while new := [tag for tag in calls(self.entries()) if all(tag != stream.tag for stream in self.streams)]:
            self._add(_streams(self._recorder, new, self._upto))
        return self

    def with_registries(self) -> list[Stream]:
        """The streams in the order of their tags, then the registries of all that their entries name."""
        own, *others = self.streams
        registries = _streams(self._recorder, [*registry_streams(self._parsed.values()), RULEBOOKS], self._upto)
        return [own, *sorted(others, key=attrgetter("tag")), *registries]

    def _add(self, streams: Iterable[Stream]) -> None:
        for stream in streams:
            self.streams.append(stream)
            for row in stream.rows:
                if row.position not in self._parsed:
                    require_sound(row)
                    self._parsed[row.position] = parsed(row.data, f"index {row.position - 1}")


def _streams(recorder: SQLiteDCBRecorder, tags: Sequence[str], upto: int) -> Iterator[Stream]:
    found = recorder.streams([((tag, ()),) for tag in tags], upto=upto)
    return (Stream(tag, rows) for tag, rows in zip(tags, found, strict=True))


def in_log_order(streams: Iterable[Stream]) -> list[Recorded]:
    """The facts of all these streams, each entry once."""
    rows = {row.position: row for stream in streams for row in stream.rows}
    return [recorded(rows[position]) for position in sorted(rows)]
