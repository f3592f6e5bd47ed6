"""The person store: who the patients are, in an SQLite file of its own, and the only thing here that may forget.

What must not survive an erasure is one patient's key: 60 wrapped bytes. They lie in a row that is only ever added at
the end of its table and never changes its length, so that SQLite writes zeros over it where it is; afterwards the file
is read back and searched for those bytes. The journal is the rollback journal, gone after each transaction; there is
no write-ahead log whose old frames would keep what was overwritten. Beyond the program's reach are copies: backups of
the store (of use only to who also has the master key), and blocks that a disk or a file system has put aside.

Knows patients by their pseudonyms, and keys; of the log it knows numbers only, which its callers give it.
"""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from ledger.people.ciphers import WRAPPED_BYTES, DataKey
from ledger.people.key import MasterKey
from ledger.people.person import commitment, new_salt
from ledger.people.refusals import PeopleError
from ledger.proof import format_base64

APPLICATION_ID: Final = 0x544C5031  # "TLP1" in the file's header
FORMAT_VERSION: Final = 1
BUSY_SECONDS: Final = 30.0

_TABLES: Final = f"""
CREATE TABLE store (
    key_id    TEXT NOT NULL                                      -- the master key that the keys are wrapped under
) STRICT;

CREATE TABLE keys (                                              -- never deleted, never moved; zeros once destroyed
    number    INTEGER PRIMARY KEY,
    patient   TEXT NOT NULL,
    since     INTEGER NOT NULL,                                  -- size of the log when it was made
    wrapped   BLOB NOT NULL CHECK (length(wrapped) = {WRAPPED_BYTES}),
    watched   INTEGER NOT NULL DEFAULT 0,                        -- an erasure was begun
    destroyed INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX live_keys ON keys (patient) WHERE NOT destroyed;
CREATE INDEX watched_keys ON keys (number) WHERE watched AND NOT destroyed;

CREATE TABLE persons (                                           -- every version of a person, until the key goes
    commitment BLOB PRIMARY KEY CHECK (length(commitment) = 32),
    key        INTEGER NOT NULL REFERENCES keys,
    person     BLOB NOT NULL,
    salt       BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX persons_of_key ON persons (key);
"""

_alone = threading.RLock()
"""One at a time within a process: reading the file back closes a handle to it, and a process that closes any handle to
a file loses all its locks on that file (POSIX), SQLite's among them."""


class Opening(NamedTuple):
    """What a commitment in the log hides: SHA-256(salt ‖ person in UTF-8) = commitment."""

    commitment: bytes
    salt: bytes
    person: str

    def __repr__(self) -> str:
        """Without the person: a repr ends up in messages."""
        return f"Opening(commitment={format_base64(self.commitment)!r})"


class Live(NamedTuple):
    """A patient whose key has not been destroyed; `since`: the size of the log when it was made."""

    patient: str
    since: int


