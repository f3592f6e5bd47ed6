"""Every entry's tags, derived again from what its fact says and from what the log holds of its subject.

Tags decide what a patient's bundle is complete in; who writes past the door, or signs a forged log, could leave one
out. The rule is `tags_of` (FORMAT.md, "Tags"), asked again here: first quickly, with each subject as its first line was
written, then, of the few entries that this does not explain, exactly (`exact_tags.py`). Memory does not grow with
the log.
"""

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from operator import itemgetter
from pathlib import Path
from typing import Final, NamedTuple

from ledger.application.exact_tags import WHOSE, Group, Lacking, look_closely, own_tags
from ledger.application.tagged import Tagged, fact_in, read_tagged
from ledger.store.audit_places import stretches
from ledger.store.audit_spoilt import NOTHING, Spoilt
from ledger.store.connections import Connections
from ledger.store.findings import Finding
from ledger.store.judging import Reader
from ledger.store.parallel import Processes
from ledger.store.sqlite import SQLiteDCBRecorder
from ledger.treatment.facts import OWN_FACTS, EntryCorrected, Fact, SigningKeyEnrolled
from ledger.treatment.known import Introduced, Known
from ledger.treatment.state import State
from ledger.treatment.subjects import INTRODUCED_BY, INTRODUCING, RULEBOOKS, SUBJECTS, introduces, query_of
from ledger.treatment.tags import standing, tags_of

STRETCH = 16_384
"""Entries that a process looks through before it reports."""

_GROUP = 1_000  # entries looked at exactly before a process reports
_MOST_NAMED = 10_000  # entries
_QUICK = 0.9  # the part of the time that the quick way takes


class _Stretch(NamedTuple):
    path: Path
    after: int
    upto: int


def audit_tags(
    pool: Processes,
    path: Path,
    size: int,
    progress: Callable[[float], None],
    *,
    spoilt: Spoilt = NOTHING,
    stretch: int = STRETCH,
) -> Iterator[Finding]:
    """An `index-mismatch` for each of the first `size` entries whose tags are not those of its fact.

    That is what the name stands for: the entry is what was hashed, and the index leads to it by other tags than it
    should. Entries that cannot be read, and what rests on them (`spoilt`), are left to the store's audit. `progress`
    gets the part done, from 0 to 1. StoreError when the database cannot be read.
    """
    with closing(Connections(path)) as connections, connections.read() as connection:
        tasks = [_Stretch(path, *bounds) for bounds in stretches(connection, size, stretch)]
    unexplained = array("q")
    for number, positions in enumerate(pool.map(_look_through, tasks), 1):
        unexplained.extend(positions)
        progress(_QUICK * number / len(tasks))
    starts = range(0, len(unexplained), _GROUP)
    groups = [Group(path, unexplained[start : start + _GROUP].tolist(), size, spoilt) for start in starts]
    named = 0
    for number, found in enumerate(pool.map(look_closely, groups), 1):
        yield from found
        named += len(found)
        if named >= _MOST_NAMED and number < len(groups):
            yield Finding("index-mismatch", "tags", "so many entries bear other tags that the rest was not looked at")
            return
        progress(_QUICK + (1 - _QUICK) * number / len(groups))


def _look_through(task: _Stretch) -> "array[int]":
    """Positions of entries that bear other tags than their fact gives where nothing that it names was corrected."""
    with closing(SQLiteDCBRecorder(task.path)) as recorder:
        entries = list(read_tagged(recorder, "position > ? AND position <= ?", task.after, task.upto))
        return array("q", (position for position, _ in not_quickly_told(entries, recorder, task.upto)))


def not_quickly_told(entries: Sequence[tuple[int, Tagged]], reader: Reader, upto: int) -> Sequence[tuple[int, Tagged]]:
    """Of these entries, (position, entry) each in log order, the same: what they name is read of the first `upto`."""
    unexplained: list[tuple[int, Tagged]] = []
    first = _FirstLines(entry.fact for _, entry in entries)
    while entries:
        later: list[tuple[int, Tagged]] = []
        for position, entry in entries:
            try:
                if entry.tags != _quickly(entry.fact, first):
                    unexplained.append((position, entry))
            except Lacking:
                later.append((position, entry))
        first.read(reader, upto)
        entries = later
    return sorted(unexplained, key=itemgetter(0))


def _quickly(fact: Fact, first: "_FirstLines") -> list[str] | None:
    """The fact's tags, if they are easily told. Raises Lacking when a first line is not at hand."""
    kind = type(fact)
    if kind in OWN_FACTS:
        return own_tags(fact)
    if kind is EntryCorrected:
        return None
    of = SUBJECTS.get(kind)
    subject = RULEBOOKS if of is None else of[0] + getattr(fact, of[1])
    lines: tuple[Fact, ...] = (fact,)
    if kind in INTRODUCED_BY:
        opening = first.line(subject)
        if opening is None:
            return None
        lines = (opening, fact)
    return tags_of(State(subject, lines, lines), fact, first)


class _FirstLines(Known):
    """Subjects as the line that introduces them was written; what is asked for and not at hand is read afterwards."""

    def __init__(self, facts: Iterable[Fact]) -> None:
        self._lines: dict[str, Fact | None] = {}
        self._standings: dict[str, Introduced | None] = {}
        self._lacking: set[str] = set()
        self._take(facts)

    def line(self, subject: str) -> Fact | None:
        """The line that introduces the subject; None where nothing does. Raises Lacking."""
        try:
            return self._lines[subject]
        except KeyError:
            self._lacking.add(subject)
            raise Lacking from None

    def standing(self, subject: str) -> Introduced | None:
        try:
            return self._standings[subject]
        except KeyError:
            line = self.line(subject)
            tags = not subject.startswith(WHOSE)
            found = None if line is None else standing(State(subject, (line,), (line,)), tags=tags)
            self._standings[subject] = found
            return found

    def read(self, reader: Reader, upto: int) -> None:
        """Read what was asked for: it is at hand from now on, or known not to be in the log."""
        wanted = sorted(self._lacking)
        self._lacking.clear()
        for rows in reader.streams([_opening_query(subject) for subject in wanted], upto=upto, whole=False):
            self._take(fact for row in rows if (fact := fact_in(row.data)) is not None)
        for subject in wanted:
            self._lines.setdefault(subject, None)

    # No tag depends on these.

    def holder(self, line_id: str) -> Fact | None:
        return None

    def enrolment(self, public_key: bytes) -> SigningKeyEnrolled | None:
        return None

    def corrections(self, target: str) -> Iterable[EntryCorrected]:
        return ()

    def _take(self, facts: Iterable[Fact]) -> None:
        for fact in facts:
            if (subject := introduces(fact)) is not None:
                self._lines.setdefault(subject, fact)


_INTRODUCING_TYPES: Final = frozenset(kind.ENTRY_TYPE for kind in INTRODUCING)


def _opening_query(subject: str) -> list[tuple[str, tuple[str, ...]]]:
    of_types = ((tag, tuple(one for one in types if one in _INTRODUCING_TYPES)) for tag, types in query_of(subject))
    return [(tag, types) for tag, types in of_types if types]
