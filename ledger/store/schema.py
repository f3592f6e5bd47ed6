"""The tables of a ledger, and what makes a file one.

The log is two tables: `entries`, one row an entry in the order of the log, and `tags`, one row for each tag an
entry bears, which is how every read finds its entries. Both can only grow: triggers refuse UPDATE and DELETE, so
that no statement of ours, present or future, can edit what was hashed. (Who can write the file can drop the
triggers; that is what the Merkle tree and the checkpoints are for.)

Besides there are *projections*: what the log's tags and leaves come to, kept so that it need not be worked out again.
They may be dropped at any time and are made again. One of them is made where it is first wanted, and is not made
here: how far people's chains of statements are (`ledger.store.last_statements`).

This module knows nothing of what an entry says.
"""

import os
import sqlite3
from pathlib import Path
from typing import NamedTuple

from ledger.store.connections import open_to_read
from ledger.store.refusals import StoreError, Unusable
from ledger.store.unusable import unusable

APPLICATION_ID = 0x544C4731  # "TLG1" in the file's header: this is a ledger, not just any SQLite database
FORMAT_VERSION = 2  # raised when an older program could no longer read or write rightly; 2: the log may hold seals

BY_TAG = "INDEXED BY sqlite_autoindex_tags_1"
"""Behind `tags` in a SELECT: read the table itself, which is ordered so, and no index that somebody added, whatever the
planner would rather take. (NOT INDEXED does not say that of a table WITHOUT ROWID: SQLite passes over it.)
"""

BY_POSITION = "NOT INDEXED"
"""The same behind `entries`, whose rows lie by their positions."""

LOG = """
CREATE TABLE IF NOT EXISTS entries (
    position INTEGER PRIMARY KEY CHECK (position > 0),  -- dense from 1: index in the tree + 1
    type     TEXT NOT NULL,
    tags     TEXT NOT NULL,                             -- JSON array, as the entry spells it
    leaf     BLOB NOT NULL CHECK (length(leaf) = 32),   -- SHA-256(0x00 || data), RFC 6962 section 2.1
    data     BLOB NOT NULL
) STRICT;

-- Ordered by tag, then position: one tag's stream is one range, in log order. The type stands beside it so that
-- "this tag, of these types" never has to open the entries that do not match.
CREATE TABLE IF NOT EXISTS tags (
    tag      TEXT NOT NULL,
    position INTEGER NOT NULL,
    type     TEXT NOT NULL,
    PRIMARY KEY (tag, position)
) STRICT, WITHOUT ROWID;
"""

LEDGER = """
CREATE TABLE ledger (
    origin   TEXT NOT NULL,                             -- first line of every checkpoint; the key's name
    vkey     TEXT NOT NULL                              -- the public key its checkpoints are signed with
) STRICT;

CREATE TABLE checkpoints (
    size     INTEGER PRIMARY KEY,
    root     BLOB NOT NULL CHECK (length(root) = 32),
    note     TEXT NOT NULL,                             -- the signed note, exactly as handed out
    signed_at TEXT NOT NULL
) STRICT;
"""

TREE = """CREATE TABLE IF NOT EXISTS {schema}.tree (
    level    INTEGER NOT NULL,
    n        INTEGER NOT NULL,
    hash     BLOB NOT NULL,
    PRIMARY KEY (level, n)
) STRICT, WITHOUT ROWID"""
"""The Merkle tree's full subtrees of 256^level leaves (`ledger.store.tree`)."""

INDEX = (
    # The sealed index (`ledger.store.index`): each tag's stream as a frontier, and the larger subtrees of the trie.
    """CREATE TABLE IF NOT EXISTS {schema}.index_tags (
    key      BLOB NOT NULL PRIMARY KEY,                 -- SHA-256 of the tag
    count    INTEGER NOT NULL,                          -- entries that bear it
    frontier BLOB NOT NULL                              -- roots of the full subtrees of its stream, joined
) STRICT, WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS {schema}.index_nodes (
    prefix   BLOB NOT NULL PRIMARY KEY,                 -- bits of the path, then their number as one byte
    hash     BLOB NOT NULL
) STRICT, WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS {schema}.index_state (
    covers   INTEGER NOT NULL,                          -- entries the index is of: those with a smaller index
    tags     INTEGER NOT NULL,
    root     BLOB NOT NULL,
    checksum BLOB NOT NULL                              -- over the three: nothing else binds them to each other
) STRICT""",
)


def _immutable(table: str) -> str:
    return "".join(
        f"CREATE TRIGGER IF NOT EXISTS {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} can only grow: nothing in a ledger is edited or deleted'); END;\n"
        for verb in ("UPDATE", "DELETE")
    )


