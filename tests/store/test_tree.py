"""Kept nodes give the roots that the leaves give, however many of them there are."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.proof import consistency_ranges, inclusion_ranges, many_ranges
from ledger.store.refusals import StoreError
from ledger.store.schema import LOG, create_projections
from ledger.store.sealing import Sealing
from ledger.store.tree import Tree, forget_tree
from tests.invariants import root
from tests.store.stored import StoredLedger, spell_seal

COUNT = 70_000
LEAVES = [sha256(b"%d" % n).digest() for n in range(COUNT)]


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    """A log of 70,000 leaves, the nodes of the first 69,000 kept: two levels of them."""
    connection = sqlite3.connect(tmp_path_factory.mktemp("tree") / "log", isolation_level=None)
    connection.executescript(LOG)
    create_projections(connection)
    connection.execute("BEGIN")
    connection.executemany(
        "INSERT INTO entries VALUES (?, 't', '[]', ?, x'')", ((n, leaf) for n, leaf in enumerate(LEAVES, 1))
    )
    Tree(connection).grow(69_000)
    connection.execute("COMMIT")
    yield connection
    connection.close()


SIZES = [1, 2, 3, 255, 256, 257, 511, 512, 65_535, 65_536, 65_537, 65_792, 68_863, 68_864, 69_000, 69_121, COUNT]


def test_nodes_are_kept_of_full_subtrees_only(connection: sqlite3.Connection) -> None:
    kept = connection.execute("SELECT level, count(*), max(n) FROM tree GROUP BY level").fetchall()
    assert kept == [(1, 269, 268), (2, 1, 0)]
    assert Tree(connection).held() == 269 * 256


@pytest.mark.parametrize("size", SIZES)
def test_roots(connection: sqlite3.Connection, size: int) -> None:
    expected = root(LEAVES[:size])
    assert Tree(connection).root(size) == Tree(connection, kept=False).root(size) == expected
    assert Tree(connection).frontier(size).root() == expected


def test_the_root_of_nothing(connection: sqlite3.Connection) -> None:
    assert Tree(connection).root(0) == Tree(connection).frontier(0).root() == sha256(b"").digest()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_nodes_of_proofs(connection: sqlite3.Connection, data: st.DataObject) -> None:
    size = data.draw(st.sampled_from(SIZES) | st.integers(1, COUNT))
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, size))
    some = sorted(data.draw(st.sets(st.integers(0, size - 1), min_size=1, max_size=5)))
    for ranges in (inclusion_ranges(index, size), consistency_ranges(old, size), many_ranges(some, size)):
        assert Tree(connection).nodes(ranges) == [root(LEAVES[start:end]) for start, end in ranges]


def test_it_reads_few_rows_however_long_the_log_is(connection: sqlite3.Connection) -> None:
    read = 0

    def count(*asked: object) -> int:
        nonlocal read
        read += 1
        return 0

    ranges = inclusion_ranges(12_345, 69_000)
    connection.set_progress_handler(count, 10)  # called every ten steps of SQLite's machine; a row takes about five
    Tree(connection).nodes(ranges)
    connection.set_progress_handler(None, 0)
    assert 0 < read < 2_000, "all leaves would be more than 30,000"


@pytest.mark.parametrize("damage", ["DELETE FROM tree WHERE n = 3", "DELETE FROM tree", "DROP TABLE tree"])
def test_missing_rows_are_worked_out(connection: sqlite3.Connection, damage: str) -> None:
    connection.execute("BEGIN")
    connection.execute(damage)
    assert Tree(connection).root(69_121) == root(LEAVES[:69_121])
    connection.execute("ROLLBACK")


def rows(connection: sqlite3.Connection) -> list[tuple[int, int, bytes]]:
    return connection.execute("SELECT * FROM tree ORDER BY level, n").fetchall()


@pytest.mark.parametrize(
    ("missing", "held"),
    [
        ("level = 1 AND n = 0", 0),
        ("level = 1 AND n BETWEEN 7 AND 260", 7),
        ("level = 1 AND n IN (100, 200, 268)", 100),
        ("level = 1 AND n = 268", 268),
        ("level = 1 AND n < 268", 0),
        ("level = 1", 0),
        ("level = 2", 269),
        ("n < (SELECT max(n) FROM tree AS t WHERE t.level = tree.level)", 0),
    ],
)
def test_what_is_missing_among_the_kept_is_made_again(connection: sqlite3.Connection, missing: str, held: int) -> None:
    """Else the leaves under it are read at each signing, for ever."""
    connection.execute("BEGIN")
    kept = rows(connection)
    connection.execute(f"DELETE FROM tree WHERE {missing}")
    tree = Tree(connection)
    tree.prune(69_000)
    assert tree.held() == held * 256
    tree.grow(69_000)
    assert rows(connection) == kept
    connection.execute("ROLLBACK")


def test_what_is_kept_is_in_the_ledger_itself(connection: sqlite3.Connection) -> None:
    """A temporary table of the same name is another one."""
    connection.execute("CREATE TEMP TABLE tree (level, n, hash)")
    connection.execute("BEGIN")
    connection.executemany("INSERT INTO temp.tree VALUES (1, ?, x'00')", ((n,) for n in range(270)))
    kept = connection.execute("SELECT * FROM main.tree ORDER BY level, n").fetchall()
    tree = Tree(connection)
    assert tree.root(69_000) == root(LEAVES[:69_000])
    forget_tree(connection)
    assert connection.execute("SELECT count(*) FROM main.tree").fetchone() == (0,)
    tree.grow(69_000)
    assert tree.held() == 269 * 256
    assert connection.execute("SELECT * FROM main.tree ORDER BY level, n").fetchall() == kept
    connection.execute("DELETE FROM main.tree WHERE level = 1 AND n = 200")
    tree.prune(69_000)
    assert tree.held() == 200 * 256
    tree.prune(100 * 256)
    assert tree.held() == 100 * 256
    assert connection.execute("SELECT count(*) FROM temp.tree").fetchone() == (270,)
    connection.execute("ROLLBACK")
    connection.execute("DROP TABLE temp.tree")


def test_growing_costs_the_same_however_many_are_kept(tmp_path: Path) -> None:
    def steps(nodes: int) -> int:
        """Of SQLite's machine, by tens, where nothing is to be added or dropped."""
        with closing(sqlite3.connect(tmp_path / f"{nodes}", isolation_level=None)) as connection:
            create_projections(connection)
            of_level = [(level, n) for level in (1, 2) for n in range(nodes >> 8 * (level - 1))]
            connection.execute("BEGIN")
            connection.executemany("INSERT INTO tree VALUES (?, ?, x'00')", of_level)
            connection.execute("COMMIT")
            counted = 0

            def count() -> int:
                nonlocal counted
                counted += 1
                return 0

            connection.set_progress_handler(count, 10)
            Tree(connection).grow(nodes * 256)
            connection.set_progress_handler(None, 0)
            assert connection.execute("SELECT count(*) FROM tree").fetchone() == (len(of_level),)
            return counted

    assert steps(300) == steps(30_000)


