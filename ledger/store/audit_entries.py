"""One stretch of the log, derived again from its stored bytes: what a process of an audit does at a time.

Each entry is hashed, taken apart and spelled again, and held against the columns and the tag index that reads go by.
What comes back is values: differences by index, and the hashes from which the rest of the audit is derived.
"""

# ruff: noqa: S608  (statements are put together from our own words; every value is a parameter)

import sqlite3
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from ledger.proof import HASH_BYTES, stream_leaf
from ledger.proof import root as tree_root
from ledger.store.connections import Connections
from ledger.store.entry import format_time, parse_entry
from ledger.store.entry_problem import FactProblem, read_right
from ledger.store.findings import Finding
from ledger.store.lateness import UNSEEN, Witnessed
from ledger.store.refusals import Unsound
from ledger.store.schema import BY_POSITION, BY_TAG
from ledger.store.seals import SEAL_TYPE, read_seal
from ledger.store.soundness import altered
from ledger.store.sqlite import Stored
from ledger.store.tree import WIDTH

VALID_TAGS = "CASE WHEN json_valid(e.tags) THEN e.tags ELSE '[]' END"
"""A tags column that is no JSON any more is named as an entry's; for the tag index it counts as empty."""

_HOLE = WIDTH  # entries: behind a hole of more nothing is said of the tree, for its nodes would be made of zeros
_SAMPLED = 64  # of so many entries one tells its tags, from which ranges of tags are cut


class Seal(NamedTuple):
    """A seal at `index`: when it was made, of how many tags it says that its index is, and what its root."""

    index: int  # type: ignore[assignment]  # a tuple's own `index` is not missed
    at: str
    tags: int
    root: bytes


class Stretch(NamedTuple):
    """The entries with after < position <= upto; `after` is a multiple of 256. `witnessed`: when they were seen."""

    path: Path
    after: int
    upto: int
    fact_problem: FactProblem
    witnessed: Witnessed = UNSEEN


class Leaves(NamedTuple):
    """Leaves of a stretch, joined, and the roots of every 256 of them."""

    joined: bytes
    blocks: list[bytes]


class Examined(NamedTuple):
    """What was found in a stretch. Behind a long hole there are no leaves any more (`whole` is false)."""

    differences: list[Finding]
    late: list[Finding]  # of entries that are right, but dated later than a witness saw them
    missing: list[tuple[int, int]]  # first and last index of each hole
    lacking: list[tuple[int, str]]  # (position, tag) that the tag index lacks
    borne: int  # how many tags its entries bear
    whole: bool
    leaves: Leaves  # as they are stored; zeros for one that is missing or no hash
    hashed: Leaves  # as the stored bytes give them; the very same where no entry was altered
    altered: dict[int, bytes]  # by index, what the entry's stored bytes hash to, where that is not its leaf
    stream_leaves: bytes  # what each stored leaf is in its tags' streams, joined
    seals: list[Seal]
    tags: list[str]  # some of those borne


def examine(stretch: Stretch) -> Examined:
    """Derive a stretch again. StoreError when the database cannot be read.

    Of an entry that was altered nothing else is said: what its bytes are now was never recorded.
    """
    differences: list[Finding] = []
    late: list[Finding] = []
    seals: list[Seal] = []
    sampled: list[str] = []
    leaves: list[bytes] = []
    hashes: dict[int, bytes] = {}  # of altered entries
    missing: list[tuple[int, int]] = []
    whole, expected = True, stretch.after

    def lacks(upto: int) -> None:
        nonlocal whole
        if upto > expected:
            missing.append((expected, upto - 1))
            whole = whole and upto - expected <= _HOLE
            if whole:
                leaves.extend([bytes(HASH_BYTES)] * (upto - expected))

    with closing(Connections(stretch.path)) as connections, connections.read() as connection:
        for row in map(Stored._make, connection.execute(_ROWS, (stretch.after, stretch.upto))):
            index = row.position - 1
            lacks(index)
            leaf = sha256(b"\x00" + row.data).digest()
            expected = row.position
            if whole:
                leaves.append(row.leaf if len(row.leaf) == HASH_BYTES else bytes(HASH_BYTES))
            if (found := altered(row, leaf)) is not None:
                differences.append(found)
                if whole:
                    hashes[index] = leaf
                continue
            try:
                entry = read_right(row, stretch.fact_problem)
            except ValueError as problem:
                differences.append(Finding.of_entry("malformed", index, str(problem)))
                continue
            if (what := stretch.witnessed.late(index, entry.appended_at)) is not None:
                late.append(Finding.of_entry("time-outside", index, what))
            if row.type == SEAL_TYPE:
                _read_seal(row, seals, differences)
            elif index % _SAMPLED == 0:
                sampled += entry.tags
        lacks(stretch.upto)
        lacking, borne = _tag_index(connection, stretch)
    stored = _leaves(leaves)
    return Examined(
        differences,
        late,
        missing,
        lacking,
        borne,
        whole,
        stored,
        _leaves([hashes.get(index, leaf) for index, leaf in enumerate(leaves, stretch.after)]) if hashes else stored,
        hashes,
        b"".join(stream_leaf(index, leaf) for index, leaf in enumerate(leaves, stretch.after)),
        seals,
        sampled,
    )


def _leaves(leaves: list[bytes]) -> Leaves:
    whole = range(0, len(leaves) - WIDTH + 1, WIDTH)
    return Leaves(b"".join(leaves), [tree_root(leaves[start : start + WIDTH]) for start in whole])


_ROWS = f"""SELECT position, type, tags, leaf, data FROM entries {BY_POSITION}
    WHERE position > ? AND position <= ? ORDER BY position"""


def _read_seal(row: Stored, seals: list[Seal], differences: list[Finding]) -> None:
    index = row.position - 1
    try:
        seal = read_seal(row.data)
    except Unsound:
        what = f"a seal cannot be read: {row.data[:200]!r}"
        differences.append(Finding.of_entry("malformed", index, what))
        return
    if seal.size != index:
        what = f"a seal of {seal.size} entries stands there; a seal is of all entries before it"
        differences.append(Finding.of_entry("index-mismatch", index, what))
    seals.append(Seal(index, format_time(parse_entry(row.data).appended_at), seal.tags, seal.root))


def _tag_index(connection: sqlite3.Connection, stretch: Stretch) -> tuple[list[tuple[int, str]], int]:
    """The tags of these entries that the tag index lacks, and how many they bear."""
    lacking = f"""
        SELECT e.position, tag.value FROM entries AS e {BY_POSITION} CROSS JOIN json_each({VALID_TAGS}) AS tag
        WHERE e.position > ? AND e.position <= ? AND NOT EXISTS
        (SELECT 1 FROM tags AS t {BY_TAG} WHERE t.tag = tag.value AND t.position = e.position AND t.type = e.type)"""
    borne = f"""
        SELECT coalesce(sum(json_array_length({VALID_TAGS})), 0) FROM entries AS e {BY_POSITION}
        WHERE e.position > ? AND e.position <= ?"""
    bounds = (stretch.after, stretch.upto)
    return connection.execute(lacking, bounds).fetchall(), connection.execute(borne, bounds).fetchone()[0]
