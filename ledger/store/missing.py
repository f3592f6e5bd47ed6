"""Entries that are not there, though something says that they were: found as the log is read, and never passed over.

A row of the tag index names a position; positions are dense. Whoever deletes an entry leaves one or the other. Where
the rows of its tags went with it, only the second tells, and only to those who read the whole log, the audit first.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ledger.store.findings import Finding
from ledger.store.matching import Stored
from ledger.store.refusals import Unsound
from ledger.store.soundness import HANDED_OUT


def no_entry(position: int) -> Finding:
    """The finding that there is none at this position."""
    return Finding.of_entry("entry-missing", position - 1, f"there is no entry at position {position}")


def entry_missing(position: int, then: str = HANDED_OUT) -> Unsound:
    """What stops whoever reads an entry that is gone. `then`: what becomes of that, `HANDED_OUT`, `SEALED` …"""
    return Unsound(f"{no_entry(position)}. {then}")


def require_present(rows: Sequence[Sequence[Any]]) -> Iterator[Stored]:
    """These rows, each a `Stored`; Unsound, before the first of them, where one is a position without an entry."""
    for row in rows:
        if row[-1] is None:
            raise entry_missing(row[0])
    return map(Stored._make, rows)


def in_order(rows: Iterable[Stored], after: int) -> Iterator[Stored]:
    """The log's rows behind position `after`, as they come; Unsound at the first hole between them."""
    for position, row in enumerate(rows, after + 1):
        if row.position != position:
            raise entry_missing(position)
        yield row
