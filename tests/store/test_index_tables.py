"""What stands where in the trie, from rows of tags and of larger subtrees, is what the tags alone say."""

import sqlite3
from collections.abc import Iterator
from hashlib import sha256

import pytest

from ledger.proof import EMPTY_TRIE, PathEnd, ProofError, SealedStream, tag_key, tag_leaf, trie_root
from ledger.store.index_tables import KEPT_ABOVE, NOTHING, Held, IndexTables, Node, State, fold
from ledger.store.schema import create_projections
from tests.proof.whole_trie import look_among

TAGS = sorted(
    (Held(tag_key(f"patient:P{n}"), 1, sha256(b"%d" % n).digest()) for n in range(200)), key=lambda tag: tag.key
)
ROOT = trie_root([tag.leaf() for tag in TAGS])


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    create_projections(connection)
    yield connection
    connection.close()


@pytest.fixture
def tables(connection: sqlite3.Connection) -> IndexTables:
    """200 tags with their larger subtrees."""
    tables = IndexTables(connection)
    nodes: list[Node] = []
    assert fold([tag.leaf() for tag in TAGS], 0, nodes.append) == ROOT
    tables.put(TAGS, nodes, State(200, 200, ROOT))
    return tables


def test_every_place_is_that_of_the_tags_alone(tables: IndexTables) -> None:
    look = look_among({tag.key: tag.stream() for tag in TAGS})
    for depth in range(11):
        for prefix in range(2**depth):
            here = look(prefix, depth)
            assert tables.look(prefix, depth) == here
            if isinstance(here, bytes):
                assert tables.hash(prefix, depth) == here
            elif here.key is None or here.stream is None:
                assert tables.hash(prefix, depth) == EMPTY_TRIE
            else:
                assert tables.hash(prefix, depth) == tag_leaf(here.key, here.stream)


def test_a_subtree_has_a_row_when_it_has_more_tags_than_that(tables: IndexTables) -> None:
    for depth in range(10):
        for prefix in range(2**depth):
            count = sum(int.from_bytes(tag.key, "big") >> (256 - depth) == prefix for tag in TAGS)
            assert (tables.node(prefix, depth) is not None) == (count > KEPT_ABOVE)
            assert len(tables.tags(prefix, depth)) == count
            assert len(tables.tags(prefix, depth, 2)) == min(count, 2)


def test_folded_from_the_rows_of_tags_alone(tables: IndexTables, connection: sqlite3.Connection) -> None:
    kept = connection.execute("SELECT * FROM index_nodes ORDER BY 1").fetchall()
    connection.execute("DELETE FROM index_nodes")
    nodes: list[Node] = []
    assert tables.fold_all(nodes.append) == ROOT
    tables.put((), nodes, State(200, 200, ROOT))
    assert connection.execute("SELECT * FROM index_nodes ORDER BY 1").fetchall() == kept


def test_folded_in_pages(connection: sqlite3.Connection) -> None:
    """More tags than are read at once."""
    many = sorted((Held(sha256(b"%d" % n).digest(), 1, bytes(32)) for n in range(9_000)), key=lambda tag: tag.key)
    tables = IndexTables(connection)
    tables.put(many, (), NOTHING)
    paged: list[Node] = []
    whole: list[Node] = []
    assert tables.fold_all(paged.append) == fold([tag.leaf() for tag in many], 0, whole.append)
    assert sorted(paged) == sorted(whole)


def test_the_deepest_subtrees(connection: sqlite3.Connection) -> None:
    """Keys that differ in their last bits only, which no hash gives; the table takes them all the same."""
    keys = [n.to_bytes(32, "big") for n in range(KEPT_ABOVE + 1)]
    tags = [Held(key, 1, bytes(32)) for key in keys]
    nodes: list[Node] = []
    root = fold([tag.leaf() for tag in tags], 0, nodes.append)
    tables = IndexTables(connection)
    tables.put(tags, nodes, State(1, len(tags), root))
    assert tables.look(0, 0) == root
    assert {node.depth for node in nodes} >= set(range(250))
    assert tables.look(KEPT_ABOVE, 256) == PathEnd(256, keys[-1], SealedStream(1, bytes(32)))


def test_what_they_are_of(tables: IndexTables, connection: sqlite3.Connection) -> None:
    assert tables.state() == State(200, 200, ROOT)
    for damage in (
        "UPDATE index_state SET covers = 199",
        "UPDATE index_state SET tags = 199",
        "UPDATE index_state SET root = zeroblob(32)",
        "UPDATE index_state SET checksum = zeroblob(32)",
        "INSERT INTO index_state SELECT * FROM index_state",
        "DELETE FROM index_state",
        "DROP TABLE index_state",
        "DROP TABLE index_tags",
        "DROP TABLE index_nodes",
    ):
        connection.execute("BEGIN")
        connection.execute(damage)
        assert tables.state() is None, damage
        connection.execute("ROLLBACK")
    assert tables.state() == State(200, 200, ROOT)


@pytest.mark.parametrize("count", [1, 2, 3, 4, 7])
def test_a_stream_is_that_of_its_frontier(count: int) -> None:
    held = Held(bytes(32), count, b"".join(bytes([n]) * 32 for n in range(count.bit_count())))
    assert held.stream() == SealedStream(count, held.frontier_of().root())


@pytest.mark.parametrize(("count", "nodes"), [(1, 0), (1, 2), (2, 2), (3, 1), (0, 1), (-1, 1)])
def test_a_row_that_is_no_frontier(count: int, nodes: int) -> None:
    with pytest.raises(ProofError):
        Held(bytes(32), count, bytes(32 * nodes)).stream()
