"""The index of every seal of a log, one after another, in one pass: what changes from one to the next is derived again.

A log has a seal for each of its checkpoints, and every one of them is signed. Deriving each on its own would take as
many passes as there are seals; here a tag's stream is folded once, and told at each seal that found it grown, and of
the trie only the paths to such tags are hashed again. The cost is that of the changes, whatever the number of seals.

The streams are `ledger.store.streams`; here is the trie. Pure: knows tags' keys and hashes, no database, no process.
"""

from bisect import bisect_left
from collections.abc import Sequence

from ledger.proof import EMPTY_TRIE, trie_node
from ledger.store.index_tables import KEPT_ABOVE, Node

Leaf = tuple[bytes, bytes]
"""A tag's key, and its leaf in the trie."""


class _Inner:
    """A subtree of two tags or more."""

    __slots__ = ("hash", "left", "right")

    def __init__(self, left: "_Tree", right: "_Tree") -> None:
        self.left = left
        self.right = right
        self.hash = trie_node(_hash(left), _hash(right))


_Tree = _Inner | Leaf | None


class GrowingTrie:
    """The tags of one part of the index, in memory: their number, and the hash over them, as they come and grow."""

    def __init__(self, prefix: int = 0, depth: int = 0) -> None:
        """Empty; the first `depth` bits of all its keys will be the number `prefix`."""
        self.tags = 0
        self._prefix = prefix
        self._depth = depth
        self._tree: _Tree = None

    @property
    def hash(self) -> bytes:
        """As `trie_root` of all leaves: no tag is zeros, one its leaf, more are a node."""
        return _hash(self._tree)

    def grow(self, leaves: Sequence[Leaf]) -> None:
        """Set these leaves, sorted by key, each key once."""
        if leaves:
            self._tree = self._grown(self._tree, leaves, 0, len(leaves), self._depth)

    def nodes(self) -> list[Node]:
        """The subtrees that have a row where the index is kept."""
        nodes: list[Node] = []

        def count(tree: _Tree, prefix: int, depth: int) -> int:
            if not isinstance(tree, _Inner):
                return tree is not None
            tags = count(tree.left, prefix << 1, depth + 1) + count(tree.right, prefix << 1 | 1, depth + 1)
            if tags > KEPT_ABOVE:
                nodes.append(Node(prefix, depth, tree.hash))
            return tags

        count(self._tree, self._prefix, self._depth)
        return nodes

    def _grown(self, tree: _Tree, leaves: Sequence[Leaf], low: int, high: int, depth: int) -> _Tree:
        """The tree with leaves[low:high] set."""
        if low == high:
            return tree
        if isinstance(tree, _Inner):
            if high - low == 1:
                return self._grown_by_one(tree, leaves, low, depth)
            cut = _cut(leaves, low, high, depth)
            tree.left = self._grown(tree.left, leaves, low, cut, depth + 1)
            tree.right = self._grown(tree.right, leaves, cut, high, depth + 1)
            tree.hash = trie_node(_hash(tree.left), _hash(tree.right))
            return tree
        some = list(leaves[low:high])
        if tree is not None:
            place = bisect_left(some, tree[0], key=lambda leaf: leaf[0])
            if place == len(some) or some[place][0] != tree[0]:
                some.insert(place, tree)
            self.tags -= 1  # it is counted again
        self.tags += len(some)
        return _built(some, 0, len(some), depth)

    def _grown_by_one(self, tree: _Inner, leaves: Sequence[Leaf], at: int, depth: int) -> _Inner:
        """The same of one leaf: most paths are walked for one alone."""
        key = leaves[at][0]
        path = []
        end: _Tree = tree
        while isinstance(end, _Inner):
            right = bool(key[depth >> 3] & 0x80 >> (depth & 7))
            path.append((end, right))
            end = end.right if right else end.left
            depth += 1
        below = self._grown(end, leaves, at, at + 1, depth)
        for inner, right in reversed(path):
            if right:
                inner.right = below
            else:
                inner.left = below
            inner.hash = trie_node(_hash(inner.left), _hash(inner.right))
            below = inner
        return tree


def _built(leaves: Sequence[Leaf], low: int, high: int, depth: int) -> _Tree:
    if high - low < 2:
        return leaves[low] if low < high else None
    cut = _cut(leaves, low, high, depth)
    return _Inner(_built(leaves, low, cut, depth + 1), _built(leaves, cut, high, depth + 1))


def _cut(leaves: Sequence[Leaf], low: int, high: int, depth: int) -> int:
    """Where the keys of leaves[low:high], alike before bit `depth`, begin to have a 1 there."""
    byte, mask = depth >> 3, 0x80 >> (depth & 7)
    if high - low == 1:
        return low if leaves[low][0][byte] & mask else high
    return bisect_left(leaves, mask, low, high, key=lambda leaf: leaf[0][byte] & mask)


def _hash(tree: _Tree) -> bytes:
    if isinstance(tree, _Inner):
        return tree.hash
    return EMPTY_TRIE if tree is None else tree[1]
