"""The index of every seal derived again from the log, over processes: streams by ranges of tags, the trie by ranges of
keys (`ledger.store.audit_seals`: how it becomes the next seal's).

Tags are spread over the trie by their hashes. So whoever folds the streams of a range of tags sorts them by the first
bits of their keys into files, and whoever folds a part of the trie reads its files of all ranges. The tables that
the index is kept in are held against what was derived; nothing is taken from them.
"""

# ruff: noqa: S608  (statements are put together from our own words; every value is a parameter)

import mmap
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from hashlib import sha256
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

from ledger.proof import EMPTY_TRIE, HASH_BYTES, SealedStream, tag_leaf, trie_node
from ledger.store.audit_entries import VALID_TAGS
from ledger.store.audit_seals import GrowingTrie
from ledger.store.connections import Connections
from ledger.store.index_tables import KEPT_ABOVE, Held, IndexTables, Node, State
from ledger.store.parallel import Processes
from ledger.store.schema import BY_POSITION, BY_TAG
from ledger.store.streams import changes_of

PART_BITS = 4
"""The trie is folded in this many to the power of two parts, one a process at a time."""

STREAM_LEAVES = "stream-leaves"
"""The file, 32 bytes an entry, from which streams are folded."""

_NAMED = 20  # differing rows named of each part


class _Range(NamedTuple):
    """The tags from `low` to before `high` (None: no bound), as they are at each of these sizes of the log."""

    path: Path
    scratch: Path
    number: int
    low: str | None
    high: str | None
    sizes: Sequence[int]
    part_bits: int
    from_entries: bool


class _Part(NamedTuple):
    """The keys whose first `bits` bits are the number `prefix`; `state`: what the tables must be of to be looked at."""

    path: Path
    scratch: Path
    sizes: Sequence[int]
    prefix: int
    bits: int
    state: State | None


class Index(NamedTuple):
    """An index, or a part of one: how many tags it has, and the hash over them."""

    tags: int
    root: bytes


class _Folded(NamedTuple):
    """A part of the trie at each size. At that of the tables: how many rows for its nodes, rows that differ."""

    indexes: list[Index]
    nodes: int
    differing: list[str]


class DerivedIndex(NamedTuple):
    """The index by size of the log, as the log gives it, and what the tables have otherwise."""

    indexes: Mapping[int, Index]
    differing: list[str]


def derive_index(
    pool: Processes,
    path: Path,
    scratch: Path,
    sizes: Sequence[int],
    bounds: Sequence[str],
    state: State | None,
    *,
    from_entries: bool,
    progress: Callable[[float], None],
) -> DerivedIndex:
    """The index at each of these sizes of the log, ascending, one at least. `scratch`: a directory of this derivation
    alone, where the file `stream-leaves` has what each entry is in its tags' streams, joined; `bounds`: tags to cut
    ranges at.

    `state`: what the tables are said to be of, one of the sizes, to hold them against what is derived; None leaves them
    out.
    `from_entries`: take the tags from the entries themselves, where the tag index is known to differ.
    `progress` gets the part done, from 0 to 1. ValueError when a tag is no text.
    """
    lows: list[str | None] = [None] if from_entries else [None, *bounds]
    highs = [*lows[1:], None]
    bits = PART_BITS if len(lows) > 1 else 0
    ranges = [
        _Range(path, scratch, number, low, high, sizes, bits, from_entries)
        for number, (low, high) in enumerate(zip(lows, highs, strict=True))
    ]
    parts = [_Part(path, scratch, sizes, prefix, bits, state) for prefix in range(1 << bits)]
    steps = len(ranges) + len(parts)
    for done, _ in enumerate(pool.map(_fold_streams, ranges), 1):
        progress(done / steps)
    folded = []
    for done, part in enumerate(pool.map(_fold_part, parts), len(ranges) + 1):
        folded.append(part)
        progress(done / steps)
    differing = [what for part in folded for what in part.differing]
    indexes = {}
    for number, size in enumerate(sizes):
        indexes[size], nodes = _join([part.indexes[number] for part in folded], bits)
        if state is not None and state.covers == size:
            rows = sum(part.nodes for part in folded) + len(nodes)
            differing += _differing_above(path, state, nodes, indexes[size], rows)
    return DerivedIndex(indexes, differing)


