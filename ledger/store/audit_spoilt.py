"""What damaged entries spoil: the first offence is named, not all that it brings along.

An entry that was altered also spoils what is derived from it: the tags of later entries about what it introduced, the
signatures over what it said, the chain that its statement is a link of. Whoever checks entries by other entries asks
here, and says nothing of what rests on a damaged one. When the damage is mended, the next audit will.

Knows entries by index and tags as texts, nothing of what they mean.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from ledger.store.audit_places import EVERYWHERE, NOWHERE, Ranges
from ledger.store.findings import Finding
from ledger.store.schema import BY_TAG
from ledger.store.sqlite import SQLiteDCBRecorder

_OF_ENTRIES: Final = ("entry-altered", "entry-missing", "malformed")
_MANY = 10_000  # damaged entries: from there on nothing that rests on other entries is said


class Spoilt(NamedTuple):
    """Entries that are not what they were, and every tag by which one of them may be read, or not be found.

    `all`: of one of them nobody can say any more which tags it bore, or there are too many of them.
    """

    indexes: Ranges = NOWHERE
    tags: frozenset[str] = frozenset()
    all: bool = False

    def reaches(self, tags: Iterable[str]) -> bool:
        """Whether what is read by these tags may lack an entry, or hold one that was altered."""
        return self.all or not self.tags.isdisjoint(tags)


NOTHING: Final = Spoilt()


class Told:
    """Passes an audit's findings on, and keeps where they are: as many places as can matter."""

    def __init__(self) -> None:
        self._damaged: dict[int, str] = {}

    def through(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """The findings."""
        for finding in findings:
            if finding.at is not None and len(self._damaged) <= _MANY:
                self._damaged[finding.at] = finding.name
            yield finding

    def spoilt(self, recorder: SQLiteDCBRecorder) -> Spoilt:
        """What these findings about entries, and about the tag index's rows for them, spoil."""
        if not self._damaged:
            return NOTHING
        if len(self._damaged) > _MANY:
            return Spoilt(EVERYWHERE, all=True)
        return _spoilt_by(recorder, self._damaged)


def _spoilt_by(recorder: SQLiteDCBRecorder, found: Mapping[int, str]) -> Spoilt:
    with recorder.connections.read() as connection:
        holes = [(one, _last_missing(connection, one)) for one, name in found.items() if name == "entry-missing"]
        damaged = Ranges([*holes, *((one, one) for one, name in found.items() if name in _OF_ENTRIES)])
        if len(found) + sum(last - first for first, last in holes) > _MANY:
            return Spoilt(damaged, all=True)
        indexes = [index for first, last in damaged for index in range(first, last + 1)]
        tags: dict[int, set[str]] = {index: set() for index in (*found, *indexes)}
        wanted = json.dumps([index + 1 for index in tags])
        rows = "SELECT position, tags, data FROM entries NOT INDEXED WHERE position IN (SELECT value FROM json_each(?))"
        for position, column, data in connection.execute(rows, (wanted,)):
            tags[position - 1].update(_listed(column), _of_entry(data))
        rows = f"SELECT position, tag FROM tags {BY_TAG} WHERE position IN (SELECT value FROM json_each(?))"  # noqa: S608
        for position, tag in connection.execute(rows, (wanted,)):
            tags[position - 1].add(tag)
    return Spoilt(damaged, frozenset().union(*tags.values()), any(not tags[index] for index in indexes))


def _last_missing(connection: sqlite3.Connection, index: int) -> int:
    """The last index of the hole that begins here."""
    sql = "SELECT position FROM entries NOT INDEXED WHERE position > ? ORDER BY position LIMIT 1"
    row = connection.execute(sql, (index,)).fetchone()
    return index if row is None else int(row[0]) - 2


def _listed(text: str | bytes) -> list[str]:
    try:
        tags = json.loads(text)
    except (ValueError, RecursionError):
        return []
    return [tag for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else []


def _of_entry(data: bytes) -> list[str]:
    """The tags in an entry's bytes, as far as they still are an entry."""
    start = data.find(b'"tags":')
    end = data.find(b"]", start)
    return _listed(data[start + 7 : end + 1]) if 0 <= start < end else []
