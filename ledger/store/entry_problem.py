"""What is wrong with one entry, as it lies in the log: asked of all entries by an audit, and of new ones before they
are sealed and signed, so that both mean the same by it.

Knows that an entry is in one spelling, is found by its type and tags, and holds a fact of which others judge.
"""

import json
from collections.abc import Callable

import msgspec

from ledger.store.entry import Entry, parse_entry
from ledger.store.sqlite import Stored

FactProblem = Callable[[str, bytes], str | None]
"""What is wrong with a fact's bytes under its entry's type name; None if nothing is. The store knows no facts."""

_encode_tags = msgspec.json.Encoder().encode


def read_right(row: Stored, fact_problem: FactProblem) -> Entry:
    """The entry, which is one in its spelling and of the allowed length, as are the columns beside it, and whose fact
    is one. ValueError, saying what is wrong, where it is not. That its bytes are those that were hashed, is not asked.
    """
    entry = parse_entry(row.data)
    if entry.type != row.type:
        raise ValueError(f"the entry's type is {entry.type!r}, the column beside it says {row.type!r}")
    if row.tags_json != _encode_tags(entry.tags).decode():
        try:
            tags = json.loads(row.tags_json)
        except (ValueError, RecursionError):
            tags = row.tags_json
        if entry.tags != tags:
            raise ValueError(f"the entry's tags are {entry.tags}, the column beside it says {row.tags_json[:200]!r}")
    if (problem := fact_problem(entry.type, bytes(entry.fact))) is not None:
        raise ValueError(problem)
    return entry
