"""Proofs under a checkpoint are of its own seal, or there are none."""

import itertools
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from ledger.proof import (
    Checkpoint,
    ProofError,
    check_consistency,
    check_inclusion,
    check_many,
    check_tags,
    consistency_ranges,
    leaf_hash,
    open_checkpoint,
    tag_key,
)
from ledger.store.proving import BundleProofs, KeptDamaged, NotAsSigned, proof_nodes, prove, root_at
from ledger.store.refusals import Unsound
from ledger.store.schema import read_identity
from ledger.store.seals import read_seal
from ledger.store.tree import WIDTH
from tests.invariants import root
from tests.store.stored import NOW, StoredLedger

TAGS = ["patient:P0", "patient:P1", "session:S3", "session:S404"]


@pytest.fixture
def head(stored: StoredLedger) -> Checkpoint:
    """The checkpoint of 301 entries."""
    stored.grow(300)
    return open_checkpoint(stored.sign(), read_identity(stored.path).vkey)


def proven(stored: StoredLedger, head: Checkpoint, **besides: object) -> BundleProofs:
    found = prove(stored.recorder.connections, head, TAGS, **besides)  # type: ignore[arg-type]
    assert found is not None
    return found


def test_everything_checks(stored: StoredLedger, head: Checkpoint) -> None:
    found = proven(stored, head, since=100, indexes=[0, 7, 299])
    leaves = list(stored.recorder.leaves(0, 301))
    check_inclusion(300, 301, leaf_hash(found.seal), found.seal_proof, head.root)
    assert found.consistency is not None
    assert found.inclusion is not None
    check_many([0, 7, 299], 301, [leaves[n] for n in (0, 7, 299)], found.inclusion, head.root)
    check_consistency(100, 301, found.consistency, root(leaves[:100]), head.root)
    check_tags(found.tags.places, found.tags.nodes, read_seal(found.seal).root)
    held = {tag: found.tags.places[tag_key(tag)] for tag in TAGS}
    counts = {
        tag: place.stream.count if place.key == tag_key(tag) and place.stream else 0 for tag, place in held.items()
    }
    assert counts == {"patient:P0": 100, "patient:P1": 100, "session:S3": 1, "session:S404": 0}


def test_what_is_not_asked_for_is_not_there(stored: StoredLedger, head: Checkpoint) -> None:
    found = proven(stored, head)
    assert (found.consistency, found.inclusion) == (None, None)
    assert proven(stored, head, indexes=[]).inclusion is None


def test_the_index_of_a_newer_seal_proves_nothing_of_an_older_one(stored: StoredLedger, head: Checkpoint) -> None:
    stored.grow(1)
    assert prove(stored.recorder.connections, head, TAGS) is not None, "what came in since is not sealed yet"
    stored.checkpoints.sealing.seal(NOW)
    assert prove(stored.recorder.connections, head, TAGS) is None


def test_a_checkpoint_without_a_seal(stored: StoredLedger, head: Checkpoint) -> None:
    """Of before there were seals."""
    assert prove(stored.recorder.connections, replace(head, size=300), TAGS) is None


@pytest.mark.parametrize("table", ["index_tags", "index_nodes", "index_state"])
def test_a_dropped_table(stored: StoredLedger, head: Checkpoint, table: str) -> None:
    connection = sqlite3.connect(stored.path, isolation_level=None)
    connection.execute(f"DROP TABLE {table}")
    connection.close()
    assert prove(stored.recorder.connections, head, TAGS) is None


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE index_tags SET count = count + 1",
        "UPDATE index_tags SET frontier = zeroblob(length(frontier))",
        "DELETE FROM index_tags",
        "UPDATE index_nodes SET hash = zeroblob(32)",
        "UPDATE index_nodes SET hash = x'00'",
        "UPDATE tree SET hash = zeroblob(32)",
    ],
)
def test_damaged_tables_prove_nothing(stored: StoredLedger, head: Checkpoint, damage: str) -> None:
    connection = sqlite3.connect(stored.path, isolation_level=None)
    connection.execute(damage)
    connection.close()
    with pytest.raises(KeptDamaged):
        prove(stored.recorder.connections, head, TAGS)


def test_a_connection_in_trouble_is_not_lent_again(stored: StoredLedger, head: Checkpoint) -> None:
    test_damaged_tables_prove_nothing(stored, head, "DELETE FROM index_tags")
    stored.checkpoints.sealing.rebuild()
    assert prove(stored.recorder.connections, head, TAGS) is not None


KEPT = [
    "UPDATE tree SET hash = zeroblob(32)",
    "UPDATE tree SET hash = x'00'",
    "UPDATE tree SET hash = x''",
    "DELETE FROM tree",
    "DROP TABLE tree",
]


