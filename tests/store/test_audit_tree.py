"""The tree from stretches of leaves is the tree of the leaves, at every size."""

import sqlite3
from hashlib import sha256

import pytest

from ledger.proof import root
from ledger.store.audit_tree import AuditedTree

LEAVES = [sha256(b"%d" % n).digest() for n in range(1_400)]


def audited(size: int, stretch: int, at: set[int]) -> AuditedTree:
    tree = AuditedTree(at)
    for start in range(0, size, stretch):
        some = LEAVES[start : min(start + stretch, size)]
        blocks = [root(some[n : n + 256]) for n in range(0, len(some) - 255, 256)]
        tree.extend(b"".join(some), blocks)
    tree.finish()
    return tree


@pytest.mark.parametrize("stretch", [256, 512, 2_560])
@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 511, 512, 513, 1_400])
def test_the_root_at_every_size_on_the_way(size: int, stretch: int) -> None:
    assert audited(size, stretch, set(range(size + 1))).roots == {n: root(LEAVES[:n]) for n in range(size + 1)}


def test_sizes_beyond_the_log_have_no_root() -> None:
    assert set(audited(300, 256, {299, 300, 301, 511, 512, 9_999}).roots) == {299, 300}


def test_kept_nodes() -> None:
    tree = audited(600, 256, set())
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE tree (level, n, hash)")
    connection.execute("INSERT INTO tree VALUES (1, 0, ?), (1, 1, ?)", (root(LEAVES[:256]), root(LEAVES[256:512])))
    connection.execute("INSERT INTO tree VALUES (1, 2, ?)", (bytes(32),))  # of leaves that came in meanwhile
    assert list(tree.differing(connection, [])) == []
    connection.execute("INSERT INTO tree VALUES (0, 0, x''), (1, -1, x'')")
    connection.execute("UPDATE tree SET hash = x'' WHERE (level, n) = (1, 1)")
    assert list(tree.differing(connection, [])) == [(0, 0), (1, -1), (1, 1)]
    assert list(tree.differing(connection, [300])) == [(0, 0), (1, -1)], "of what lies over a missing entry"


def test_kept_nodes_are_there_up_to_the_last() -> None:
    tree = audited(1_100, 256, set())
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE tree (level, n, hash)")
    assert list(tree.differing(connection, [])) == [], "none is kept"
    connection.execute("INSERT INTO tree VALUES (1, 2, ?)", (root(LEAVES[512:768]),))
    assert list(tree.differing(connection, [])) == [(1, 0), (1, 1)]
    assert list(tree.differing(connection, [0])) == [(1, 0), (1, 1)]
