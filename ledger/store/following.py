"""Do leaves lead to what was signed? Asked of the very leaves that an index is derived from, as they are read.

Else somebody who can write the database could put other entries in place while an index is derived, and the right ones
back before the log is hashed. So whoever signs also compares the root of what was derived with the root that is signed.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence

from ledger.proof import HASH_BYTES, Checkpoint, Frontier
from ledger.store.findings import Finding
from ledger.store.missing import entry_missing
from ledger.store.soundness import SEALED, SIGNED, require
from ledger.store.tree import Tree


class Following:
    """The frontier of leaves as they pass, held against tree heads that are known to be right."""

    def __init__(self, known: Sequence[Checkpoint], frontier: Frontier | None = None) -> None:
        """`frontier`: of the leaves before the first that passes, if it is not the log's first."""
        self._known = tuple(known)
        self._roots = {head.size: head.root for head in known}
        self._frontier = Frontier() if frontier is None else frontier

    @property
    def size(self) -> int:
        """How many leaves there are."""
        return self._frontier.size

    @property
    def root(self) -> bytes:
        """The root of all leaves so far."""
        return self._frontier.root()

    def take(self, position: int, leaf: bytes) -> None:
        """The next leaf. Unsound, naming the finding, where it leads elsewhere."""
        # Where one is missing nothing can be said any more; whoever reads them tells of it.
        if position == self._frontier.size + 1 and len(leaf) == HASH_BYTES:
            self._frontier.append(leaf)
            self._compare()

    def through(self, leaves: Iterable[tuple[int, bytes]]) -> Iterator[tuple[int, bytes]]:
        """(position, leaf), as they come."""
        for position, leaf in leaves:
            self.take(position, leaf)
            yield position, leaf

    def last(self) -> int:
        """The size of the largest tree head that is known."""
        return max(self._roots, default=0)

    def look_ahead(self, leaves: Iterable[tuple[int, bytes]]) -> None:
        """The same of the leaves behind these, up to the largest tree head: none may be missing."""
        ahead = Following(self._known, Frontier(self._frontier.size, self._frontier.nodes))
        for position, leaf in leaves:
            ahead.take(position, leaf)
        if ahead.size < self.last():
            raise entry_missing(ahead.size + 1, SEALED)

    def _compare(self) -> None:
        right = self._roots.get(self._frontier.size)
        if right is not None and right != self._frontier.root():
            what = (
                f"the first {self._frontier.size} entries have the root {self._frontier.root().hex()}, but "
                f"{right.hex()} was signed, or found just before: the log was rewritten, or this is another log's "
                "database"
            )
            require(Finding("history-fork", "log", what), SEALED)


def continued(connection: sqlite3.Connection, size: int, known: Sequence[Checkpoint]) -> Following:
    """The first `size` leaves, to go on from: from kept nodes where these lead to the tree head that is known there, or
    of one entry more, which is its seal; else from the leaves. Unsound where one is missing.
    """
    tree = Tree(connection)
    if any(head.size in (size, size + 1) and head.root != tree.root_if_whole(head.size) for head in known):
        tree = Tree(connection, kept=False)
    return Following(known, tree.frontier(size))


def require_same(size: int, root: bytes, other: bytes, of: str) -> None:
    """Unsound where the first `size` entries, read at different times, do not have the same root. `of`: what was done
    with those that had the other one, as `the index was derived from`.
    """
    if root != other:
        what = (
            f"{of} {size} entries with the root {other.hex()}, and read again they have {root.hex()}: somebody writes "
            "the database meanwhile"
        )
        require(Finding("history-fork", "log", what), SIGNED)
