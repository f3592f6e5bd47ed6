"""Built at once: from the tag index, which must be what the entries bear. (That it is the same index: test_index.)"""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.store.index_building import build_index, install_index
from ledger.store.refusals import Unsound
from tests.store.test_index import append, naive, open_log, rows

ROOT = Path(__file__).parents[2]
LOG = [[f"patient:P{n % 7}", f"session:S{n // 3}"] for n in range(100)]


@pytest.fixture
def log(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = open_log(tmp_path / "log", LOG)
    yield connection
    connection.close()


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


def test_temporary_are_the_tables_of_the_index_alone(log: sqlite3.Connection) -> None:
    """Any other would stand before the ledger's own of that name, and what is written there is thrown away."""
    build_index(log, 100)
    made = log.execute("SELECT name FROM temp.sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
    assert made == [("index_nodes",), ("index_state",), ("index_tags",)]


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
        # Reads go by the type that stands beside the tag.
        "UPDATE tags SET type = 'u' WHERE tag = 'patient:P3' AND position = 11",
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
        # The type, by which reads go as well: in both columns, so that they agree.
        (
            "UPDATE entries SET type = 'u' WHERE position = 11; UPDATE tags SET type = 'u' WHERE position = 11",
            "malformed: index 10: the column beside the entry says that its type is 'u', its bytes do not",
        ),
        (
            "UPDATE entries SET data = x'00' WHERE position = 11",
            "entry-altered: index 10: its stored bytes hash to",
        ),
    ],
)
def test_what_is_sealed_are_the_tags_that_were_hashed(log: sqlite3.Connection, damage: str, why: str) -> None:
    log.executescript(damage)
    with pytest.raises(Unsound, match=why):
        build_index(log, 100)


def test_a_type_that_makes_up_for_a_tag(log: sqlite3.Connection) -> None:
    """Written one behind the other, type and tag would be the same text."""
    append(log, [["name of:P1"]])
    for row in (("of:P1", "t name"), ("name of:P1", ""), ("t name of:P1", ""), ("name of:P1", " t")):
        log.execute("UPDATE tags SET tag = ?, type = ? WHERE position = 101", row)
        with pytest.raises(Unsound, match="index-mismatch: tag index: it does not have the tags that the entries bear"):
            build_index(log, 101)
        log.rollback()


def test_nobody_can_foretell_what_tags_sum_up_to() -> None:
    """Else rows could be exchanged for others of the same sum; also where Python's own hashes are told beforehand."""
    program = "from ledger.store.index_building import _mixed; print(hash('a:1'), _mixed('a:1', 1, b't'))"
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
