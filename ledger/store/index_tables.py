"""Where the sealed index is kept: a row for each tag, and one for each larger subtree of the trie.

A subtree of few tags is worked out from its tags, which lie side by side, as they are ordered by key: then rows of
nodes are a third of the rows of tags. What is kept here is a projection; who reads it to prove something holds it
against the root that is sealed in the log.
"""

# ruff: noqa: S608  (statements are put together from our own words; every value is a parameter)

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from typing import NamedTuple

from ledger.proof import (
    EMPTY_TRIE,
    HASH_BYTES,
    KEY_BITS,
    Frontier,
    PathEnd,
    SealedStream,
    split_keys,
    tag_leaf,
    trie_node,
    trie_root,
)
from ledger.store.schema import has_table

KEPT_ABOVE = 4
"""A subtree of more tags than this has a row of its own, any other has none."""

_PAGE_TAGS = 4_096


class Held(NamedTuple):
    """A tag of the index: how many entries bear it, and the frontier of their stream, its nodes joined."""

    key: bytes
    count: int  # type: ignore[assignment]  # a tuple's own `count` is not missed
    frontier: bytes

    def frontier_of(self) -> Frontier:
        """Its stream, to go on from. ProofError when the row is no frontier."""
        nodes = [self.frontier[at : at + HASH_BYTES] for at in range(0, len(self.frontier), HASH_BYTES)]
        return Frontier(self.count, nodes)

    def stream(self) -> SealedStream:
        """Its stream as the trie has it."""
        # One full subtree, as most streams are, is quickly done: sealing does it for every tag beside a path.
        if self.count > 0 and self.count.bit_count() == 1 and len(self.frontier) == HASH_BYTES:
            return SealedStream(self.count, self.frontier)
        return SealedStream(self.count, self.frontier_of().root())

    def leaf(self) -> tuple[bytes, bytes]:
        """Its key and its leaf in the trie."""
        return self.key, tag_leaf(self.key, self.stream())


class Node(NamedTuple):
    """A subtree of the trie: the first `depth` bits of the keys under it, as a number, and its hash."""

    prefix: int
    depth: int
    hash: bytes


class State(NamedTuple):
    """What the tables are of: how many entries they cover, how many tags these bear, the root of the trie."""

    covers: int
    tags: int
    root: bytes


NOTHING = State(0, 0, EMPTY_TRIE)


class IndexTables:
    """The tables as one connection sees them; `schema` is `main`, or `temp` while they are made anew."""

    def __init__(self, connection: sqlite3.Connection, schema: str = "main") -> None:
        self._connection = connection
        self._schema = schema

    def state(self) -> State | None:
        """What they are of; None where they are missing, or do not say."""
        names = ("index_state", "index_tags", "index_nodes")
        if self._schema == "main" and not all(has_table(self._connection, name) for name in names):
            return None
        rows = self._connection.execute(f"SELECT * FROM {self._schema}.index_state").fetchall()
        state = State(*rows[0][:3]) if len(rows) == 1 else None
        return state if state is not None and rows[0][3] == _checksum(state) else None

    def tags(self, prefix: int, depth: int, limit: int = -1) -> list[Held]:
        """The tags under a prefix by key, at most `limit`."""
        free = KEY_BITS - depth
        first, last = prefix << free, (prefix + 1 << free) - 1
        rows = self._connection.execute(
            f"SELECT key, count, frontier FROM {self._schema}.index_tags "
            "WHERE key BETWEEN ? AND ? ORDER BY key LIMIT ?",
            (first.to_bytes(HASH_BYTES, "big"), last.to_bytes(HASH_BYTES, "big"), limit),
        )
        return [Held(*row) for row in rows]

    def node(self, prefix: int, depth: int) -> bytes | None:
        """The hash of a subtree that has a row."""
        if depth == KEY_BITS:  # no two keys are alike in all their bits
            return None
        sql = f"SELECT hash FROM {self._schema}.index_nodes WHERE prefix = ?"
        row = self._connection.execute(sql, (_spell(prefix, depth),)).fetchone()
        return None if row is None else bytes(row[0])

    def hash(self, prefix: int, depth: int) -> bytes:
        """The hash of any subtree."""
        held = self.node(prefix, depth)
        return fold([tag.leaf() for tag in self.tags(prefix, depth)], depth) if held is None else held

    def look(self, prefix: int, depth: int) -> PathEnd | bytes:
        """What stands at a prefix, for `ledger.proof.prove_tags`."""
        if (held := self.node(prefix, depth)) is not None:
            return held
        tags = self.tags(prefix, depth)
        if len(tags) > 1:
            return fold([tag.leaf() for tag in tags], depth)
        return PathEnd(depth, tags[0].key, tags[0].stream()) if tags else PathEnd(depth)

    def put(self, tags: Iterable[Held], nodes: Iterable[Node], state: State) -> None:
        """Set rows, and what the tables are of from now on. Inside a transaction that writes."""
        self._connection.executemany(f"INSERT OR REPLACE INTO {self._schema}.index_tags VALUES (?, ?, ?)", tags)
        self._connection.executemany(
            f"INSERT OR REPLACE INTO {self._schema}.index_nodes VALUES (?, ?)",
            ((_spell(node.prefix, node.depth), node.hash) for node in nodes),
        )
        self._connection.execute(f"DELETE FROM {self._schema}.index_state")
        values = (*state, _checksum(state))
        self._connection.execute(f"INSERT INTO {self._schema}.index_state VALUES (?, ?, ?, ?)", values)

    def fold_all(self, keep: Callable[[Node], None]) -> bytes:
        """The root of all tags from their rows alone, in flat memory; `keep` gets each larger subtree on the way."""
        return self._fold_under(0, 0, keep)

    def _fold_under(self, prefix: int, depth: int, keep: Callable[[Node], None]) -> bytes:
        tags = self.tags(prefix, depth, _PAGE_TAGS + 1)
        if len(tags) <= _PAGE_TAGS:
            return fold([tag.leaf() for tag in tags], depth, keep)
        left = self._fold_under(prefix << 1, depth + 1, keep)
        hash_ = trie_node(left, self._fold_under(prefix << 1 | 1, depth + 1, keep))
        keep(Node(prefix, depth, hash_))
        return hash_


def fold(leaves: Sequence[tuple[bytes, bytes]], depth: int, keep: Callable[[Node], None] = lambda node: None) -> bytes:
    """`trie_root` of (key, tag leaf), sorted, alike in their first `depth` bits; `keep` gets each larger subtree."""
    if len(leaves) <= KEPT_ABOVE:
        return trie_root(leaves, depth)
    cut = split_keys([key for key, _ in leaves], depth)
    hash_ = trie_node(fold(leaves[:cut], depth + 1, keep), fold(leaves[cut:], depth + 1, keep))
    keep(Node(int.from_bytes(leaves[0][0], "big") >> (KEY_BITS - depth), depth, hash_))
    return hash_


def _spell(prefix: int, depth: int) -> bytes:
    """A prefix as a row's name: its bits from the left, zeros up to a whole byte, then the depth."""
    whole = (depth + 7) // 8
    return (prefix << 8 * whole - depth).to_bytes(whole, "big") + bytes([depth])


def _checksum(state: State) -> bytes:
    return sha256(f"{state.covers} {state.tags} ".encode() + state.root).digest()
