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
from ledger.store.refusals import StoreError, Unsound
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
        except StoreError:
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
        """How many leaves are in kept nodes; those behind them are read."""
        if not self._kept:
            return 0
        (full,) = self._connection.execute("SELECT coalesce(max(n) + 1, 0) FROM tree WHERE level = 1").fetchone()
        return WIDTH * int(full)

    def grow(self, size: int) -> None:
        """Keep the nodes that the first `size` leaves fill, and no others. Inside a transaction that writes."""
        # What is of no leaves was put there by somebody else, and would be taken for kept when the log gets so far.
        self._connection.execute("DELETE FROM tree WHERE level < 1 OR n < 0 OR n >= (? >> 8 * level)", (size,))
        level = 1
        while full := size >> 8 * level:
            (held,) = self._connection.execute(
                "SELECT coalesce(max(n) + 1, 0) FROM tree WHERE level = ?", (level,)
            ).fetchone()
            for n in range(held, full):
                hash_ = self._of_children(level, n)
                self._connection.execute("INSERT INTO tree (level, n, hash) VALUES (?, ?, ?)", (level, n, hash_))
            level += 1

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
            sql = "SELECT n, hash FROM tree WHERE level = ? AND n >= ? AND n < ?"
            held = dict(self._connection.execute(sql, (level, first, first + count)))
        return [held.get(n) or self._of_children(level, n) for n in range(first, first + count)]

    @staticmethod
    def _root(hashes: list[bytes], start: int, end: int) -> bytes:
        try:
            return root(hashes)
        except ProofError as error:
            found = Finding("malformed", f"leaves {start} to {end - 1}", str(error))
            raise Unsound(f"{found}. {LOOK_INTO}") from None


def forget_tree(connection: sqlite3.Connection) -> None:
    """Drop every kept node, to be made again from the leaves."""
    if has_table(connection, "tree"):
        connection.execute("DELETE FROM tree")
