"""What is signed next continues what was signed: of a long log by its kept nodes, held against the signed roots."""

import sqlite3

import pytest

from ledger.proof import Checkpoint, Frontier
from ledger.store.continuity import Continuity
from ledger.store.refusals import Unsound
from ledger.store.tree import Tree
from tests.invariants import root
from tests.store.stored import StoredLedger


@pytest.fixture
def grown(stored: StoredLedger) -> StoredLedger:
    """600 entries, the kept nodes of all of them."""
    stored.grow(600)
    connection = stored.recorder.connections.write()
    connection.executescript("CREATE TABLE tree (level INTEGER, n INTEGER, hash BLOB, PRIMARY KEY (level, n))")
    Tree(connection).grow(600)
    connection.close()
    return stored


def leaves(stored: StoredLedger) -> list[bytes]:
    return list(stored.recorder.leaves(0, stored.recorder.size()))


def signed(stored: StoredLedger, *sizes: int) -> list[Checkpoint]:
    return [Checkpoint("example.org/h1", size, root(leaves(stored)[:size])) for size in sizes]


@pytest.mark.parametrize("whole_entries", [0, 600])
@pytest.mark.parametrize("sizes", [(), (0,), (1,), (256,), (599,), (600,), (300, 512), (512, 300)])
def test_a_log_that_continues(grown: StoredLedger, sizes: tuple[int, ...], whole_entries: int) -> None:
    continued = Continuity(grown.recorder, whole_entries).check(600, signed(grown, *sizes))
    assert continued.frontier.root() == root(leaves(grown))
    assert continued.kept_fits


def test_gone_on_from_a_frontier(grown: StoredLedger) -> None:
    continuity = Continuity(grown.recorder)
    frontier, _ = continuity.check(500, [])
    for size in (500, 501, 600):
        extended, fits = continuity.extend(frontier, size)
        assert (extended.root(), fits) == (root(leaves(grown)[:size]), True)
    assert frontier.size == 500, "what was given stays as it is"


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE tree SET hash = zeroblob(32) WHERE n = 1",
        "UPDATE tree SET hash = x'00' WHERE n = 0",
        "INSERT OR REPLACE INTO tree SELECT level, 1, hash FROM tree WHERE n = 0",
    ],
)
def test_kept_nodes_that_lead_elsewhere_are_told_and_not_believed(grown: StoredLedger, damage: str) -> None:
    connection = sqlite3.connect(grown.path, isolation_level=None)
    connection.execute(damage)
    connection.close()
    continuity = Continuity(grown.recorder, 0)
    frontier, fits = continuity.check(600, signed(grown, 550))
    assert (frontier.root(), fits) == (root(leaves(grown)), False)
    extended, fits = continuity.extend(Frontier(), 600)
    assert (extended.root(), fits) == (root(leaves(grown)), False)


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        ("UPDATE entries SET data = x'00' WHERE position = 580", "entry-altered: index 579"),
        ("UPDATE entries SET leaf = zeroblob(32) WHERE position = 580", "entry-altered: index 579"),
        ("DELETE FROM entries WHERE position = 580", "entry-missing: index 579"),
        ("UPDATE entries SET tags = '[]' WHERE position = 580", "malformed: index 579"),
        ("UPDATE entries SET type = 'foo.v1' WHERE position = 580", "malformed: index 579: .* its type is 'foo.v1'"),
        ("UPDATE entries SET leaf = zeroblob(32) WHERE position = 545", "entry-altered: index 544"),
        (
            "UPDATE entries SET (leaf, data) = "
            "(SELECT leaf, data FROM entries WHERE position = 1) WHERE position = 545",
            "history-fork: log: the first 550 entries",
        ),
    ],
)
@pytest.mark.parametrize("whole_entries", [0, 600])
def test_what_is_not_what_it_was(grown: StoredLedger, damage: str, why: str, whole_entries: int) -> None:
    earlier = signed(grown, 550)
    grown.damage(damage)
    with pytest.raises(Unsound, match=f"{why}.*Nothing is signed; run `audit`"):
        Continuity(grown.recorder, whole_entries).check(600, earlier)


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        ("UPDATE entries SET data = x'00' WHERE position = 580", "entry-altered: index 579"),
        ("DELETE FROM entries WHERE position = 580", "entry-missing: index 579"),
        ("UPDATE entries SET tags = '[]' WHERE position = 580", "malformed: index 579"),
    ],
)
def test_what_came_in_between_looking_and_sealing(grown: StoredLedger, damage: str, why: str) -> None:
    continuity = Continuity(grown.recorder)
    frontier, _ = continuity.check(500, [])
    grown.damage(damage)
    with pytest.raises(Unsound, match=why):
        continuity.extend(frontier, 600)


def test_two_paths_that_part(grown: StoredLedger) -> None:
    continuity = Continuity(grown.recorder)
    frontier, _ = continuity.check(500, [])
    flipped = Frontier(500, [bytes(32), *frontier.nodes[1:]])
    with pytest.raises(Unsound, match=r"^malformed: log: two ways to derive the root of 600 entries"):
        continuity.extend(flipped, 600)


def test_the_bytes_of_old_entries_are_for_audits(grown: StoredLedger) -> None:
    """Of a long log: their leaves are signed already, and only they are asked."""
    earlier = signed(grown, 550)
    grown.damage("UPDATE entries SET data = x'00' WHERE position = 3")
    assert Continuity(grown.recorder, 0).check(600, earlier).kept_fits
    with pytest.raises(Unsound, match="entry-altered: index 2"):
        Continuity(grown.recorder, 600).check(600, earlier)


@pytest.mark.parametrize("whole_entries", [0, 600])
def test_a_log_that_became_shorter(grown: StoredLedger, whole_entries: int) -> None:
    longer = Checkpoint("example.org/h1", 601, bytes(32))
    with pytest.raises(Unsound, match="checkpoint-rollback: log: the ledger has 600 entries"):
        Continuity(grown.recorder, whole_entries).check(600, [longer])


@pytest.mark.parametrize("whole_entries", [0, 600])
def test_another_root_than_signed(grown: StoredLedger, whole_entries: int) -> None:
    forked = Checkpoint("example.org/h1", 300, bytes(32))
    with pytest.raises(Unsound, match="history-fork: log: the first 300 entries"):
        Continuity(grown.recorder, whole_entries).check(600, [*signed(grown, 550), forked])