class PersonStore:
    """The store at `path`; connections last as long as a call. Calls that need the master key are given it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def exists(self) -> bool:
        """Whether anybody was ever put in here."""
        return self.path.exists()

    def put(self, patient: str, person: str, master: MasterKey, *, size: int) -> Opening:
        """Keep a version of a person under the patient's key, which is made now if there is none; durable on return.

        `size`: of the log, before anything of this is in it.
        """
        salt = new_salt()
        opening = Opening(commitment(salt, person), salt, person)
        with self._writing() as connection:
            self._require(connection, master, adopt=True)
            row = connection.execute(
                "SELECT number, wrapped FROM keys WHERE patient = ? AND NOT destroyed", (patient,)
            ).fetchone()
            if row is None:
                key = DataKey.generate(patient)
                number = connection.execute(
                    "INSERT INTO keys (patient, since, wrapped) VALUES (?, ?, ?)", (patient, size, key.wrap(master))
                ).lastrowid
            else:
                number, key = row[0], DataKey.unwrap(patient, row[1], master)
            connection.execute(
                "INSERT INTO persons (commitment, key, person, salt) VALUES (?, ?, ?, ?)",
                (opening.commitment, number, key.encrypt("person", person.encode()), key.encrypt("salt", salt)),
            )
        return opening

    def openings(self, patient: str, master: MasterKey) -> dict[bytes, Opening]:
        """Every version of the person that can still be read, by commitment. PeopleError if one does not open."""
        with self._reading() as connection:
            if connection is None:
                return {}
            self._require(connection, master)
            rows = connection.execute(
                "SELECT k.wrapped, p.commitment, p.person, p.salt FROM keys AS k JOIN persons AS p ON p.key = k.number "
                "WHERE k.patient = ? AND NOT k.destroyed",
                (patient,),
            ).fetchall()
        found = {}
        for wrapped, committed, person, salt in rows:
            key = DataKey.unwrap(patient, wrapped, master)
            opening = Opening(committed, key.decrypt("salt", salt), key.decrypt("person", person).decode())
            if commitment(opening.salt, opening.person) != committed:
                raise PeopleError(f"patient {patient!r}: {self.path} holds another person than was committed to; "
                                  "the store was altered, restore it from a backup")  # fmt: skip
            found[committed] = opening
        return found

    def require(self, master: MasterKey) -> None:
        """PeopleError unless this is a store, or none yet, that the master key opens."""
        with self._reading() as connection:
            if connection is not None:
                self._require(connection, master)

    def live(self, patient: str) -> Live | None:
        """The patient's key, if there is one that was not destroyed."""
        return next(iter(self._live("AND patient = ?", patient)), None)

    def all_live(self) -> list[Live]:
        """Every patient whose data can be read."""
        return self._live("")

    def watched(self) -> list[Live]:
        """Those of whom an erasure was begun and not ended."""
        return self._live("AND watched")

    def watch(self, patient: str) -> None:
        """Note, durably, that an erasure of the patient begins: whoever opens the store next looks whether it ended."""
        with self._writing() as connection:
            connection.execute("UPDATE keys SET watched = 1 WHERE patient = ? AND NOT destroyed", (patient,))

    def destroy(self, patient: str, *, erased_at: int) -> bool:
        """Destroy the patient's key, if it was made before the entry of this index; whether there was one.

        When this returns the key's bytes are nowhere in the store's files. PeopleError if they cannot be destroyed.
        """
        with _alone:
            with self._writing() as connection:
                row = connection.execute(
                    "SELECT number, wrapped FROM keys WHERE patient = ? AND NOT destroyed AND since <= ?",
                    (patient, erased_at),
                ).fetchone()
                if row is None:
                    return False
                number, wrapped = row
                # Zeros of the same length: the row is overwritten where it is.
                connection.execute(
                    "UPDATE keys SET wrapped = zeroblob(?), destroyed = 1 WHERE number = ?", (WRAPPED_BYTES, number)
                )
                connection.execute("DELETE FROM persons WHERE key = ?", (number,))
            if self._holds(wrapped):
                with self._writing(transaction=False) as connection:
                    connection.execute("VACUUM")
            if self._holds(wrapped):
                raise PeopleError(
                    f"patient {patient!r}: the key was overwritten, and its bytes are still in {self.path}; copy the "
                    "store with another SQLite (VACUUM INTO), and remove this file"
                )
            return True

    # ---

    def _live(self, which: str, *parameters: str) -> list[Live]:
        with self._reading() as connection:
            if connection is None:
                return []
            sql = f"SELECT patient, since FROM keys WHERE NOT destroyed {which} ORDER BY number"  # noqa: S608 - ours
            return [Live(*row) for row in connection.execute(sql, parameters)]

    def _holds(self, wrapped: bytes) -> bool:
        """Whether these bytes stand anywhere in the store's files."""
        for path in (self.path, self.path.with_name(self.path.name + "-journal")):
            try:
                with open(path, "rb") as file:
                    before = b""
                    while page := file.read(1 << 20):
                        if wrapped in before + page:
                            return True
                        before = page[-len(wrapped) :]
            except FileNotFoundError:
                pass
        return False

    def _require(self, connection: sqlite3.Connection, master: MasterKey, *, adopt: bool = False) -> None:
        """The store's keys are wrapped under this master key; an empty store takes it as its own."""
        row = connection.execute("SELECT key_id FROM store").fetchone()
        if row is None and adopt:
            connection.execute("INSERT INTO store (key_id) VALUES (?)", (master.id,))
        elif row is not None and row[0] != master.id:
            raise PeopleError(
                f"{self.path}: another key opens this store (its id is {row[0]}, that of the one given {master.id}); "
                "name the right one with --people-key"
            )

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection | None]:
        """A connection, or None where there is no store yet. A journal that a crash left is rolled back by it."""
        if not self.exists():
            yield None
            return
        with self._connected() as connection:
            yield connection

    @contextmanager
    def _writing(self, *, transaction: bool = True) -> Iterator[sqlite3.Connection]:
        """A connection in a transaction that is durable when the block ends, and undone when it raises."""
        with self._connected() as connection:
            if transaction:
                connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
            if transaction:
                connection.execute("COMMIT")

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        with _alone:
            try:
                # Before SQLite opens it: what SQLite makes is readable by all, and its journal gets this file's mode.
                os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
                connection = sqlite3.connect(self.path, isolation_level=None, timeout=BUSY_SECONDS)
                try:
                    # What is deleted is overwritten. EXTRA: that the journal is gone is durable as well; else loss of
                    # power right after a commit could bring it back, and with it the key.
                    connection.execute("PRAGMA journal_mode = DELETE")
                    connection.execute("PRAGMA secure_delete = ON")
                    connection.execute("PRAGMA synchronous = EXTRA")
                    connection.execute("PRAGMA foreign_keys = ON")
                    self._recognise(connection)
                    yield connection
                finally:
                    connection.close()
            except (sqlite3.Error, OSError) as error:
                raise PeopleError(
                    f"{self.path}: the person store cannot be used ({_reason(error)}); {_advice(error)}"
                ) from None

    def _recognise(self, connection: sqlite3.Connection) -> None:
        """The file is a person store that this program reads; an empty one becomes one."""
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version == 0:
            connection.execute("BEGIN IMMEDIATE")
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            if version == 0 and tables == 0:
                for statement in _TABLES.split(";\n"):
                    connection.execute(statement)
                connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                connection.execute(f"PRAGMA user_version = {FORMAT_VERSION}")
            connection.execute("COMMIT")
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if application != APPLICATION_ID:
            raise PeopleError(f"{self.path}: not a person store (it is another program's SQLite database)")
        if version > FORMAT_VERSION:
            raise PeopleError(
                f"{self.path}: made by a newer version (format {version}, this program reads {FORMAT_VERSION}); "
                "upgrade this program, the store is left as it is"
            )


def _reason(error: sqlite3.Error | OSError) -> str:
    return error.strerror or "no reason given" if isinstance(error, OSError) else str(error)


def _advice(error: sqlite3.Error | OSError) -> str:
    """A backup only where it is the content that is wrong: an older store lacks whoever was put in since."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF  # of an extended code the kind
    if isinstance(error, OSError) or code not in (sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return "make room, or ask where it can be written and nobody else keeps it locked"
    return "try again, or restore a backup"
