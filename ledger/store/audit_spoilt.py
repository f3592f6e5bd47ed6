"""What damaged entries spoil: the first offence is named, not all that it brings along.

An entry that was altered also spoils what is derived from it: the tags of later entries about what it introduced, the
signatures over what it said, the chain that its statement is a link of. Whoever checks entries by other entries asks
here, and says nothing of what rests on a damaged one. When the damage is mended, the next audit will.

Knows entries by index and tags as texts, nothing of what they mean.
"""

import json
from collections.abc import Iterable
from typing import Final, NamedTuple

from ledger.store.findings import Finding
from ledger.store.sqlite import SQLiteDCBRecorder

_OF_ENTRIES: Final = ("entry-altered", "entry-missing", "malformed")
_MANY = 10_000  # damaged entries: from there on nothing that rests on other entries is said


class Spoilt(NamedTuple):
    """Entries that are not what they were, and every tag by which one of them may be read, or not be found.

    `all`: of one of them nobody can say any more which tags it bore, or there are too many of them.
    """

    indexes: frozenset[int] = frozenset()
    tags: frozenset[str] = frozenset()
    all: bool = False

    def reaches(self, tags: Iterable[str]) -> bool:
        """Whether what is read by these tags may lack an entry, or hold one that was altered."""
        return self.all or not self.tags.isdisjoint(tags)


NOTHING: Final = Spoilt()


def spoilt_by(recorder: SQLiteDCBRecorder, findings: Iterable[Finding]) -> Spoilt:
    """What these findings about entries, and about the tag index's rows for them, spoil."""
    places = {finding.at: False for finding in findings if finding.at is not None}
    for finding in findings:
        if finding.at is not None and finding.name in _OF_ENTRIES:
            places[finding.at] = True
    indexes = frozenset(index for index, damaged in places.items() if damaged)
    if not places or len(places) > _MANY:
        return Spoilt(indexes, all=bool(places))
    tags: dict[int, set[str]] = {index: set() for index in places}
    wanted = json.dumps([index + 1 for index in places])
    with recorder.connections.read() as connection:
        rows = "SELECT position, tags, data FROM entries WHERE position IN (SELECT value FROM json_each(?))"
        for position, column, data in connection.execute(rows, (wanted,)):
            tags[position - 1].update(_listed(column), _of_entry(data))
        rows = "SELECT position, tag FROM tags WHERE position IN (SELECT value FROM json_each(?))"
        for position, tag in connection.execute(rows, (wanted,)):
            tags[position - 1].add(tag)
    return Spoilt(indexes, frozenset().union(*tags.values()), any(not tags[index] for index in indexes))


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