# --- streams, by ranges of tags ------------------------------------------------------------------------------------


def _fold_streams(task: _Range) -> None:
    """Fold the streams of a range of tags, and leave each, whenever it has grown, in the file of the part of the trie
    where it belongs.
    """
    files: dict[int, bytearray] = {}
    with (
        closing(Connections(task.path)) as connections,
        connections.read() as connection,
        open(task.scratch / STREAM_LEAVES, "rb") as file,
    ):
        leaves: bytes | mmap.mmap = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if task.sizes[-1] else b""
        changes = changes_of(_rows(connection, task), leaves, task.sizes)  # type: ignore[arg-type]  # slices as bytes do
        for number, held in changes:
            part = int.from_bytes(held.key[:2], "big") >> 16 - task.part_bits
            files.setdefault(part, bytearray()).extend(
                held.key
                + number.to_bytes(4, "big")
                + held.count.to_bytes(8, "big")
                + len(held.frontier).to_bytes(2, "big")
                + held.frontier
            )
    for part, records in files.items():
        (task.scratch / f"{part}-{task.number}").write_bytes(records)


def _rows(connection: sqlite3.Connection, task: _Range) -> Iterator[tuple[str, int]]:
    """(tag, position) of a range, sorted."""
    if task.from_entries:
        # From the bytes that are hashed, slowly; an entry that is no JSON has those of its column, and was named.
        data = "CAST(e.data AS TEXT)"
        tags = f"CASE WHEN json_valid({data}) THEN json_extract({data}, '$.tags') ELSE {VALID_TAGS} END"
        sql = (
            f"SELECT DISTINCT tag.value, e.position FROM entries AS e {BY_POSITION} "
            f"CROSS JOIN json_each({tags}) AS tag "
            "WHERE e.position > 0 AND e.position <= ? AND tag.type = 'text' ORDER BY 1, 2"
        )
        yield from connection.execute(sql, (task.sizes[-1],))
        return
    low, high = task.low or "", task.high
    above = "" if high is None else "AND tag < ?"
    rows = f"SELECT tag, position FROM tags {BY_TAG} WHERE tag >= ? {above}"
    sql = f"{rows} AND position > 0 AND position <= ? ORDER BY 1, 2"
    yield from connection.execute(sql, (low, task.sizes[-1]) if high is None else (low, high, task.sizes[-1]))


# --- the trie, by ranges of keys -----------------------------------------------------------------------------------


def _fold_part(task: _Part) -> _Folded:
    """Fold a part of the trie from its files, one size after another, and hold the tables against it at theirs."""
    changes = sorted(change for path in task.scratch.glob(f"{task.prefix}-*") for change in _read(path.read_bytes()))
    at = {number: [held for _, held in some] for number, some in groupby(changes, itemgetter(0))}
    del changes
    trie = GrowingTrie(task.prefix, task.bits)
    held: dict[bytes, Held] = {}
    folded = _Folded([], 0, [])
    for number, size in enumerate(task.sizes):
        grown = at.pop(number, [])
        trie.grow([(one.key, _leaf(one)) for one in grown])
        folded.indexes.append(Index(trie.tags, trie.hash))
        if task.state is None or size > task.state.covers:
            continue
        held.update((one.key, one) for one in grown)
        if size == task.state.covers:
            nodes = trie.nodes()
            folded = _Folded(folded.indexes, len(nodes), list(_differing(task, sorted(held.values()), nodes)))
            held.clear()
    return folded


def _read(records: bytes) -> Iterator[tuple[int, Held]]:
    place = 0
    while place < len(records):
        end = place + 46 + int.from_bytes(records[place + 44 : place + 46], "big")
        number = int.from_bytes(records[place + 32 : place + 36], "big")
        count = int.from_bytes(records[place + 36 : place + 44], "big")
        yield number, Held(records[place : place + 32], count, records[place + 46 : end])
        place = end


