"""The tables and triggers of a ledger's file: what is not as we make it is a finding, and nothing is written."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from eventsourcing.dcb.api import DCBQuery, DCBQueryItem

from ledger.store.known_schema import check_schema, lacks_tables
from ledger.store.last_statements import Last, keep_last, read_last
from ledger.store.refusals import Unsound
from ledger.store.sqlite import SQLiteDCBRecorder
from tests.store.stored import StoredLedger, event

SWALLOWS = "CREATE TRIGGER {} BEFORE INSERT ON entries BEGIN SELECT RAISE(IGNORE); END"


@pytest.fixture
def signed(stored: StoredLedger) -> StoredLedger:
    """With every table that a ledger may have by and by, but witnesses'."""
    stored.grow(300)
    stored.sign()
    return stored


def change(stored: StoredLedger, *statements: str) -> list[str]:
    """What the audit finds after these statements."""
    stored.damaged = True
    with closing(sqlite3.connect(stored.path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)
    return [str(finding) for finding in stored.audit()]


def plant(path: Path, *statements: str, noticed: bool = True) -> None:
    """Change rows of the schema themselves; `noticed`: so that connections that are open read it again."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        for statement in statements:
            connection.execute(statement)
        (version,) = connection.execute("PRAGMA schema_version").fetchone()
        if noticed:
            connection.execute(f"PRAGMA schema_version = {version + 1}")


def row(kind: str, name: str, table: str, statement: str) -> str:
    """A statement that plants this row."""
    quoted = statement.replace("'", "''")
    return f"INSERT INTO sqlite_master VALUES ('{kind}', '{name}', '{table}', 0, '{quoted}')"


def wheres(stored: StoredLedger) -> list[str]:
    """What the audit names, and that all of it is malformed."""
    found = stored.audit()
    assert {finding.name for finding in found} <= {"malformed"}, found
    return [finding.where for finding in found]


def refuses(stored: StoredLedger, where: str) -> None:
    """Neither an entry nor a seal nor a signature comes of it; entries are read as before."""
    stored.damaged = True
    before = stored.recorder.size()
    with pytest.raises(Unsound, match=f"^malformed: {where}: .*Nothing is taken in and nothing is signed"):
        stored.grow(1)
    with pytest.raises(Unsound, match=f"^malformed: {where}: .*Nothing is taken in and nothing is signed"):
        stored.sign()
    assert stored.recorder.size() == before
    assert len(list(stored.recorder.rows(upto=before))) == before


def every_trigger() -> list[str]:
    return [
        f"{table}_no_{verb}" for table in ("entries", "tags", "ledger", "checkpoints") for verb in ("update", "delete")
    ]


@pytest.mark.parametrize("name", every_trigger())
def test_a_trigger_that_was_dropped(signed: StoredLedger, name: str) -> None:
    (found,) = change(signed, f"DROP TRIGGER {name}")
    assert found.startswith(f"malformed: trigger {name}: it is missing: what must only grow could be edited")
    refuses(signed, f"trigger {name}")


def test_every_trigger_dropped(signed: StoredLedger) -> None:
    found = change(signed, *(f"DROP TRIGGER {name}" for name in every_trigger()))
    assert [one.split(": ")[1] for one in found] == [f"trigger {name}" for name in sorted(every_trigger())]
    with pytest.raises(Unsound, match=r"^malformed: trigger checkpoints_no_delete: .* \(and 7 more\)"):
        signed.grow(1)


@pytest.mark.parametrize(
    ("statements", "where"),
    [
        (["DROP TRIGGER tags_no_delete", "CREATE TRIGGER tags_no_delete BEFORE DELETE ON tags BEGIN SELECT 1; END"],
         "trigger tags_no_delete"),
        (["DROP TRIGGER tags_no_delete", "CREATE TRIGGER tags_no_delete BEFORE DELETE ON tree BEGIN "
          "SELECT RAISE(ABORT, 'tags can only grow: nothing in a ledger is edited or deleted'); END"],
         "trigger tags_no_delete"),
        # A string under SQLite's double-quote rule, and no condition any more.
        (["DROP TRIGGER tags_no_delete", "CREATE TRIGGER tags_no_delete BEFORE DELETE ON tags BEGIN "
          "SELECT \"RAISE(ABORT, 'tags can only grow: nothing in a ledger is edited or deleted')\"; END"],
         "trigger tags_no_delete"),
        (["DROP TRIGGER tags_no_delete", "CREATE TRIGGER tags_no_delete BEFORE DELETE ON tags BEGIN "
          "SELECT RAISE(ABORT, 'tags can only grow:  nothing in a ledger is edited or deleted'); END"],
         "trigger tags_no_delete"),
        (["DROP TRIGGER tags_no_delete", "CREATE TRIGGER tags_no_delete BEFORE DELETE ON tags BEGIN "
          "SELECT RAISE(ABORT, 'tags can only grow: nothing in a ledger is edited or deleted -- \n'); END"],
         "trigger tags_no_delete"),
        (["CREATE TRIGGER more AFTER INSERT ON entries BEGIN SELECT 1; END"], "trigger more"),
        (["CREATE TABLE more (n)"], "table more"),
        (["CREATE TABLE more (n INTEGER PRIMARY KEY AUTOINCREMENT)"], "table sqlite_sequence"),
        (["CREATE VIRTUAL TABLE more USING fts4(n)"], "table more_content"),
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
    with pytest.raises(Unsound, match=r"^malformed: .*Nothing is taken in and nothing is signed"):
        signed.grow(1)


@pytest.mark.parametrize(
    ("kind", "name", "statement"),
    [
        ("trigger", "sqlite_x", SWALLOWS.format("sqlite_x")),
        ("trigger", "sqlite_autoindex_entries_1", SWALLOWS.format("sqlite_autoindex_entries_1")),
        ("trigger", "SQLITE_X", SWALLOWS.format("SQLITE_X")),
        ("view", "sqlite_v", "CREATE VIEW sqlite_v AS SELECT 1"),
    ],
)
def test_names_that_sqlite_keeps_for_itself(signed: StoredLedger, kind: str, name: str, statement: str) -> None:
    plant(signed.path, row(kind, name, name if kind == "view" else "entries", statement))
    assert wheres(signed) == [f"{kind} {name}"]
    refuses(signed, f"{kind} {name}")


def test_one_name_twice(signed: StoredLedger) -> None:
    """SQLite goes by the statement, and only newer ones refuse to open a file where the name beside it is another."""
    signed.damaged = True
    plant(signed.path, row("trigger", "entries_no_update", "entries", SWALLOWS.format("another")))
    with closing(sqlite3.connect(signed.path)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        found = [str(finding) for finding in check_schema(connection)]
    assert found[0] == "malformed: trigger entries_no_update: it is there 2 times; restore a backup"
    assert found[1].startswith("malformed: trigger entries_no_update: it is another than a ledger has: ")
    assert len(found) == 2


def test_a_statement_that_is_no_text(signed: StoredLedger) -> None:
    plant(signed.path, "UPDATE sqlite_master SET sql = CAST(sql AS BLOB) WHERE name = 'entries_no_update'")
    assert wheres(signed) == ["trigger entries_no_update"]
    refuses(signed, "trigger entries_no_update")


def test_what_is_planted_while_the_ledger_is_open(signed: StoredLedger) -> None:
    """Also where nothing tells the connections that are open: the next one to be opened would go by it."""
    signed.grow(1)
    plant(signed.path, row("trigger", "sqlite_x", "entries", SWALLOWS.format("sqlite_x")), noticed=False)
    refuses(signed, "trigger sqlite_x")


def test_a_log_that_is_no_ledger(recorder: SQLiteDCBRecorder) -> None:
    recorder.append([event(1)])
    plant(recorder.connections.path, row("trigger", "sqlite_x", "entries", SWALLOWS.format("sqlite_x")))
    with pytest.raises(Unsound, match=r"^malformed: trigger sqlite_x: "):
        recorder.append([event(2)])
    assert recorder.size() == 1


# --- an index that hides rows, or has others


def test_an_index_that_lacks_a_row_hides_nothing(signed: StoredLedger) -> None:
    session, patient = DCBQuery([DCBQueryItem(tags=["session:S7"])]), [("patient:P1", ("session-voided.v1",))]
    both = DCBQuery([DCBQueryItem(tags=["patient:P1", "session:S7"])])
    signed.damaged = True
    with closing(sqlite3.connect(signed.path, isolation_level=None)) as connection:
        connection.execute("CREATE INDEX more ON tags (tag, type, position) WHERE position <> 8")
        connection.execute("CREATE INDEX some ON entries (position, type, tags, leaf, data) WHERE position <> 8")
    shape = "UPDATE sqlite_master SET name = 'sqlite_{0}', sql = 'CREATE INDEX sqlite_{0} ON {1}' WHERE name = '{2}'"
    plant(
        signed.path,
        shape.format("y", "tags (tag, type, position)", "more"),
        shape.format("z", "entries (position, type, tags, leaf, data)", "some"),
    )
    assert wheres(signed) == ["index sqlite_y", "index sqlite_z"]
    refuses(signed, "index sqlite_y")
    with closing(sqlite3.connect(signed.path)) as connection:
        by_index = "SELECT position FROM tags WHERE tag = 'session:S7' AND type = 'session-voided.v1'"
        assert connection.execute(by_index).fetchall() == [], "the planner would take it"
    recorder = signed.recorder
    assert [found.position for found in recorder.rows(session, upto=300)] == [8]
    assert [found.position for found in recorder.rows(both, upto=300)] == [8]
    assert 8 in [found.position for found in recorder.streams([patient], upto=300)[0]]
    assert len(recorder.of_kind("session:", "session-voided.v1", upto=300)) == 300


def test_an_index_that_has_a_row_more_does_not_stand_for_the_tag_index(signed: StoredLedger) -> None:
    with closing(sqlite3.connect(signed.path, isolation_level=None)) as connection:
        connection.execute("CREATE INDEX more ON tags (tag, position, type)")
        kept = connection.execute("SELECT * FROM sqlite_master WHERE name = 'more'").fetchone()
    plant(signed.path, "DELETE FROM sqlite_master WHERE name = 'more'")
    signed.damage("DELETE FROM tags WHERE tag = 'session:S7'")
    plant(signed.path, f"INSERT INTO sqlite_master VALUES {kept!r}".replace("more", "sqlite_y"))
    assert [(found.name, found.where) for found in signed.audit()] == [
        ("malformed", "index sqlite_y"),
        ("index-mismatch", "index 7"),
    ]


def test_an_index_on_the_schema_hides_nothing_of_it(signed: StoredLedger) -> None:
    trigger = row("trigger", "sqlite_x", "entries", SWALLOWS.format("sqlite_x"))
    empty = "INSERT INTO sqlite_master SELECT 'index', 'sqlite_i', 'sqlite_master', rootpage, '{}' {}".format(
        "CREATE INDEX sqlite_i ON sqlite_master (type, name, tbl_name, sql)",
        "FROM sqlite_master WHERE name = 'more'",
    )
    with closing(sqlite3.connect(signed.path, isolation_level=None)) as connection:
        connection.execute("CREATE TABLE base (type, name, tbl_name, rootpage, sql)")
        connection.execute("CREATE INDEX more ON base (type, name, tbl_name, sql)")
    plant(signed.path, trigger, empty, "DELETE FROM sqlite_master WHERE name IN ('more', 'base')")
    with closing(sqlite3.connect(signed.path)) as connection:
        hidden = connection.execute("SELECT type, name FROM sqlite_master ORDER BY type, name").fetchall()
        assert hidden == [], "the planner would take it"
    assert wheres(signed) == ["index sqlite_i", "trigger sqlite_x"]
    refuses(signed, "index sqlite_i")


# --- what becomes of files in real life


def test_the_same_in_another_spelling_is_the_same(signed: StoredLedger) -> None:
    """As SQLite spells a table that was renamed, or another day's program a comment."""
    connection = sqlite3.connect(signed.path, isolation_level=None)
    ((made,),) = connection.execute("SELECT sql FROM sqlite_master WHERE name = 'tree'")
    connection.execute("DROP TABLE tree")
    connection.execute(
        made.replace("CREATE TABLE tree", 'CREATE TABLE  "tree"').replace("NOT NULL,", "NOT NULL, -- it's\n", 1)
    )
    assert list(check_schema(connection)) == []
    connection.close()


def vacuumed(path: Path, copy: Path) -> None:
    """What `VACUUM INTO` makes."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("VACUUM INTO ?", (str(copy),))


def backed_up(path: Path, copy: Path) -> None:
    """What `.backup` makes."""
    with closing(sqlite3.connect(path)) as connection, closing(sqlite3.connect(copy)) as other:
        connection.backup(other)


def dumped(path: Path, copy: Path) -> None:
    """What `.dump` writes and another SQLite reads; it leaves out what says that a file is a ledger."""
    with closing(sqlite3.connect(path)) as connection, closing(sqlite3.connect(copy)) as other:
        other.executescript("\n".join(connection.iterdump()))
        for name in ("application_id", "user_version"):
            (value,) = connection.execute(f"PRAGMA {name}").fetchone()
            other.execute(f"PRAGMA {name} = {value}")


@pytest.mark.parametrize("copied", [vacuumed, backed_up, dumped])
def test_a_copy_is_a_ledger(signed: StoredLedger, copied: Callable[[Path, Path], None], tmp_path: Path) -> None:
    signed.close()
    copied(signed.path, tmp_path / "copy")
    signed.path.unlink()
    signed.restore(tmp_path / "copy")
    assert signed.audit() == []
    signed.grow(3)
    signed.sign()
    assert signed.audit() == []


@pytest.mark.parametrize("made_by", ["ANALYZE", "PRAGMA optimize(0x10002)"])
def test_statistics_are_told_with_what_to_do(signed: StoredLedger, made_by: str) -> None:
    with closing(sqlite3.connect(signed.path, isolation_level=None)) as connection:
        connection.execute("SELECT count(*) FROM tags WHERE position > 7 AND tag > 'x'").fetchall()
        connection.execute(made_by)
        rows = connection.execute("SELECT name FROM sqlite_master WHERE name LIKE 'sqlite_stat%'")
        tables = [name for (name,) in rows]
        assert "sqlite_stat1" in tables
        found = [str(finding) for finding in check_schema(connection)]
        for name, told in zip(sorted(tables), found, strict=True):
            assert told.startswith(f"malformed: table {name}: statistics that `ANALYZE` or `PRAGMA optimize` left")
            with pytest.raises(Unsound, match=f"`DROP TABLE {name}` takes them away"):
                signed.grow(1)
            connection.execute(f"DROP TABLE {name}")
    signed.grow(1)
    assert signed.audit() == []


def test_a_projection_of_another_form_is_dropped_and_made_anew(signed: StoredLedger) -> None:
    (found,) = change(signed, "ALTER TABLE tree ADD COLUMN more TEXT")
    assert found.endswith("; `DROP TABLE tree`, and it is made anew")
    assert change(signed, "DROP TABLE tree") == []
    signed.grow(1)
    signed.sign()
    assert signed.audit() == []
    signed.damaged = False


def test_what_is_only_kept_for_the_next_who_asks_is_kept(signed: StoredLedger) -> None:
    """A shortcut: reading does not end because it is not taken."""
    plant(signed.path, row("trigger", "sqlite_x", "entries", SWALLOWS.format("sqlite_x")))
    signed.damaged = True
    keep_last(signed.recorder.connections, "K1", Last(7, 6, 3, "digest"))
    assert read_last(signed.recorder.connections, "K1") == Last(7, 6, 3, "digest")


def test_whether_there_is_more_to_look_at_than_the_schema(signed: StoredLedger) -> None:
    def lacks() -> bool:
        with signed.recorder.connections.read() as connection:
            return lacks_tables(connection)

    assert not lacks()
    change(signed, "CREATE TABLE more (n)", "DROP TRIGGER tags_no_delete", "DROP TABLE tree")
    assert not lacks()
    with closing(sqlite3.connect(signed.path, isolation_level=None)) as connection:
        connection.execute("ALTER TABLE checkpoints ADD COLUMN more TEXT")
        assert lacks()
        connection.execute("DROP TABLE checkpoints")
        assert lacks()