def test_growing_in_steps_is_growing_at_once(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN")
    kept = rows(connection)
    forget_tree(connection)
    tree = Tree(connection)
    for size in (0, 1, 255, 256, 256, 1_000, 66_000, 69_000):
        tree.grow(size)
        assert tree.held() == size // 256 * 256
    assert rows(connection) == kept
    connection.execute("ROLLBACK")


@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM entries WHERE position = 69100",
        "UPDATE tree SET hash = x'00' WHERE level = 2",
    ],
)
def test_what_cannot_be_read_is_told(connection: sqlite3.Connection, damage: str) -> None:
    connection.execute("BEGIN")
    connection.execute(damage)
    with pytest.raises(StoreError):
        Tree(connection).root(69_121)
    connection.execute("ROLLBACK")


def test_without_a_table_there_is_nothing_to_forget(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "log")
    forget_tree(connection)
    connection.close()


def test_nodes_of_no_leaves_are_not_kept_when_it_grows(tmp_path: Path) -> None:
    """They would be believed when the log gets so far."""
    connection = sqlite3.connect(tmp_path / "log", isolation_level=None)
    connection.executescript(LOG)
    create_projections(connection)
    rows = ((n, leaf) for n, leaf in enumerate(LEAVES[:600], 1))
    connection.execute("BEGIN")
    connection.executemany("INSERT INTO entries VALUES (?, 't', '[]', ?, x'')", rows)
    connection.execute("COMMIT")
    Tree(connection).grow(300)
    planted = [(1, 1), (1, 2), (1, -1), (0, 0), (-1, 0), (2, 0), (2**63 - 1, 2**63 - 1)]
    connection.executemany("INSERT INTO tree VALUES (?, ?, x'')", planted)
    Tree(connection).grow(300)
    assert connection.execute("SELECT level, n FROM tree").fetchall() == [(1, 0)]
    Tree(connection).grow(600)
    assert connection.execute("SELECT level, n FROM tree").fetchall() == [(1, 0), (1, 1)]
    assert Tree(connection).root(600) == root(LEAVES[:600])
    connection.close()


class Counting(Sealing):
    """How many nodes are kept at each commit."""

    def __init__(self, stored: StoredLedger) -> None:
        super().__init__(stored.recorder, spell_seal)
        self.kept: list[int] = []

    def commit(self, connection: sqlite3.Connection) -> None:
        self.kept += connection.execute("SELECT count(*) FROM main.tree").fetchone()
        super().commit(connection)


def test_signing_makes_missing_nodes_again_in_steps(stored: StoredLedger, monkeypatch: pytest.MonkeyPatch) -> None:
    """Under one lock no more than a part of the log is hashed, also when much is missing."""
    monkeypatch.setattr("ledger.store.index_deriving._TREE_ENTRIES", 256)
    stored.grow(1_500)
    stored.sign()
    stored.grow(1)
    stored.damage("DELETE FROM tree WHERE n < 3")
    assert any(finding.where.startswith("tree 1/") for finding in stored.audit())
    stored.checkpoints.sealing = counting = Counting(stored)
    stored.sign()
    assert counting.kept[:5] == [1, 2, 3, 4, 5]
    assert stored.audit() == []
