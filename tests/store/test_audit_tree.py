"""The tree from stretches of leaves is the tree of the leaves, at every size."""

import sqlite3
from hashlib import sha256

import pytest

from ledger.proof import root
from ledger.store.audit_places import NOWHERE, Ranges
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
    connection.execute("INSERT INTO tree VALUES (1, 2, ?)", (bytes(32),))
    assert list(tree.differing(connection, NOWHERE, 768)) == [], "of leaves that came in meanwhile"
    assert list(tree.differing(connection, NOWHERE, 767)) == [(1, 2)], "of no leaves"
    connection.execute("DELETE FROM tree WHERE n = 2")
    nowhere = [(-1, -99), (0, 0), (1, -1), (2, 0), (7, 0), (8, 0), (2**63 - 1, 2**63 - 1)]
    connection.executemany("INSERT INTO tree VALUES (?, ?, x'')", nowhere)
    connection.execute("UPDATE tree SET hash = x'' WHERE (level, n) = (1, 1)")
    assert list(tree.differing(connection, NOWHERE, 600)) == sorted([*nowhere, (1, 1)])
    missing = Ranges([(300, 300)])
    assert list(tree.differing(connection, missing, 600)) == nowhere, "of what lies over a missing entry"


def test_kept_nodes_are_there_up_to_the_last() -> None:
    tree = audited(1_100, 256, set())
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE tree (level, n, hash)")
    assert list(tree.differing(connection, NOWHERE, 1_100)) == [], "none is kept"
    connection.execute("INSERT INTO tree VALUES (1, 2, ?)", (root(LEAVES[512:768]),))
    assert list(tree.differing(connection, NOWHERE, 1_100)) == [(1, 0), (1, 1)]
    assert list(tree.differing(connection, Ranges([(0, 0)]), 1_100)) == [(1, 0), (1, 1)]
