"""The index, however it grew, is that of all entries, as FORMAT.md says it."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.proof import check_tags, prove_tags, tag_key
from ledger.store.connections import Connections
from ledger.store.index import IndexDamaged, grow_index, index_state
from ledger.store.index_building import build_index, install_index
from ledger.store.index_tables import KEPT_ABOVE, IndexTables, State
from ledger.store.refusals import Unsound
from ledger.store.schema import LOG
from tests.invariants import index_root

Log = Sequence[Sequence[str]]
"""The tags of each entry."""


def open_log(path: Path, log: Log) -> sqlite3.Connection:
    sqlite3.connect(path).close()
    connection = Connections(path).write()
    connection.executescript(LOG)
    connection.execute("PRAGMA synchronous = OFF")
    append(connection, log)
    return connection


def append(connection: sqlite3.Connection, log: Log) -> None:
    (head,) = connection.execute("SELECT coalesce(max(position), 0) FROM entries").fetchone()
    connection.execute("BEGIN")
    for position, tags in enumerate(log, head + 1):
        spelled, data = spell(position, tags)
        leaf = sha256(b"\x00" + data).digest()
        connection.execute("INSERT INTO entries VALUES (?, 't', ?, ?, ?)", (position, spelled, leaf, data))
        connection.executemany("INSERT INTO tags VALUES (?, ?, 't')", [(tag, position) for tag in dict.fromkeys(tags)])
    connection.execute("COMMIT")


def spell(position: int, tags: Sequence[str]) -> tuple[str, bytes]:
    """An entry's tags and all its bytes, as far as the index looks into them."""
    spelled = json.dumps(tags, separators=(",", ":"), ensure_ascii=False)
    head = b'{"format":"treatment-ledger/1","type":"t","appended_at":"2021-03-01T15:31:02.123456+08:00"'
    return spelled, head + b',"tags":%b,"fact":{"n":%d}}' % (spelled.encode(), position)


def naive(log: Log) -> State:
    """What the index of these entries must be."""
    leaves = (sha256(b"\x00" + spell(n, tags)[1]).digest() for n, tags in enumerate(log, 1))
    return State(len(log), *index_root(list(zip(log, leaves, strict=True))))


def grow(connection: sqlite3.Connection, upto: int) -> State:
    connection.execute("BEGIN IMMEDIATE")
    try:
        state = grow_index(connection, upto)
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    return state


def rows(connection: sqlite3.Connection) -> list[list[tuple[object, ...]]]:
    """The tables, all of them."""
    return [
        connection.execute(f"SELECT * FROM main.{table} ORDER BY 1").fetchall()
        for table in ("index_tags", "index_nodes", "index_state")
    ]


