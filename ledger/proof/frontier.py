"""The right edge of a growing tree: its root in memory that does not grow with the log.

A compact range (RFC 6962 §2.1 read from below): one subtree root for each bit of the size. Whoever reads a log in
pages appends its leaf hashes here and asks for the root at any size on the way.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256

from ledger.proof.hashes import EMPTY_ROOT, MAX_SIZE, ProofError, require_hash, require_hashes, require_size


class Frontier:
    """`size` leaves, as the roots of the full subtrees they fall into, the largest first."""

    __slots__ = ("_nodes", "_size")

    def __init__(self, size: int = 0, nodes: Sequence[bytes] = ()) -> None:
        """The empty tree, or one continued from the `size` and `nodes` of another frontier."""
        self._size = require_size(size, "size")
        self._nodes = list(require_hashes(nodes, "nodes"))
        if len(self._nodes) != size.bit_count():
            raise ProofError(f"nodes: size {size} has {size.bit_count()} full subtrees, not {len(self._nodes)}")

    @property
    def size(self) -> int:
        """How many leaves there are."""
        return self._size

    @property
    def nodes(self) -> tuple[bytes, ...]:
        """The roots of the full subtrees, the largest first; with `size`, all that is needed to go on."""
        return tuple(self._nodes)

    def append(self, leaf_hash: bytes) -> None:
        """Adds one leaf; one hash on average."""
        node = require_hash(leaf_hash, "leaf_hash")
        if self._size == MAX_SIZE:
            raise ProofError(f"size: a tree has at most {MAX_SIZE} leaves")
        filled = self._size
        while filled & 1:  # each full subtree of this height is closed by its neighbour
            node = sha256(b"\x01" + self._nodes.pop() + node).digest()
            filled >>= 1
        self._nodes.append(node)
        self._size += 1

    def extend(self, leaf_hashes: Iterable[bytes]) -> None:
        """Adds leaves in order."""
        for leaf_hash in leaf_hashes:
            self.append(leaf_hash)

    def root(self) -> bytes:
        """The RFC 6962 root of all leaves so far."""
        if not self._nodes:
            return EMPTY_ROOT
        *rest, node = self._nodes
        for left in reversed(rest):
            node = sha256(b"\x01" + left + node).digest()
        return node
