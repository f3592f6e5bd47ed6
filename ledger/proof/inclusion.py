"""Is this leaf in that tree? Checked from a path of hashes; nothing of the tree is needed.

Source: RFC 9162 §2.1.3.2 (trees) and draft-ietf-plants-merkle-tree-certs §4.3 (subtrees).
"""

from collections.abc import Sequence
from hashlib import sha256

from ledger.proof.hashes import ProofError, require_hash, require_hashes, require_size


def check_inclusion(index: int, size: int, leaf_hash: bytes, proof: Sequence[bytes], root: bytes) -> None:
    """Returns when `proof` shows that leaf `index` (from 0) of the tree of `size` leaves is `leaf_hash`.

    Raises ProofError for anything else: an index outside the tree, a path too short or too long, another root, a
    value that is no 32-byte hash.
    """
    require_size(size, "size")
    if require_size(index, "index") >= size:
        raise ProofError(f"index: {index} is not in a tree of size {size}")
    require_hash(leaf_hash, "leaf_hash")
    require_hashes(proof, "proof")
    require_hash(root, "root")

    position, last, hash_ = index, size - 1, leaf_hash
    for sibling in proof:
        if last == 0:
            raise ProofError(f"proof: {len(proof)} hashes are more than index {index} in size {size} has above it")
        if position % 2 or position == last:
            hash_ = sha256(b"\x01" + sibling + hash_).digest()
            # Where the right edge has no sibling the node stands for itself: climb until it is a right child.
            while position % 2 == 0 and position:
                position, last = position >> 1, last >> 1
        else:
            hash_ = sha256(b"\x01" + hash_ + sibling).digest()
        position, last = position >> 1, last >> 1
    if last:
        raise ProofError(f"proof: {len(proof)} hashes are too few for index {index} in size {size}")
    if hash_ != root:
        raise ProofError(f"root: the path of index {index} does not lead to it")


def check_subtree_inclusion(
    index: int, start: int, end: int, leaf_hash: bytes, proof: Sequence[bytes], root: bytes
) -> None:
    """As `check_inclusion`, in the subtree of the leaves from `start` to before `end`, whose root is `root`."""
    require_subtree(start, end)
    if not start <= require_size(index, "index") < end:
        raise ProofError(f"index: {index} is not in the subtree [{start}, {end})")
    check_inclusion(index - start, end - start, leaf_hash, proof, root)


def require_subtree(start: int, end: int) -> None:
    """Returns when `[start, end)` is a subtree of every tree that reaches `end` (the draft's §4.1).

    That is: `start` is a multiple of the smallest power of two that is not below the number of leaves.
    """
    require_size(start, "start")
    if require_size(end, "end") < start:
        raise ProofError(f"end: {end} is before start {start}")
    if start < end and start % (1 << (end - start - 1).bit_length()):
        raise ProofError(f"start: the leaves [{start}, {end}) are not a subtree")