LOGS = st.lists(
    st.lists(st.integers(0, 150).map(lambda n: f"patient:P{n}"), min_size=1, max_size=6, unique=True), max_size=60
)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(LOGS, st.lists(st.integers(0, 60), max_size=4))
def test_in_whatever_steps_it_grows(tmp_path_factory: pytest.TempPathFactory, log: Log, steps: list[int]) -> None:
    """The same rows, and the root of the naive reading, at every step; built at once, the same."""
    connection = open_log(tmp_path_factory.mktemp("index") / "log", log)
    for size in sorted({*(step for step in steps if step < len(log)), len(log)}):
        assert grow(connection, size) == index_state(connection) == naive(log[:size])
    grown = rows(connection)
    for size in {len(log), len(log) // 2}:
        assert build_index(connection, size) == naive(log[:size])
        connection.execute("BEGIN")
        install_index(connection)
        connection.execute("COMMIT")
        assert grow(connection, len(log)) == naive(log)
        assert rows(connection) == grown
    connection.close()


@settings(max_examples=40, deadline=None)
@given(LOGS, st.sets(st.integers(0, 200), min_size=1, max_size=5))
def test_what_it_proves(tmp_path_factory: pytest.TempPathFactory, log: Log, asked: set[int]) -> None:
    connection = open_log(tmp_path_factory.mktemp("index") / "log", log)
    state = grow(connection, len(log))
    keys = [tag_key(f"patient:P{n}") for n in asked]
    places, nodes = prove_tags(keys, IndexTables(connection).look)
    check_tags(places, nodes, state.root)
    for n in asked:
        key = tag_key(f"patient:P{n}")
        count = sum(f"patient:P{n}" in tags for tags in log)
        held = places[key].stream if places[key].key == key else None
        assert (held.count if held else 0) == count
    connection.close()


MANY = [[f"patient:P{n % 40}", f"session:S{n}"] for n in range(200)]


@pytest.fixture
def grown(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A log of 200 entries, 240 tags, the index of the first 190."""
    connection = open_log(tmp_path / "log", MANY)
    assert grow(connection, 190) == naive(MANY[:190])
    yield connection
    connection.close()


def test_only_larger_subtrees_have_rows(grown: sqlite3.Connection) -> None:
    tags, nodes, _ = rows(grown)
    assert len(tags) == 40 + 190
    assert len(tags) / KEPT_ABOVE / 2 <= len(nodes) <= 2 * len(tags) / KEPT_ABOVE + 8


@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM index_state",
        "UPDATE index_state SET covers = 180",
        "UPDATE index_state SET root = zeroblob(32)",
        "UPDATE index_tags SET frontier = zeroblob(32) WHERE count = 1",
        "UPDATE index_tags SET count = count + 1",
        "UPDATE index_nodes SET hash = zeroblob(32)",
        "DELETE FROM index_tags",
        "DELETE FROM index_nodes",
        "DELETE FROM index_nodes WHERE prefix = x'00'",
        "DELETE FROM index_nodes WHERE prefix != x'00'",
        "DELETE FROM index_state; DELETE FROM index_tags",
        "DELETE FROM index_state; DELETE FROM index_nodes",
        "UPDATE index_tags SET frontier = x'00'",
        "DROP TABLE index_tags",
    ],
)
def test_damaged_tables_are_never_built_upon(grown: sqlite3.Connection, damage: str) -> None:
    grown.executescript(damage)
    with pytest.raises(IndexDamaged):
        grow(grown, 200)


def test_one_damaged_row_that_an_update_touches(grown: sqlite3.Connection) -> None:
    grown.execute("UPDATE index_tags SET frontier = zeroblob(32 * (count & 1) + 32 * (count >> 1 & 1) + "
                  "32 * (count >> 2 & 1)) WHERE key = ?", (tag_key("patient:P35"),))  # fmt: skip
    assert grow(grown, 195) == naive(MANY[:195]), "P30 to P34: not touched"
    with pytest.raises(IndexDamaged):
        grow(grown, 200)


def test_a_log_shorter_than_the_index(grown: sqlite3.Connection) -> None:
    with pytest.raises(IndexDamaged, match="kept index: it is of 190 entries, the log has 180"):
        grow(grown, 180)


def test_all_dropped_is_begun_anew(grown: sqlite3.Connection) -> None:
    grown.executescript("DROP TABLE index_tags; DROP TABLE index_nodes; DROP TABLE index_state")
    assert index_state(grown) is None
    assert grow(grown, 200) == naive(MANY)


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        ("DELETE FROM entries WHERE position = 195", "entry-missing: index 194: there is no entry"),
        ("DELETE FROM entries WHERE position = 200", "entry-missing: index 199: there is no entry"),
        ("UPDATE entries SET tags = 'rubbish' WHERE position = 195", "malformed: index 194: the column beside the "),
        ("UPDATE entries SET tags = '{}' WHERE position = 195", "malformed: index 194: the column beside the entry"),
        ("UPDATE entries SET tags = char(55296) WHERE position = 195", "malformed: index 194: the column beside the "),
        # An entry hidden from its tags, in the column and in the tag index alike: the bytes tell.
        (
            "UPDATE entries SET tags = '[\"id:zzz\"]' WHERE position = 195; DELETE FROM tags WHERE position = 195",
            r"malformed: index 194: the column beside the entry says that its tags are '\[\"id:zzz\"\]', its bytes do",
        ),
        ("UPDATE entries SET data = x'00' WHERE position = 195", "entry-altered: index 194: its stored bytes hash to"),
        # The same in the columns of type, by which reads go as well.
        (
            "UPDATE entries SET type = 'u' WHERE position = 195; UPDATE tags SET type = 'u' WHERE position = 195",
            "malformed: index 194: the column beside the entry says that its type is 'u', its bytes do not",
        ),
        ("UPDATE entries SET type = char(55296) WHERE position = 195", "malformed: index 194: the column beside the "),
        (
            "UPDATE tags SET type = 'u' WHERE position = 195 AND tag = 'patient:P34'",
            r"index-mismatch: patient:P34: of the entries from index 190 to 199 the tag index has index 194 \('u'\), "
            r"where index 194 \('t'\) bears it",
        ),
        # As many rows as there must be, and one of them at another new entry.
        (
            "UPDATE tags SET position = 196 WHERE position = 195 AND tag = 'patient:P34'",
            r"index-mismatch: patient:P34: .* the tag index has index 195 \('t'\), where index 194 \('t'\) bears it",
        ),
        (
            "UPDATE entries SET data = CAST(replace(data, 'P34', 'P35') AS BLOB) WHERE position = 195",
            "entry-altered: index 194",
        ),
        (
            "DELETE FROM tags WHERE position = 195 AND tag = 'patient:P34'",
            "index-mismatch: patient:P34: of the entries from index 190 to 199 the tag index has 0, 1 bear it",
        ),
        (
            "INSERT INTO tags VALUES ('patient:P34', 196, 't')",
            "index-mismatch: patient:P34: of the entries from index 190 to 199 the tag index has 2, 1 bear it",
        ),
    ],
)
def test_entries_that_cannot_be_taken_in(grown: sqlite3.Connection, damage: str, why: str) -> None:
    grown.executescript(damage)
    with pytest.raises(Unsound, match=why):
        grow(grown, 200)
    assert index_state(grown) == naive(MANY[:190])


def test_a_tag_twice_on_an_entry_counts_once(tmp_path: Path) -> None:
    connection = open_log(tmp_path / "log", [["a:1", "a:1", "b:2"]])
    leaf = sha256(b"\x00" + spell(1, ["a:1", "a:1", "b:2"])[1]).digest()
    assert grow(connection, 1) == State(1, *index_root([(["a:1", "b:2"], leaf)]))
    connection.close()
