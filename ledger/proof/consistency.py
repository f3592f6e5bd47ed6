"""Is the new tree a continuation of the old one, with nothing rewritten?

Source: RFC 9162 §2.1.4.2, in the form of draft-ietf-plants-merkle-tree-certs §4.4.3, which also answers it for a
subtree; a tree is the subtree that starts at 0.
"""

from collections.abc import Sequence
from hashlib import sha256

from ledger.proof.hashes import EMPTY_ROOT, ProofError, require_hash, require_hashes, require_size
from ledger.proof.inclusion import require_subtree


def check_consistency(old_size: int, new_size: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes) -> None:
    """Returns when `proof` shows that the tree of `new_size` leaves begins with the tree of `old_size` leaves.

    Equal sizes need equal roots and no proof. From the empty tree there is nothing to prove: its root must be
    SHA-256 of nothing, the proof empty. Raises ProofError for anything else.
    """
    require_size(old_size, "old_size")
    if require_size(new_size, "new_size") == 0 and require_hash(new_root, "new_root") != EMPTY_ROOT:
        raise ProofError("new_root: the root of a tree of size 0 is SHA-256 of nothing")
    check_subtree_consistency(0, old_size, new_size, proof, old_root, new_root)


def check_subtree_consistency(
    start: int, end: int, size: int, proof: Sequence[bytes], subtree_root: bytes, root: bytes
) -> None:
    """Returns when `proof` shows that the leaves from `start` to before `end` have `subtree_root` in this tree.

    Of no leaves (start = end) only the subtree's root can be checked; the draft leaves the tree's root open there.
    """
    require_subtree(start, end)
    if require_size(size, "size") < end:
        raise ProofError(f"size: a tree of size {size} does not hold the leaves [{start}, {end})")
    require_hashes(proof, "proof")
    require_hash(subtree_root, "subtree_root")
    require_hash(root, "root")
    if start == end:
        if proof:
            raise ProofError("proof: of no leaves there is nothing to prove, the proof is empty")
        if subtree_root != EMPTY_ROOT:
            raise ProofError("subtree_root: the root of no leaves is SHA-256 of nothing")
        return

    old, new = _derive(start, end, size, proof, subtree_root)
    if old != subtree_root:
        raise ProofError(f"old root: the proof does not lead to the root of [{start}, {end})")
    if new != root:
        raise ProofError(f"new root: the proof does not lead to the root of size {size}")


def derive_roots(old_size: int, new_size: int, proof: Sequence[bytes]) -> tuple[bytes, bytes]:
    """The roots, old and new, that a consistency proof is of, whoever signed them.

    ProofError where the nodes are not as many as the sizes call for, and where they do not tell: equal sizes, and an
    old size that is a power of two, of which the proof leaves the old root out (RFC 6962 §2.1.2).
    """
    require_size(old_size, "old_size")
    require_hashes(proof, "proof")
    if not 0 < old_size < require_size(new_size, "new_size"):
        raise ProofError(f"proof: from size {old_size} to {new_size} no nodes tell the roots")
    if old_size & (old_size - 1) == 0:
        raise ProofError(f"proof: the old size, {old_size}, is a power of two, and the nodes leave its root out")
    return _derive(0, old_size, new_size, proof, b"")


def _derive(start: int, end: int, size: int, proof: Sequence[bytes], subtree_root: bytes) -> tuple[bytes, bytes]:
    """Both roots; `subtree_root` is what is begun with where the proof does not hold a node for it."""
    first, last, edge = start, end - 1, size - 1
    # Skip the levels on which the subtree is whole in both trees: the proof begins above them.
    while first != last and (last == edge or last % 2):
        first, last, edge = first >> 1, last >> 1, edge >> 1
    rest = list(proof)
    if first == last:
        old = new = subtree_root
    elif rest:
        old = new = rest.pop(0)
    else:
        raise ProofError(f"proof: it is empty, and [{start}, {end}) in size {size} needs one")
    for sibling in rest:
        if edge == 0:
            raise ProofError(f"proof: {len(proof)} hashes are too many for [{start}, {end}) in size {size}")
        if last % 2 or last == edge:
            if first < last:
                old = sha256(b"\x01" + sibling + old).digest()
            new = sha256(b"\x01" + sibling + new).digest()
            while last % 2 == 0 and last:
                first, last, edge = first >> 1, last >> 1, edge >> 1
        else:
            new = sha256(b"\x01" + new + sibling).digest()
        first, last, edge = first >> 1, last >> 1, edge >> 1
    if edge:
        raise ProofError(f"proof: {len(proof)} hashes are too few for [{start}, {end}) in size {size}")
    return old, new
