"""The tables and triggers of a ledger's file: one thing that is not as we make it, a finding."""

import sqlite3

import pytest

from ledger.store.audit_schema import check_schema
from tests.store.stored import StoredLedger


@pytest.fixture
def signed(stored: StoredLedger) -> StoredLedger:
    """With every table that a ledger may have by and by, but witnesses'."""
    stored.grow(300)
    stored.sign()
    return stored


def change(stored: StoredLedger, *statements: str) -> list[str]:
    """What the audit finds after these statements."""
    stored.damaged = True
    connection = sqlite3.connect(stored.path, isolation_level=None)
    for statement in statements:
        connection.execute(statement)
    connection.close()
    return [str(finding) for finding in stored.audit()]


def every_trigger() -> list[str]:
    return [
        f"{table}_no_{verb}" for table in ("entries", "tags", "ledger", "checkpoints") for verb in ("update", "delete")
    ]


@pytest.mark.parametrize("name", every_trigger())
def test_a_trigger_that_was_dropped(signed: StoredLedger, name: str) -> None:
    (found,) = change(signed, f"DROP TRIGGER {name}")
    assert found.startswith(f"malformed: trigger {name}: it is missing: what must only grow could be edited")


def test_every_trigger_dropped(signed: StoredLedger) -> None:
    found = change(signed, *(f"DROP TRIGGER {name}" for name in every_trigger()))
    assert [one.split(": ")[1] for one in found] == [f"trigger {name}" for name in sorted(every_trigger())]


@pytest.mark.parametrize(
    ("statements", "where"),
    [
        (["DROP TRIGGER tags_no_delete", "CREATE TRIGGER tags_no_delete BEFORE DELETE ON tags BEGIN SELECT 1; END"],
         "trigger tags_no_delete"),
        (["DROP TRIGGER tags_no_delete", "CREATE TRIGGER tags_no_delete BEFORE DELETE ON tree BEGIN "
          "SELECT RAISE(ABORT, 'tags can only grow: nothing in a ledger is edited or deleted'); END"],
         "trigger tags_no_delete"),
        (["CREATE TRIGGER more AFTER INSERT ON entries BEGIN SELECT 1; END"], "trigger more"),
        (["CREATE TABLE more (n)"], "table more"),
        (["CREATE INDEX more ON entries (type)"], "index more"),
        (["CREATE VIEW more AS SELECT 1"], "view more"),
        (["ALTER TABLE checkpoints ADD COLUMN more TEXT"], "table checkpoints"),
        (["ALTER TABLE tree ADD COLUMN more TEXT"], "table tree"),
        (["CREATE TABLE cosignatures (size, vkey, line)"], "table cosignatures"),
    ],
)  # fmt: skip
def test_what_is_another_or_was_added(signed: StoredLedger, statements: list[str], where: str) -> None:
    found = change(signed, *statements)
    assert f"malformed: {where}" in [": ".join(one.split(": ")[:2]) for one in found]
    assert all(one.startswith("malformed: ") for one in found), found


def test_the_same_in_another_spelling_is_the_same(signed: StoredLedger) -> None:
    """As SQLite spells a table that was renamed, or another day's program a comment."""
    connection = sqlite3.connect(signed.path, isolation_level=None)
    ((made,),) = connection.execute("SELECT sql FROM sqlite_master WHERE name = 'tree'")
    connection.execute("DROP TABLE tree")
    connection.execute(
        made.replace("CREATE TABLE tree", 'CREATE TABLE  "tree"').replace("NOT NULL,", "NOT NULL, -- !\n", 1)
    )
    assert list(check_schema(connection)) == []
    connection.execute("ANALYZE")
    assert list(check_schema(connection)) == []
    connection.close()
