"""The Merkle tree of an audit, from the leaves that stretches of the log bring: roots at sizes asked for, kept nodes.

Memory does not grow with the log but by the roots of every 256 leaves, half a percent of it.
"""

import sqlite3
from collections.abc import Collection, Iterator, Sequence

from ledger.proof import EMPTY_ROOT, HASH_BYTES, Frontier
from ledger.proof import root as tree_root
from ledger.store.audit_places import Ranges
from ledger.store.tree import WIDTH

_LEVELS = 8  # a node of that level would be of more leaves than there are positions


class AuditedTree:
    """Leaves in their order; `roots` at the sizes of `at` that they have reached."""

    def __init__(self, at: Collection[int]) -> None:
        self.roots: dict[int, bytes] = {}
        self._at: dict[int, list[int]] = {}
        for size in at:
            self._at.setdefault(size // WIDTH, []).append(size)
        self._blocks: list[bytes] = []
        self._frontier = Frontier()  # of blocks: a tree of full subtrees is the tree of their leaves
        self._rest = b""

    def extend(self, leaves: bytes, blocks: Sequence[bytes]) -> None:
        """More leaves, joined, and the roots of every full 256 of them. What was there ends with a full 256."""
        for number, block in enumerate(blocks):
            self._roots_within(leaves[number * WIDTH * HASH_BYTES : (number + 1) * WIDTH * HASH_BYTES])
            self._frontier.append(block)
            self._blocks.append(block)
        self._rest = leaves[len(blocks) * WIDTH * HASH_BYTES :]

    def finish(self) -> None:
        """No more leaves."""
        self._roots_within(self._rest)

    def differing(self, connection: sqlite3.Connection, missing: Ranges, size: int) -> Iterator[tuple[int, int]]:
        """The kept nodes (level, number) that are not the root of their leaves, or are missing below others.

        `missing`: indexes of entries that are; of the nodes above them nothing can be said. `size`: how many entries
        there are now, some of which may have come in meanwhile; nodes that they do not fill are of no leaves at all.
        """
        levels = [[], self._blocks]
        while len(levels[-1]) >= WIDTH:
            below = levels[-1]
            full = range(0, len(below) - WIDTH + 1, WIDTH)
            levels.append([tree_root(below[start : start + WIDTH]) for start in full])
        expected = [0] * len(levels)
        for level, number, hash_ in connection.execute("SELECT level, n, hash FROM tree ORDER BY level, n"):
            if not 0 < level < _LEVELS or not 0 <= number < size >> 8 * level:
                yield level, number
                continue
            if level >= len(levels):
                continue
            known, leaves = levels[level], WIDTH**level
            for absent in range(expected[level], min(number, len(known))):
                yield level, absent
            expected[level] = number + 1
            # What is beyond was kept meanwhile, or lies behind missing entries: this audit has not seen its leaves.
            differs = number < len(known) and known[number] != hash_
            if differs and not missing.touches(number * leaves, (number + 1) * leaves - 1):
                yield level, number

    def _roots_within(self, leaves: bytes) -> None:
        """The roots at sizes that end within the block of these leaves, or before it."""
        before = self._frontier.size * WIDTH
        for size in self._at.get(self._frontier.size, ()):
            count = size - before
            if count * HASH_BYTES <= len(leaves):
                rest = Frontier()
                rest.extend(leaves[at : at + HASH_BYTES] for at in range(0, count * HASH_BYTES, HASH_BYTES))
                whole = Frontier(size, [*self._frontier.nodes, *rest.nodes])
                self.roots[size] = whole.root() if size else EMPTY_ROOT
