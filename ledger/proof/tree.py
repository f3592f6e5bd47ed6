"""The Merkle tree over leaf hashes: its root, and which of its nodes make a proof.

Source: RFC 6962 §2.1, RFC 9162 §2.1. A tree of n > 1 leaves splits at the largest power of two below n. A node is
named by the leaves it covers, `(start, end)`, end excluded; the `…_ranges` functions say, from numbers alone, which
nodes a proof holds and in which order, so that whoever keeps inner nodes (tiles, a cache) proves without the leaves.
"""

from collections.abc import Sequence
from hashlib import sha256

from ledger.proof.hashes import EMPTY_ROOT, ProofError, require_hashes, require_size

Range = tuple[int, int]


def root(leaf_hashes: Sequence[bytes]) -> bytes:
    """The RFC 6962 root over these leaf hashes, in order; of none, SHA-256 of nothing. Linear time."""
    level = list(require_hashes(leaf_hashes, "leaf_hashes"))
    if not level:
        return EMPTY_ROOT
    # Pairing level by level gives the RFC's tree: an odd last node stands for itself one level up.
    while len(level) > 1:
        odd = level[-1:] if len(level) % 2 else []
        level = [
            sha256(b"\x01" + left + right).digest() for left, right in zip(level[::2], level[1::2], strict=False)
        ] + odd
    return level[0]


def split(count: int) -> int:
    """The largest power of two smaller than `count` (≥ 2): how many leaves the left subtree has."""
    return 1 << (count - 1).bit_length() - 1


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """The nodes of an inclusion proof, from the leaf upwards (RFC 6962 §2.1.1, PATH)."""
    require_size(size, "size")
    if require_size(index, "index") >= size:
        raise ProofError(f"index: {index} is not in a tree of size {size}")
    ranges = []
    start, end = 0, size
    while end - start > 1:
        middle = start + split(end - start)
        if index < middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    return ranges[::-1]


def consistency_ranges(old_size: int, new_size: int) -> list[Range]:
    """The nodes of a consistency proof, from below upwards (RFC 6962 §2.1.2, PROOF).

    Empty when the sizes are equal, and from the empty tree, of which every tree is a continuation.
    """
    require_size(new_size, "new_size")
    if require_size(old_size, "old_size") > new_size:
        raise ProofError(f"old_size: {old_size} is larger than new_size {new_size}")
    if old_size in (0, new_size):
        return []
    ranges = []
    start, end = 0, new_size
    while end != old_size:
        middle = start + split(end - start)
        if old_size <= middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    if start:  # the old tree's own root is known to the verifier; any other subtree it ends in is not
        ranges.append((start, end))
    return ranges[::-1]


def prove_inclusion(index: int, leaf_hashes: Sequence[bytes], size: int | None = None) -> list[bytes]:
    """The proof that leaf `index` is in the tree of the first `size` (default: all) of these leaves."""
    leaves = _first(leaf_hashes, size, "size")
    return [root(leaves[start:end]) for start, end in inclusion_ranges(index, len(leaves))]


def prove_consistency(old_size: int, new_size: int, leaf_hashes: Sequence[bytes]) -> list[bytes]:
    """The proof that the tree of the first `new_size` leaves continues the tree of the first `old_size`."""
    leaves = _first(leaf_hashes, new_size, "new_size")
    return [root(leaves[start:end]) for start, end in consistency_ranges(old_size, new_size)]


def _first(leaf_hashes: Sequence[bytes], size: int | None, name: str) -> Sequence[bytes]:
    leaves = require_hashes(leaf_hashes, "leaf_hashes")
    if size is None:
        return leaves
    if require_size(size, name) > len(leaves):
        raise ProofError(f"{name}: {size} leaves are asked for, {len(leaves)} are there")
    return leaves[:size]