@pytest.mark.parametrize("damage", ["SELECT 1", *KEPT])
def test_nodes_are_of_the_leaves_where_those_kept_do_not_hold(
    stored: StoredLedger, head: Checkpoint, damage: str
) -> None:
    stored.damage(damage)
    old = root(list(stored.recorder.leaves(0, 257)))
    tried: list[list[bytes]] = []

    def check(nodes: list[bytes]) -> None:
        tried.append(nodes)
        check_consistency(257, 301, nodes, old, head.root)

    nodes = proof_nodes(stored.recorder.connections, consistency_ranges(257, 301), check)
    check_consistency(257, 301, nodes, old, head.root)
    assert tried[-1] == nodes
    assert len(tried) == (2 if "zeroblob" in damage else 1), "a row that is no hash is not even tried"


def test_what_the_leaves_do_not_lead_to_either(stored: StoredLedger, head: Checkpoint) -> None:
    def refuse(nodes: list[bytes]) -> None:
        raise ProofError("never")

    with pytest.raises(ProofError, match="never"):
        proof_nodes(stored.recorder.connections, [(0, 256)], refuse)
    stored.damage("DELETE FROM entries WHERE position = 300")
    with pytest.raises(Unsound, match=r"^entry-missing: index 299: "):
        proof_nodes(stored.recorder.connections, [(256, 300)], lambda nodes: None)


@pytest.mark.parametrize("damage", ["SELECT 1", *KEPT])
def test_the_root_at_every_size(stored: StoredLedger, head: Checkpoint, damage: str) -> None:
    stored.grow(20)
    stored.damage(damage)
    leaves = list(stored.recorder.leaves(0, 321))
    for size in (0, 1, 2, 255, 256, 257, 300, 301, 302, 310, 321):
        assert root_at(stored.recorder.connections, size, stored.checkpoints.open_kept) == root(leaves[:size])


class Leaves:
    """How many rows of `entries` a connection reads: what it executes is executed again, and counted."""

    def __init__(self, stored: StoredLedger) -> None:
        self._stored = stored
        self.read = 0

    def _count(self, statement: str) -> None:
        if "FROM entries" in statement:
            with closing(sqlite3.connect(self._stored.path)) as connection:
                self.read += len(connection.execute(statement).fetchall())

    def of_root(self, size: int) -> int:
        """That of the root at this size."""
        connections, self.read = self._stored.recorder.connections, 0
        with connections.read() as connection:
            connection.set_trace_callback(self._count)  # it is the idle one, which is lent next
        root_at(connections, size, self._stored.checkpoints.open_kept)
        with connections.read() as connection:
            connection.set_trace_callback(None)
        return self.read


@pytest.mark.parametrize("sizes", [(0, 3_001), (0, 1_000, 3_001)])
def test_a_root_costs_no_reading_of_the_log(stored: StoredLedger, sizes: tuple[int, ...]) -> None:
    """Wherever the size lies among those signed; behind the last one, what came since is read."""
    for before, size in itertools.pairwise(sizes):
        stored.grow(size - before - 1)
        stored.sign()
    stored.grow(20)
    leaves = Leaves(stored)
    read = {size: leaves.of_root(size) for size in (1, 255, 512, 999, 1_000, 1_001, 2_999, 3_000, 3_001, 3_002, 3_021)}
    assert max(read.values()) < 3 * WIDTH
    assert min(read[3_000], read[3_021]) > 0, "what is counted is counted"
    assert [read[size] for size in sizes[1:]] == [0] * (len(sizes) - 1), "that is signed"
    stored.damage("UPDATE tree SET hash = zeroblob(32)")
    assert leaves.of_root(2_999) > 3_000, "only damaged nodes have all leaves read"


def test_below_a_checkpoint_the_root_is_of_what_was_signed(stored: StoredLedger, head: Checkpoint) -> None:
    stored.damage("UPDATE entries SET leaf = zeroblob(32) WHERE position = 7", "DELETE FROM tree")
    for size in (200, 300):
        with pytest.raises(NotAsSigned, match="the first 301 leaves") as raised:
            root_at(stored.recorder.connections, size, stored.checkpoints.open_kept)
        assert raised.value.size == 301


@pytest.mark.parametrize(
    ("damage", "finding"),
    [
        ("UPDATE checkpoints SET note = replace(note, '301', '300')", "checkpoint-signature: checkpoint .size 301.: "),
        ("UPDATE checkpoints SET size = 290", "malformed: checkpoint .size 290.: the note is of size 301"),
        ("DELETE FROM entries WHERE position = 303", "entry-missing: index 302: "),
        ("DELETE FROM entries WHERE position > 302", "entry-missing: index 302: "),
    ],
)
def test_no_root_of_what_is_damaged(stored: StoredLedger, head: Checkpoint, damage: str, finding: str) -> None:
    stored.grow(5)
    stored.damage(damage)
    with pytest.raises(Unsound, match=f"^{finding}"):
        root_at(stored.recorder.connections, 305, stored.checkpoints.open_kept)


def test_a_root_that_the_leaves_do_not_have(stored: StoredLedger, head: Checkpoint) -> None:
    stored.grow(5)
    stored.damage("UPDATE entries SET leaf = zeroblob(32) WHERE position = 7", "DELETE FROM tree")
    with pytest.raises(ProofError, match="the first 301 leaves"):
        root_at(stored.recorder.connections, 305, stored.checkpoints.open_kept)
