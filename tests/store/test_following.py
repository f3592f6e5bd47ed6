"""Leaves as they pass, held against tree heads that are known: what leads elsewhere is told, what is missing is not."""

import sqlite3

import pytest

from ledger.proof import Checkpoint, Frontier
from ledger.store.following import Following, continued, require_same
from ledger.store.refusals import Unsound
from ledger.store.tree import Tree
from tests.invariants import root
from tests.store.stored import StoredLedger

LEAVES = [bytes([n]) * 32 for n in range(1, 8)]


def head(size: int, root_: bytes | None = None) -> Checkpoint:
    return Checkpoint("example.org/h1", size, root(LEAVES[:size]) if root_ is None else root_)


def placed(*positions: int) -> list[tuple[int, bytes]]:
    return [(position, LEAVES[position - 1]) for position in positions]


def test_the_root_of_what_passed() -> None:
    following = Following([head(2), head(5)])
    assert list(following.through(placed(1, 2, 3, 4))) == placed(1, 2, 3, 4)
    assert (following.size, following.root, following.last()) == (4, root(LEAVES[:4]), 5)
    assert Following([]).last() == 0


@pytest.mark.parametrize("size", [1, 2, 4])
def test_what_leads_elsewhere(size: int) -> None:
    following = Following([head(size, bytes(32))])
    for position, leaf in placed(*range(1, size)):
        following.take(position, leaf)
    with pytest.raises(Unsound, match=f"history-fork: log: the first {size} entries have the root"):
        following.take(size, LEAVES[size - 1])


def test_behind_one_that_is_missing_nobody_is_accused() -> None:
    """Whoever reads them tells that one is missing; that the rest leads elsewhere only follows from it."""
    following = Following([head(3), head(4)])
    for position, leaf in placed(1, 2, 4, 5, 6):
        following.take(position, leaf)
    assert (following.size, following.root) == (2, root(LEAVES[:2]))


@pytest.mark.parametrize("leaf", [b"", b"x", bytes(31), bytes(33)])
def test_what_is_no_hash_is_no_leaf(leaf: bytes) -> None:
    following = Following([head(2)])
    following.take(1, LEAVES[0])
    following.take(2, leaf)
    assert following.size == 1


def test_looking_ahead_leaves_it_where_it_is() -> None:
    following = Following([head(5)], Frontier(2, [root(LEAVES[:2])]))
    following.look_ahead(placed(3, 4, 5))
    assert (following.size, following.root) == (2, root(LEAVES[:2]))
    with pytest.raises(Unsound, match="history-fork: log: the first 5 entries"):
        following.look_ahead([*placed(3, 4), (5, bytes(32))])


@pytest.mark.parametrize(("ahead", "missing"), [((), 2), ((3, 4), 4), ((3, 5), 3)])
def test_looking_ahead_none_may_be_missing(ahead: tuple[int, ...], missing: int) -> None:
    following = Following([head(5)], Frontier(2, [root(LEAVES[:2])]))
    with pytest.raises(Unsound, match=f"entry-missing: index {missing}: "):
        following.look_ahead(placed(*ahead))


@pytest.mark.parametrize(
    "damage", [None, "UPDATE tree SET hash = zeroblob(32)", "UPDATE tree SET hash = x'00'", "DELETE FROM tree"]
)
@pytest.mark.parametrize("size", [300, 299])
def test_gone_on_from_kept_nodes_or_else_from_the_leaves(stored: StoredLedger, size: int, damage: str | None) -> None:
    """Kept nodes are believed where they lead to a head that is known, of these entries or with their seal."""
    stored.grow(300)
    connection = stored.recorder.connections.write()
    connection.executescript("CREATE TABLE tree (level INTEGER, n INTEGER, hash BLOB, PRIMARY KEY (level, n))")
    Tree(connection).grow(300)
    connection.close()
    leaves = list(stored.recorder.leaves(0, 300))
    if damage is not None:
        with sqlite3.connect(stored.path) as other:
            other.execute(damage)
    with stored.recorder.connections.read() as connection:
        following = continued(connection, size, [head(300, root(leaves))])
    assert (following.size, following.root, following.last()) == (size, root(leaves[:size]), 300)


def test_the_same_root_twice() -> None:
    require_same(3, bytes(32), bytes(32), "judged were")
    with pytest.raises(Unsound, match=r"^history-fork: log: judged were 3 entries .* somebody writes .* is signed"):
        require_same(3, bytes(32), LEAVES[0], "judged were")
