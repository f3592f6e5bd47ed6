"""The log's Merkle tree from kept nodes: any subtree's root after reading a few hundred hashes, however long it is.

Kept is every full subtree of 256, 256², … leaves, as c2sp.org/tlog-tiles cuts them: half a percent of the leaves. The
table is a projection of the leaves beside the entries: where a row is missing the leaves are read, and whatever a
damaged row leads to is held against a signed root by whoever relies on it.

Knows leaves and hashes, nothing of what an entry says.
"""

import sqlite3
from collections.abc import Iterable

from ledger.proof import EMPTY_ROOT, Frontier, ProofError, node_hash, root
from ledger.proof.tree import Range, split
from ledger.store.findings import Finding
from ledger.store.missing import entry_missing
from ledger.store.refusals import Unsound
from ledger.store.schema import has_table
from ledger.store.soundness import LOOK_INTO

WIDTH = 256
"""Children of a kept node: a node of level n is the root of 256ⁿ leaves (n from 1)."""


class Tree:
    """The tree as one connection sees it; `kept=False`: from the leaves alone."""

    def __init__(self, connection: sqlite3.Connection, *, kept: bool = True) -> None:
        self._connection = connection
        self._kept = kept and has_table(connection, "tree")

    def root(self, size: int) -> bytes:
        """The RFC 6962 root of the first `size` leaves."""
        return self.subtree(0, size) if size else EMPTY_ROOT

    def root_if_whole(self, size: int) -> bytes | None:
        """The root; None where kept nodes or leaves are no hashes, or missing."""
        try:
            return self.root(size)
        except Unsound:
            return None

    def frontier(self, size: int) -> Frontier:
        """The first `size` leaves as a frontier, to go on from."""
        nodes, start = [], 0
        for height in range(size.bit_length() - 1, -1, -1):
            if size >> height & 1:
                nodes.append(self.subtree(start, start + (1 << height)))
                start += 1 << height
        return Frontier(size, nodes)

    def nodes(self, ranges: Iterable[Range]) -> list[bytes]:
        """The nodes of a proof, named by the leaves they cover (`ledger.proof.tree`)."""
        return [self.subtree(start, end) for start, end in ranges]

    def subtree(self, start: int, end: int) -> bytes:
        """The root of the leaves [start, end), at least one, which are a subtree of RFC 6962's tree.

        Unsound when a leaf is missing or is no hash.
        """
        span = end - start
        if span & (span - 1):  # the ragged right edge: full subtrees, the largest first
            middle = start + split(span)
            return node_hash(self.subtree(start, middle), self.subtree(middle, end))
        level = (span.bit_length() - 1) // 8
        return self._root(self._hashes(level, start >> 8 * level, span >> 8 * level), start, end)

    def held(self) -> int:
        """How many leaves are in kept nodes, as far as there is none missing before them (`prune`); others are read."""
        return WIDTH * self._end(1) if self._kept else 0

    def prune(self, size: int) -> None:
        """Drop the kept nodes that the first `size` leaves do not fill and, of each level, those behind one that is
        missing: they are made again, as `grow` goes on behind the last. Inside a transaction that writes.

        The cost does not grow with the log but by counting the rows, of which SQLite asks each page once.
        """
        # What is of no leaves was put there by somebody else, and would be taken for kept when the log gets so far.
        levels = _levels(size)
        self._connection.execute("DELETE FROM main.tree WHERE level < 1")
        self._connection.execute("DELETE FROM main.tree WHERE level > ?", (len(levels),))
        for level, full in levels:
            self._connection.execute("DELETE FROM main.tree WHERE level = ? AND n < 0", (level,))
            self._drop_from(level, full)
        # No WHERE: with one SQLite would go through the rows.
        (kept,) = self._connection.execute("SELECT count(*) FROM main.tree").fetchone()
        if kept == sum(self._end(level) for level, _ in levels):
            return
        for level, _ in levels:
            rows = self._connection.execute("SELECT n FROM main.tree WHERE level = ? ORDER BY n", (level,))
            hole = next((place for place, (n,) in enumerate(rows) if n != place), None)
            if hole is not None:
                self._drop_from(level, hole)

    def grow(self, size: int) -> None:
        """Keep the nodes that the first `size` leaves fill, and no others. Inside a transaction that writes."""
        self.prune(size)
        for level, full in _levels(size):
            for n in range(self._end(level), full):
                hash_ = self._of_children(level, n)
                self._connection.execute("INSERT INTO main.tree (level, n, hash) VALUES (?, ?, ?)", (level, n, hash_))

    def _end(self, level: int) -> int:
        sql = "SELECT coalesce(max(n) + 1, 0) FROM main.tree WHERE level = ?"
        return int(self._connection.execute(sql, (level,)).fetchone()[0])

    def _drop_from(self, level: int, n: int) -> None:
        self._connection.execute("DELETE FROM main.tree WHERE level = ? AND n >= ?", (level, n))

    def _of_children(self, level: int, n: int) -> bytes:
        below = 8 * (level - 1)
        children = self._hashes(level - 1, n * WIDTH, WIDTH)
        return self._root(children, n * WIDTH << below, (n + 1) * WIDTH << below)

    def _hashes(self, level: int, first: int, count: int) -> list[bytes]:
        """`count` neighbours of a level, from number `first` on; level 0 are the leaves."""
        if level == 0:
            rows = self._connection.execute(
                "SELECT leaf, position FROM entries NOT INDEXED WHERE position > ? AND position <= ? ORDER BY position",
                (first, first + count),
            ).fetchall()
            if len(rows) != count:
                there = {position for _, position in rows}
                index = next(index for index in range(first, first + count) if index + 1 not in there)
                raise entry_missing(index + 1, LOOK_INTO)
            return [hash_ for hash_, _ in rows]
        held: dict[int, bytes] = {}
        if self._kept:
            sql = "SELECT n, hash FROM main.tree WHERE level = ? AND n >= ? AND n < ?"
            held = dict(self._connection.execute(sql, (level, first, first + count)))
        return [held.get(n) or self._of_children(level, n) for n in range(first, first + count)]

    @staticmethod
    def _root(hashes: list[bytes], start: int, end: int) -> bytes:
        try:
            return root(hashes)
        except ProofError as error:
            found = Finding("malformed", f"leaves {start} to {end - 1}", str(error))
            raise Unsound(f"{found}. {LOOK_INTO}") from None


def _levels(size: int) -> list[tuple[int, int]]:
    """Each level of kept nodes, from 1, and how many of them the first `size` leaves fill, at least one."""
    levels: list[tuple[int, int]] = []
    while full := size >> 8 * (len(levels) + 1):
        levels.append((len(levels) + 1, full))
    return levels


def forget_tree(connection: sqlite3.Connection) -> None:
    """Drop every kept node, to be made again from the leaves."""
    if has_table(connection, "tree"):
        connection.execute("DELETE FROM main.tree")
