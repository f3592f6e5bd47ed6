"""The sealed index of a long log built at once: one pass over the entries, one over their tags in order.

A tag's entries lie side by side in the tag index, so that each stream is folded in one go; memory is 32 bytes an
entry, whatever the number of tags. All is made in temporary tables, while others write, and put in place in one
short transaction. The tag index is believed only if it has what the entries bear, as of their types, no more and no
less.
"""

# ruff: noqa: S608  (statements are put together from our own words; every value is a parameter)

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator

from ledger.proof import HASH_BYTES
from ledger.store.findings import Finding
from ledger.store.following import Following
from ledger.store.index import borne
from ledger.store.index_tables import IndexTables, Node, State
from ledger.store.missing import entry_missing
from ledger.store.progress import Progress
from ledger.store.schema import BY_TAG, create_index, create_projections
from ledger.store.soundness import SEALED, require
from ledger.store.sqlite import Stored
from ledger.store.streams import changes_of, stream_leaves

_TABLES = ("index_tags", "index_nodes", "index_state")
_BATCH = 10_000
_SALT = os.urandom(16).hex()
"""Before every text that is summed up. Python keys its hashes anew in each process unless PYTHONHASHSEED is set."""

_NUMBERS: dict[bytes, int] = {}  # of types, as they come


def build_index(
    connection: sqlite3.Connection,
    upto: int,
    progress: Progress = lambda done, total: None,
    *,
    following: Following | None = None,
) -> State:
    """Make the index of the first `upto` entries in temporary tables of this connection; `install_index` follows.

    Takes no lock: the log only grows. Unsound when an entry is missing or altered, or the tag index, or a column beside
    an entry, is not what the entries say in the bytes that were hashed; or when the leaves, all of which are read here,
    do not lead where `following` knows that they lead: in a long log kept nodes stand for old entries otherwise, and
    what is sealed must not come from entries that were put in their place.
    """
    for name in (*_TABLES, "collected"):
        connection.execute(f"DROP TABLE IF EXISTS temp.{name}")
    create_index(connection, "temp")
    connection.execute("CREATE TABLE temp.collected (key BLOB, count INTEGER, frontier BLOB)")
    connection.execute("BEGIN")  # deferred: one snapshot of the log; only temporary tables are written
    inside = _Passing(lambda done: progress(done, 2 * upto))
    rows = connection.execute(
        "SELECT position, type, tags, leaf, data FROM entries NOT INDEXED WHERE position > 0 AND position <= ? "
        "ORDER BY position",
        (upto,),
    )
    following = following or Following(())
    leaves = stream_leaves(following.through(inside.entries(rows)))
    if len(leaves) != HASH_BYTES * upto:
        raise entry_missing(len(leaves) // HASH_BYTES + 1, SEALED)
    behind = "SELECT position, leaf FROM entries NOT INDEXED WHERE position > ? AND position <= ? ORDER BY position"
    following.look_ahead(connection.execute(behind, (upto, following.last())))
    found = _Passing(lambda done: progress(upto + upto * done // max(inside.tags, done), 2 * upto))
    rows = connection.execute(
        f"SELECT tag, position, CAST(type AS BLOB) FROM tags {BY_TAG} WHERE position > 0 AND position <= ? "
        "ORDER BY tag, position",
        (upto,),
    )
    streams = (held for _, held in changes_of(found.through(rows), leaves, [upto]))
    connection.executemany("INSERT INTO temp.collected VALUES (?, ?, ?)", streams)
    if (inside.tags, inside.sum) != (found.tags, found.sum):
        require(Finding("index-mismatch", "tag index", "it does not have the tags that the entries bear"), SEALED)
    del leaves
    connection.execute("INSERT INTO temp.index_tags SELECT * FROM temp.collected ORDER BY key")
    connection.execute("DROP TABLE temp.collected")
    (tags,) = connection.execute("SELECT count(*) FROM temp.index_tags").fetchone()
    tables = IndexTables(connection, "temp")
    nodes: list[Node] = []
    root = tables.fold_all(nodes.append)
    state = State(upto, tags, root)
    tables.put((), nodes, state)
    connection.execute("COMMIT")
    progress(2 * upto, 2 * upto)
    return state


def install_index(connection: sqlite3.Connection) -> None:
    """Put what `build_index` made in the place of what is there. Inside a transaction that writes."""
    for name in _TABLES:
        connection.execute(f"DROP TABLE IF EXISTS main.{name}")
    create_projections(connection)
    for name in _TABLES:
        connection.execute(f"INSERT INTO main.{name} SELECT * FROM temp.{name} ORDER BY 1")


class _Passing:
    """Counts what passes, and sums it up regardless of order: the same tags at the same positions, the same sum."""

    def __init__(self, progress: Callable[[int], None]) -> None:
        self._progress = progress
        self.tags = 0
        self.sum = 0

    def entries(self, rows: Iterable[tuple[int, str, str, bytes, bytes]]) -> Iterator[tuple[int, bytes]]:
        """(position, leaf) of entries whose tags are summed up."""
        for row in map(Stored._make, rows):
            type = row.type.encode(errors="surrogateescape")
            for tag in borne(row):
                self.tags += 1
                self.sum += _mixed(tag, row.position, type)
            if row.position % _BATCH == 0:
                self._progress(row.position)
            yield row.position, row.leaf

    def through(self, rows: Iterable[tuple[str, int, bytes]]) -> Iterator[tuple[str, int]]:
        """(tag, position) of the rows of the tag index, summed up."""
        for tag, position, type in rows:
            self.tags += 1
            self.sum += _mixed(tag, position, type)
            if self.tags % _BATCH == 0:
                self._progress(self.tags)
            yield tag, position


def _mixed(tag: str, position: int, type: bytes) -> int:
    """One hash over all three together that nobody can foretell: SipHash behind random bytes of this process. (A
    tuple's is nearly a sum: swapped rows pass it. SHA-256 takes eight times as long.)

    The type, of which there are few, by a number of its own: no other three are spelled alike.
    """
    return hash(f"{_SALT}{position} {_NUMBERS.setdefault(type, len(_NUMBERS))} {tag}")
