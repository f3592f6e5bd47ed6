"""What a witness remembers: which logs it watches, and of each the last checkpoint that it cosigned.

One SQLite file. Comparing with what was cosigned last and putting the new one in its place is one transaction under
the write lock, whichever thread or process asks: otherwise a slower request could put a smaller size back, and the
entries between would be anybody's to rewrite (c2sp.org/tlog-witness names the race). It is durable when the
transaction returns. **The file must never go back**: a witness that forgets what it cosigned cosigns the opposite.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from ledger.proof import Checkpoint
from ledger.witness.refusals import WitnessError

_BUSY_SECONDS = 10.0
_APPLICATION_ID = 0x544C5731  # "TLW1" in the file's header
_MOST_CONTRADICTIONS = 1000  # of one log: who holds its key could fill the disk with them

_TABLES = f"""
PRAGMA journal_mode = WAL;
BEGIN IMMEDIATE;
CREATE TABLE witness (vkey TEXT NOT NULL) STRICT;
CREATE TABLE logs (
    origin TEXT NOT NULL,
    vkey   TEXT NOT NULL,
    PRIMARY KEY (origin, vkey)
) STRICT;
CREATE TABLE cosigned (                     -- the last of each log
    origin TEXT NOT NULL PRIMARY KEY,
    size   INTEGER NOT NULL,
    root   BLOB NOT NULL CHECK (length(root) = 32),
    note   TEXT NOT NULL,                   -- as the log sent it
    at     INTEGER NOT NULL                 -- seconds since 1970
) STRICT;
CREATE TABLE contradictions (               -- what a log signed against what had been cosigned: proof of two histories
    origin TEXT NOT NULL,
    root   BLOB NOT NULL,
    size   INTEGER NOT NULL,
    at     INTEGER NOT NULL,
    proof  TEXT NOT NULL,                   -- FORMAT.md, "Fork proof"
    PRIMARY KEY (origin, size, root)
) STRICT;
PRAGMA application_id = {_APPLICATION_ID};
PRAGMA user_version = 1;
COMMIT;
"""


class Watched(NamedTuple):
    """A log that is watched: its origin, the keys trusted for it, what was cosigned last (None: nothing), and when."""

    origin: str
    vkeys: tuple[str, ...]
    last: Checkpoint | None
    at: int | None


class Fork(NamedTuple):
    """A fork proof (FORMAT.md) that came in: of which log, at what size, and when."""

    origin: str
    size: int
    at: int
    proof: str


class State:
    """The state in the file at `path`."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @staticmethod
    def create(path: Path, vkey: str) -> None:
        """Make the file for the witness of this key; whole when this returns, and not there when it raises.

        FileExistsError if one is there; WitnessError where the disk does not take it.
        """
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        try:
            with closing(sqlite3.connect(path, isolation_level=None)) as connection:
                connection.execute("PRAGMA synchronous = FULL")
                connection.executescript(_TABLES)
                connection.execute("INSERT INTO witness VALUES (?)", (vkey,))
        except sqlite3.Error as error:
            for made in ("", "-wal", "-shm"):
                Path(f"{path}{made}").unlink(missing_ok=True)
            what = f"no witness can be made here ({error}); make room on the disk, then run `witness init` again"
            raise WitnessError(f"{path.parent}: {what}") from error

    @property
    def vkey(self) -> str:
        """Of which witness this is the state."""
        with self.read() as connection:
            (vkey,) = connection.execute("SELECT vkey FROM witness").fetchone()
        return str(vkey)

    @property
    def is_new(self) -> bool:
        """Whether it watches no log yet. An empty file, as a crash may leave one, does not."""
        if not self._path.stat().st_size:
            return True
        with self.read() as connection:
            return not watched(connection)

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """A connection for reading."""
        with self._open() as connection:
            connection.execute("PRAGMA query_only = ON")
            yield connection

    @contextmanager
    def change(self) -> Iterator[sqlite3.Connection]:
        """A transaction under the write lock; durable when the block is left, undone when an exception leaves it."""
        with self._open() as connection:
            # In WAL mode only FULL syncs the log at every commit.
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")  # leaving by an exception closes the connection, which rolls back

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        uri = f"{self._path.resolve().as_uri()}?mode=rw"  # never makes an empty file where a state was expected
        try:
            with closing(sqlite3.connect(uri, uri=True, isolation_level=None, timeout=_BUSY_SECONDS)) as connection:
                (application,) = connection.execute("PRAGMA application_id").fetchone()
                if application != _APPLICATION_ID:
                    raise WitnessError(f"{self._path}: not the state of a witness, but another program's database")
                yield connection
        except sqlite3.Error as error:
            raise WitnessError(
                f"{self._path}: the witness's state cannot be used ({error}). Without it nothing may be cosigned under "
                "this key any more: if it is lost, make a new witness, and never put an older copy back"
            ) from error


def keys_of(connection: sqlite3.Connection, origin: str) -> list[str]:
    """The vkeys trusted for a log."""
    rows = connection.execute("SELECT vkey FROM logs WHERE origin = ? ORDER BY rowid", (origin,))
    return [str(vkey) for (vkey,) in rows]


def last_cosigned(connection: sqlite3.Connection, origin: str) -> tuple[Checkpoint, str] | None:
    """The tree head of a log that was cosigned last, and its note."""
    row = connection.execute("SELECT size, root, note FROM cosigned WHERE origin = ?", (origin,)).fetchone()
    return None if row is None else (Checkpoint(origin, row[0], bytes(row[1])), str(row[2]))


def remember(connection: sqlite3.Connection, new: Checkpoint, note: str, seconds: int) -> None:
    """Put what is about to be cosigned in the place of what was last."""
    connection.execute(
        "INSERT OR REPLACE INTO cosigned (origin, size, root, note, at) VALUES (?, ?, ?, ?, ?)",
        (new.origin, new.size, new.root, note, seconds),
    )


def keep_contradiction(connection: sqlite3.Connection, new: Checkpoint, proof: str, seconds: int) -> None:
    """Keep a fork proof, once for each tree head that contradicts."""
    sql = "SELECT count(*) FROM contradictions WHERE origin = ?"
    (count,) = connection.execute(sql, (new.origin,)).fetchone()
    if count < _MOST_CONTRADICTIONS:
        connection.execute(
            "INSERT OR IGNORE INTO contradictions (origin, size, root, at, proof) VALUES (?, ?, ?, ?, ?)",
            (new.origin, new.size, new.root, seconds, proof),
        )


def contradictions(connection: sqlite3.Connection) -> list[Fork]:
    """Every fork proof kept, in the order in which they came."""
    rows = connection.execute("SELECT origin, size, at, proof FROM contradictions ORDER BY at, origin, size, root")
    return [Fork(*row) for row in rows]


def watched(connection: sqlite3.Connection) -> list[Watched]:
    """Every log that is watched."""
    logs = []
    for (origin,) in connection.execute("SELECT DISTINCT origin FROM logs ORDER BY origin").fetchall():
        row = connection.execute("SELECT size, root, at FROM cosigned WHERE origin = ?", (origin,)).fetchone()
        last = None if row is None else Checkpoint(origin, row[0], bytes(row[1]))
        logs.append(Watched(origin, tuple(keys_of(connection, origin)), last, row and row[2]))
    return logs
