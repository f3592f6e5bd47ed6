"""Are all these leaves in that tree? One proof for many leaves, each path node once.

The nodes are the largest subtrees that hold none of the leaves, from left to right: the order is forced by the
indexes and the size, so that a proof has no freedom, and nothing in it goes unchecked. FORMAT.md, "Tree".
"""

from bisect import bisect_left
from collections.abc import Sequence
from hashlib import sha256

from ledger.proof.hashes import ProofError, require_hash, require_hashes, require_size
from ledger.proof.tree import Range, root, split


def many_ranges(indexes: Sequence[int], size: int) -> list[Range]:
    """The nodes of the proof for these leaves (indexes ascending, at least one), from left to right."""
    require_indexes(indexes, size)
    ranges: list[Range] = []

    def walk(start: int, end: int, low: int, high: int) -> None:
        if low == high:
            ranges.append((start, end))
        elif end - start > 1:
            middle = start + split(end - start)
            cut = bisect_left(indexes, middle, low, high)
            walk(start, middle, low, cut)
            walk(middle, end, cut, high)

    walk(0, size, 0, len(indexes))
    return ranges


def prove_many(indexes: Sequence[int], leaf_hashes: Sequence[bytes]) -> list[bytes]:
    """The nodes that, with the leaves at `indexes`, lead to the root over all of `leaf_hashes`."""
    leaves = require_hashes(leaf_hashes, "leaf_hashes")
    return [root(leaves[start:end]) for start, end in many_ranges(indexes, len(leaves))]


def check_many(
    indexes: Sequence[int], size: int, leaf_hashes: Sequence[bytes], nodes: Sequence[bytes], root: bytes
) -> None:
    """Returns when `nodes` show that the leaves at `indexes` of the tree of `size` leaves are `leaf_hashes`.

    Raises ProofError for anything else, also for one node more or fewer than the indexes ask for.
    """
    require_indexes(indexes, size)
    require_hashes(leaf_hashes, "leaf_hashes")
    require_hashes(nodes, "nodes")
    require_hash(root, "root")
    if len(leaf_hashes) != len(indexes):
        raise ProofError(f"leaf_hashes: {len(leaf_hashes)} of them for {len(indexes)} indexes")
    if len(nodes) != (expected := len(many_ranges(indexes, size))):
        raise ProofError(f"nodes: {len(nodes)} of them, {expected} are expected")
    following = iter(nodes)

    def fold(start: int, end: int, low: int, high: int) -> bytes:
        if low == high:
            return next(following)
        if end - start == 1:
            return leaf_hashes[low]
        middle = start + split(end - start)
        cut = bisect_left(indexes, middle, low, high)
        left = fold(start, middle, low, cut)
        return sha256(b"\x01" + left + fold(middle, end, cut, high)).digest()

    if fold(0, size, 0, len(indexes)) != root:
        raise ProofError("root: the leaves and nodes do not lead to it")


def require_indexes(indexes: object, size: int) -> None:
    """Returns when these are whole numbers below `size`, ascending, at least one; else ProofError names the first."""
    require_size(size, "size")
    if not isinstance(indexes, Sequence) or isinstance(indexes, str | bytes | bytearray | memoryview):
        raise ProofError(f"indexes: a list of numbers is expected, not {type(indexes).__name__}")
    if not indexes:
        raise ProofError("indexes: none; a proof is about at least one leaf")
    before = -1
    for position, index in enumerate(indexes):
        if require_size(index, f"indexes[{position}]") <= before:
            raise ProofError(f"indexes[{position}]: {index} comes after {before}; they ascend, each stands once")
        if index >= size:
            raise ProofError(f"indexes[{position}]: {index} is not in a tree of size {size}")
        before = index