def _leaf(held: Held) -> bytes:
    """The tag's leaf in the trie; as `Held.leaf`, in a fraction of its time."""
    frontier = held.frontier
    root = frontier[-HASH_BYTES:]
    for end in range(len(frontier) - HASH_BYTES, 0, -HASH_BYTES):
        root = sha256(b"\x01" + frontier[end - HASH_BYTES : end] + root).digest()
    return tag_leaf(held.key, SealedStream(held.count, root))


def _join(parts: Sequence[Index], bits: int) -> tuple[Index, list[Node]]:
    """The whole trie of its parts, and the nodes above them that have rows."""
    nodes: list[Node] = []
    level = list(parts)
    for depth in range(bits - 1, -1, -1):
        pairs = zip(level[::2], level[1::2], strict=True)
        level = [_above(left, right) for left, right in pairs]
        nodes += [Node(prefix, depth, part.root) for prefix, part in enumerate(level) if part.tags > KEPT_ABOVE]
    return level[0], nodes


def _above(left: Index, right: Index) -> Index:
    tags = left.tags + right.tags
    if tags == 0:
        return Index(0, EMPTY_TRIE)
    if tags == 1:  # a tag's leaf stands where it is alone
        return left if left.tags else right
    return Index(tags, trie_node(left.root, right.root))


# --- the tables ----------------------------------------------------------------------------------------------------


def _differing(task: _Part, records: Sequence[Held], nodes: Sequence[Node]) -> Iterator[str]:
    """What the tables have otherwise than it was derived; nothing if they are of another moment by now."""
    with closing(Connections(task.path)) as connections, connections.read() as connection:
        connection.execute("BEGIN")
        tables = IndexTables(connection)
        if tables.state() != task.state:
            return
        held = tables.tags(task.prefix, task.bits)
        if held != records:
            there, derived = ({row.key: row for row in rows} for rows in (held, records))
            keys = sorted(key for key in there.keys() | derived.keys() if there.get(key) != derived.get(key))
            for key in keys[:_NAMED]:
                yield f"the tag of key {key.hex()}: {_says(there.get(key))}, the entries give {_says(derived.get(key))}"
            if len(keys) > _NAMED:
                yield f"and {len(keys) - _NAMED} more tags of this part of the index"
        yield from _differing_nodes(tables, nodes)


def _differing_above(path: Path, state: State, nodes: Sequence[Node], whole: Index, rows: int) -> Iterator[str]:
    """The same of what is above the parts, and of the tables as wholes."""
    with closing(Connections(path)) as connections, connections.read() as connection:
        connection.execute("BEGIN")
        tables = IndexTables(connection)
        if tables.state() != state:
            return
        yield from _differing_nodes(tables, nodes)
        # Also those whose name is none: no part of the trie has them.
        for table, what, expected in (("index_tags", "tags", whole.tags), ("index_nodes", "subtrees", rows)):
            (there,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
            if there != expected:
                yield f"it has {there} rows for {what}, not {expected}"
        if (state.tags, state.root) != whole:
            said, derived = f"{state.tags} tags, root {state.root.hex()}", f"{whole.tags} and {whole.root.hex()}"
            yield f"it is said to be of {said}; the entries give {derived}"


def _differing_nodes(tables: IndexTables, nodes: Sequence[Node]) -> Iterator[str]:
    wrong = [node for node in nodes if tables.node(node.prefix, node.depth) != node.hash]
    for node in wrong[:_NAMED]:
        path = f"{node.prefix:0{node.depth}b}" if node.depth else "all"
        yield f"the subtree {path}: its row is not the hash of the tags under it"
    if len(wrong) > _NAMED:
        yield f"and {len(wrong) - _NAMED} more subtrees of this part of the index"


def _says(held: Held | None) -> str:
    return "nothing" if held is None else f"{held.count} entries, {sha256(held.frontier).hexdigest()[:16]}…"