def create_log(connection: sqlite3.Connection) -> None:
    """Make the log's tables where there are none. The connection must be in autocommit mode."""
    _require_strict_tables()
    connection.execute("PRAGMA journal_mode = WAL")
    connection.executescript(f"BEGIN IMMEDIATE;\n{LOG}{_immutable('entries')}{_immutable('tags')}COMMIT;")


def create_tables(connection: sqlite3.Connection) -> None:
    """Make every table and trigger that a ledger has from its first day; those of the log may be there already."""
    create_log(connection)
    connection.executescript(f"BEGIN IMMEDIATE;\n{LEDGER}{_immutable('ledger')}{_immutable('checkpoints')}COMMIT;")


def create_projections(connection: sqlite3.Connection) -> None:
    """Make the projections' tables where there are none. Inside a transaction that writes, or in autocommit mode."""
    connection.execute(TREE.format(schema="main"))
    create_index(connection, "main")


def create_index(connection: sqlite3.Connection, schema: str) -> None:
    """The same of the index alone, in `main`, or in `temp` while it is made anew."""
    for table in INDEX:
        connection.execute(table.format(schema=schema))


def raise_format_version(connection: sqlite3.Connection) -> None:
    """Keep programs out that cannot read a seal. Inside the transaction that puts one in."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version < FORMAT_VERSION:
        connection.execute(f"PRAGMA user_version = {FORMAT_VERSION}")


def has_table(connection: sqlite3.Connection, name: str) -> bool:
    """Whether there is such a table."""
    sql = "SELECT 1 FROM main.sqlite_master NOT INDEXED WHERE type = 'table' AND name = ?"
    return connection.execute(sql, (name,)).fetchone() is not None


class Identity(NamedTuple):
    """Which ledger a file is: the name it signs under, and the public key (C2SP `vkey`) to check that with."""

    origin: str
    vkey: str


def create_ledger(path: Path, identity: Identity) -> None:
    """Make a ledger's whole file at `path`, mode 0600, durable when this returns. StoreError if a file is there."""
    try:
        # Before SQLite opens it: what SQLite makes is readable by all, and the files it puts beside this one (the
        # write-ahead log has patients' records in it as well) get this one's mode.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        raise StoreError(f"{path}: a file is here already; a ledger is never made over another one") from None
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        create_tables(connection)
        connection.executescript(
            f"BEGIN IMMEDIATE;\nPRAGMA application_id = {APPLICATION_ID};\nPRAGMA user_version = {FORMAT_VERSION};"
        )
        connection.execute("INSERT INTO ledger (origin, vkey) VALUES (?, ?)", identity)
        connection.execute("COMMIT")
        # Back into the main file, so that renaming this one file moves the whole ledger.
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()


def _require_strict_tables() -> None:
    if sqlite3.sqlite_version_info < (3, 37):
        raise StoreError(
            f"this Python brings SQLite {sqlite3.sqlite_version}; a ledger needs 3.37 or newer, use a newer Python"
        )


def read_identity(path: Path) -> Identity:
    """Which ledger lies at `path`. Raises StoreError when there is none, or one this program cannot read; Unusable when
    its place (a full disk, a permission) does not let it be read.
    """
    _require_strict_tables()
    try:
        if not path.is_file():
            raise StoreError(f"{path}: there is no ledger here; make one with `init`, or name the right directory")
        connection = open_to_read(path)
        try:
            (application,) = connection.execute("PRAGMA application_id").fetchone()
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            if application != APPLICATION_ID:
                raise StoreError(f"{path}: not a treatment ledger (it is another program's SQLite database)")
            if version > FORMAT_VERSION:
                raise StoreError(
                    f"{path}: made by a newer version (format {version}, this program reads {FORMAT_VERSION}); "
                    "upgrade this program, the ledger is left as it is"
                )
            row = connection.execute("SELECT origin, vkey FROM ledger").fetchone()
            if row is None:
                raise StoreError(
                    f"{path}: it does not say which ledger it is (its table `ledger` is empty); restore a backup"
                )
        finally:
            connection.close()
    except OSError as error:
        what = f"cannot be read ({error.strerror}); ask as the user whom it belongs to, who has permission"
        raise Unusable(f"{path}: {what}") from error
    except sqlite3.Error as error:
        damaged = f"{path}: cannot be read as a ledger ({error}); restore it from a backup"
        raise unusable(path, error) or StoreError(damaged) from error
    return Identity(str(row[0]), str(row[1]))
