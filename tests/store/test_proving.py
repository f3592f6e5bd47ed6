"""Proofs under a checkpoint are of its own seal, or there are none."""

import sqlite3
from dataclasses import replace

import pytest

from ledger.proof import (
    Checkpoint,
    check_consistency,
    check_inclusion,
    check_many,
    check_tags,
    leaf_hash,
    open_checkpoint,
    tag_key,
)
from ledger.store.proving import KeptDamaged, Proven, prove
from ledger.store.schema import read_identity
from ledger.store.sealing import read_seal
from tests.invariants import root
from tests.store.stored import NOW, StoredLedger

TAGS = ["patient:P0", "patient:P1", "session:S3", "session:S404"]


@pytest.fixture
def head(stored: StoredLedger) -> Checkpoint:
    """The checkpoint of 301 entries."""
    stored.grow(300)
    return open_checkpoint(stored.sign(), read_identity(stored.path).vkey)


def proven(stored: StoredLedger, head: Checkpoint, **besides: object) -> Proven:
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
