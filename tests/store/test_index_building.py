"""Built at once: from the tag index, which must be what the entries bear. (That it is the same index: test_index.)"""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.proof import Frontier, stream_leaf, tag_key
from ledger.store.index_building import build_index, install_index, stream_leaves, streams_of
from ledger.store.index_tables import Held
from ledger.store.refusals import Unsound
from tests.store.test_index import append, naive, open_log, rows

ROOT = Path(__file__).parents[2]
LOG = [[f"patient:P{n % 7}", f"session:S{n // 3}"] for n in range(100)]


@pytest.fixture
def log(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = open_log(tmp_path / "log", LOG)
    yield connection
    connection.close()


@pytest.mark.parametrize("count", [1, 2, 3, 8, 100])
def test_streams_are_those_of_a_frontier(count: int) -> None:
    leaves = [bytes([n]) * 32 for n in range(count)]
    joined = stream_leaves(enumerate(leaves, 1))
    assert joined == b"".join(stream_leaf(n, leaf) for n, leaf in enumerate(leaves))
    frontier = Frontier()
    frontier.extend(stream_leaf(n, leaf) for n, leaf in enumerate(leaves))
    all_ = Held(tag_key("a:1"), count, b"".join(frontier.nodes))
    last = Held(tag_key("b:2"), 1, stream_leaf(count - 1, leaves[-1]))
    tags = [("a:1", n) for n in range(1, count + 1)] + [("b:2", count)]
    for buffer in (joined, bytes(joined), memoryview(joined)):
        assert list(streams_of(tags, buffer)) == [all_, last]
    assert list(streams_of([], joined)) == []


@pytest.mark.parametrize("leaves", [[(2, bytes(32))], [(1, bytes(32)), (3, bytes(32))], [(1, bytes(31))]])
def test_leaves_that_are_not_all_there(leaves: list[tuple[int, bytes]]) -> None:
    with pytest.raises(Unsound):
        stream_leaves(leaves)


def test_nothing_is_put_in_place_before_it_is_told(log: sqlite3.Connection) -> None:
    """Others may write meanwhile: what comes in later is not in it."""
    state = build_index(log, 100)
    assert log.execute("SELECT count(*) FROM main.sqlite_master WHERE name LIKE 'index%'").fetchone() == (0,)
    append(log, [["patient:P1"]])
    log.execute("BEGIN IMMEDIATE")
    install_index(log)
    log.execute("COMMIT")
    assert state == naive(LOG)
    assert len(rows(log)[0]) == state.tags


def test_progress_goes_up_to_all(log: sqlite3.Connection) -> None:
    seen: list[tuple[int, int]] = []
    build_index(log, 100, lambda done, total: seen.append((done, total)))
    assert seen[-1] == (200, 200)
    assert seen == sorted(seen)


@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM tags WHERE tag = 'patient:P3' AND position = 11",
        "INSERT INTO tags VALUES ('patient:P3', 10, 't')",
        "UPDATE tags SET tag = 'patient:P9' WHERE tag = 'patient:P3' AND position = 11",
        "UPDATE tags SET position = 12 WHERE tag = 'patient:P3' AND position = 11",
        # Two rows that change places: as many, the same tags, the same positions.
        "UPDATE tags SET position = 11 WHERE tag = 'patient:P0' AND position = 1;"
        "UPDATE tags SET position = 1 WHERE tag = 'patient:P3' AND position = 11",
    ],
)
def test_a_tag_index_that_is_not_what_the_entries_bear(log: sqlite3.Connection, damage: str) -> None:
    log.executescript(damage)
    with pytest.raises(Unsound, match="index-mismatch: tag index: it does not have the tags that the entries bear"):
        build_index(log, 100)


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        (
            "UPDATE entries SET tags = '[\"patient:P3\"]' WHERE position = 11",
            "malformed: index 10: the column beside the ",
        ),
        # Column and tag index agree, and the entry is hidden: what was hashed tells.
        (
            "UPDATE entries SET tags = '[\"id:zzz\"]' WHERE position = 11; DELETE FROM tags WHERE position = 11;"
            "INSERT INTO tags VALUES ('id:zzz', 11, 't')",
            "malformed: index 10: the column beside the entry says",
        ),
        ("UPDATE entries SET tags = CAST(x'ff' AS TEXT) WHERE position = 11", "malformed: index 10: the column beside"),
        (
            "UPDATE entries SET data = x'00' WHERE position = 11",
            "entry-altered: index 10: its stored bytes do not hash",
        ),
    ],
)
def test_what_is_sealed_are_the_tags_that_were_hashed(log: sqlite3.Connection, damage: str, why: str) -> None:
    log.executescript(damage)
    with pytest.raises(Unsound, match=why):
        build_index(log, 100)


def test_nobody_can_foretell_what_tags_sum_up_to() -> None:
    """Else rows could be exchanged for others of the same sum; also where Python's own hashes are told beforehand."""
    program = "from ledger.store.index_building import _mixed; print(hash('a:1'), _mixed('a:1', 1))"
    command = [sys.executable, "-c", program]
    told = os.environ | {"PYTHONHASHSEED": "0"}
    runs = [subprocess.run(command, env=told, cwd=ROOT, capture_output=True, text=True, check=True) for _ in range(2)]
    (plain, mixed), (plain_again, mixed_again) = (run.stdout.split() for run in runs)
    assert plain == plain_again
    assert mixed != mixed_again


@pytest.mark.parametrize("position", [1, 50, 100])
def test_an_entry_that_is_missing(log: sqlite3.Connection, position: int) -> None:
    log.execute("DELETE FROM entries WHERE position = ?", (position,))
    with pytest.raises(Unsound, match=f"entry-missing: index {position - 1}: there is no entry"):
        build_index(log, 100)


def test_of_nothing(log: sqlite3.Connection) -> None:
    assert build_index(log, 0) == naive([])
