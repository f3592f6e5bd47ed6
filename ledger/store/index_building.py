"""The sealed index of a long log built at once: one pass over the entries, one over their tags in order.

A tag's entries lie side by side in the tag index, so that each stream is folded in one go; memory is 32 bytes an
entry, whatever the number of tags. All is made in temporary tables, while others write, and put in place in one
short transaction. The tag index is believed only if it has what the entries bear, no more and no less.

`stream_leaves` and `streams_of` are pure: an audit derives ranges of tags with them, in as many processes as it likes.
"""

# ruff: noqa: S608  (statements are put together from our own words; every value is a parameter)

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256

from ledger.proof import HASH_BYTES, stream_leaf, tag_key
from ledger.store.index import borne
from ledger.store.index_tables import Held, IndexTables, Node, State
from ledger.store.refusals import Unsound
from ledger.store.schema import create_projections

Progress = Callable[[int, int], None]
"""(done, total): every entry counts twice, once for itself and once for its tags."""

_TABLES = ("index_tags", "index_nodes", "index_state")
_BATCH = 10_000
_SALT = os.urandom(16).hex()
"""Before every text that is summed up. Python keys its hashes anew in each process unless PYTHONHASHSEED is set."""


def stream_leaves(leaves: Iterable[tuple[int, bytes]]) -> bytearray:
    """The stream leaves of (position, leaf hash) from position 1 on, joined: that of index n from byte 32·n on.

    Unsound when a position is left out or a leaf is no hash.
    """
    joined = bytearray()
    for position, leaf in leaves:
        if len(joined) != HASH_BYTES * (position - 1) or len(leaf) != HASH_BYTES:
            index = len(joined) // HASH_BYTES
            raise Unsound(f"entry-missing: index {index}: there is no entry, or no leaf of it; run `audit`")
        joined += stream_leaf(position - 1, leaf)
    return joined


def streams_of(tags: Iterable[tuple[str, int]], leaves: bytes | bytearray | memoryview) -> Iterator[Held]:
    """The stream of each tag from (tag, position), sorted. `leaves`: the `stream_leaves` of all these positions."""
    current: str | None = None
    count = 0
    nodes: list[bytes | bytearray | memoryview] = []
    for tag, position in tags:
        if tag != current:
            if current is not None:
                yield Held(tag_key(current), count, b"".join(nodes))
            current, count, nodes = tag, 0, []
        node: bytes | bytearray | memoryview = leaves[HASH_BYTES * (position - 1) : HASH_BYTES * position]
        filled = count
        while filled & 1:  # as `ledger.proof.Frontier` does; here, because this is the time that a first seal takes
            node = sha256(b"\x01" + nodes.pop() + node).digest()
            filled >>= 1
        nodes.append(node)
        count += 1
    if current is not None:
        yield Held(tag_key(current), count, b"".join(nodes))


def build_index(connection: sqlite3.Connection, upto: int, progress: Progress = lambda done, total: None) -> State:
    """Make the index of the first `upto` entries in temporary tables of this connection; `install_index` follows.

    Takes no lock: the log only grows. Unsound when the tag index, or a column of tags, is not what the entries
    bear in the bytes that were hashed.
    """
    for name in (*_TABLES, "collected"):
        connection.execute(f"DROP TABLE IF EXISTS temp.{name}")
    create_projections(connection, "temp")
    connection.execute("CREATE TABLE temp.collected (key BLOB, count INTEGER, frontier BLOB)")
    connection.execute("BEGIN")  # deferred: one snapshot of the log; only temporary tables are written
    inside = _Passing(lambda done: progress(done, 2 * upto))
    leaves = stream_leaves(
        inside.entries(
            connection.execute(
                "SELECT position, CAST(tags AS BLOB), leaf, data FROM entries WHERE position > 0 AND position <= ? "
                "ORDER BY position",
                (upto,),
            )
        )
    )
    if len(leaves) != HASH_BYTES * upto:
        raise Unsound(f"entry-missing: index {len(leaves) // HASH_BYTES}: there is no entry; run `audit`")
    found = _Passing(lambda done: progress(upto + upto * done // max(inside.tags, done), 2 * upto))
    rows = connection.execute(
        "SELECT tag, position FROM tags WHERE position > 0 AND position <= ? ORDER BY tag, position", (upto,)
    )
    connection.executemany("INSERT INTO temp.collected VALUES (?, ?, ?)", streams_of(found.through(rows), leaves))
    if (inside.tags, inside.sum) != (found.tags, found.sum):
        raise Unsound(
            "index-mismatch: tag index: it does not have the tags that the entries bear. Nothing is sealed; run `audit`"
        )
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

    def entries(self, rows: Iterable[tuple[int, bytes, bytes, bytes]]) -> Iterator[tuple[int, bytes]]:
        """(position, leaf) of entries whose tags are summed up."""
        for position, column, leaf, data in rows:
            for tag in borne(position, column, leaf, data):
                self.tags += 1
                self.sum += _mixed(tag, position)
            if position % _BATCH == 0:
                self._progress(position)
            yield position, leaf

    def through(self, rows: Iterable[tuple[str, int]]) -> Iterator[tuple[str, int]]:
        """The rows of the tag index, summed up."""
        for row in rows:
            self.tags += 1
            self.sum += _mixed(*row)
            if self.tags % _BATCH == 0:
                self._progress(self.tags)
            yield row


def _mixed(tag: str, position: int) -> int:
    """One hash over both together that nobody can foretell: SipHash behind random bytes of this process. (A tuple's is
    nearly a sum: swapped rows pass it. SHA-256 takes eight times as long.)
    """
    return hash(f"{_SALT}{position} {tag}")
