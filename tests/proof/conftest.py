"""A second implementation of RFC 6962 §2.1, written from its text alone: slow, recursive, and nothing shared."""

from hashlib import sha256
from typing import NamedTuple

import pytest
from hypothesis import settings

# A machine under load is no failure.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


def tree_hash(leaves: list[bytes]) -> bytes:
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = _k(len(leaves))
    return sha256(b"\x01" + tree_hash(leaves[:k]) + tree_hash(leaves[k:])).digest()


def path(m: int, leaves: list[bytes]) -> list[bytes]:
    if len(leaves) == 1:
        return []
    k = _k(len(leaves))
    if m < k:
        return [*path(m, leaves[:k]), tree_hash(leaves[k:])]
    return [*path(m - k, leaves[k:]), tree_hash(leaves[:k])]


def subproof(m: int, leaves: list[bytes], whole: bool) -> list[bytes]:
    if m == len(leaves):
        return [] if whole else [tree_hash(leaves)]
    k = _k(len(leaves))
    if m <= k:
        return [*subproof(m, leaves[:k], whole), tree_hash(leaves[k:])]
    return [*subproof(m - k, leaves[k:], False), tree_hash(leaves[:k])]


def subtree_subproof(start: int, end: int, leaves: list[bytes], whole: bool) -> list[bytes]:
    """draft-ietf-plants-merkle-tree-certs §4.4.1."""
    if (start, end) == (0, len(leaves)):
        return [] if whole else [tree_hash(leaves)]
    k = _k(len(leaves))
    if end <= k:
        return [*subtree_subproof(start, end, leaves[:k], whole), tree_hash(leaves[k:])]
    if start >= k:
        return [*subtree_subproof(start - k, end - k, leaves[k:], whole), tree_hash(leaves[:k])]
    return [*subtree_subproof(0, end - k, leaves[k:], False), tree_hash(leaves[:k])]


def uncovered(indexes: list[int], leaves: list[bytes]) -> list[bytes]:
    """The largest subtrees that hold none of the indexes, from left to right."""
    if not indexes:
        return [tree_hash(leaves)]
    if len(leaves) == 1:
        return []
    k = _k(len(leaves))
    right = uncovered([i - k for i in indexes if i >= k], leaves[k:])
    return [*uncovered([i for i in indexes if i < k], leaves[:k]), *right]


def _k(n: int) -> int:
    k = 1
    while k * 2 < n:
        k *= 2
    return k


class Naive(NamedTuple):
    root = staticmethod(tree_hash)
    path = staticmethod(path)
    subproof = staticmethod(subproof)
    subtree_subproof = staticmethod(subtree_subproof)
    uncovered = staticmethod(uncovered)


@pytest.fixture(scope="session")
def naive() -> Naive:
    return Naive()


@pytest.fixture(scope="session")
def leaves() -> list[bytes]:
    """The leaf hashes of a log of 40 invented entries."""
    return [sha256(b"\x00" + b"entry %d" % n).digest() for n in range(40)]
