"""Seals: entries of the log that say what the index from tags to entries is, over all entries before them.

A seal must be the very next entry after what it covers, so it is put in under the write lock, in one transaction with
the index that it seals. What takes long, a backlog of many entries, is caught up before, while others write.

Knows how a seal is stored; how its fact is spelled it is told (`SpellSeal`).
"""

import json
import sqlite3
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple, TypeVar

from ledger.proof import HASH_BYTES, ProofError, leaf_hash, parse_base64
from ledger.store.entry import fact_of, format_entry, format_time
from ledger.store.index import IndexDamaged, grow_index, index_state
from ledger.store.index_building import Progress, build_index, install_index
from ledger.store.index_tables import State
from ledger.store.refusals import StoreError, Unsound
from ledger.store.schema import create_projections, mark_as_sealed
from ledger.store.soundness import require_sound
from ledger.store.sqlite import SQLiteDCBRecorder, Stored
from ledger.store.tree import Tree, forget_tree
from ledger.store.writer import Row, insert

SEAL_TYPE = "index-sealed.v1"
SEAL_TAG = "seal:index"

Result = TypeVar("Result")

SpellSeal = Callable[[datetime, int, int, bytes], bytes]
"""(now, size, tags, root) → the fact's bytes, spelled as the journal would: the store knows no facts."""

CHUNK_ENTRIES = 2_000
"""Entries whose tags are taken in under one lock; others wait for it no longer than half a second."""

_BUILDING_IS_FASTER = 8
"""Building all anew costs an entry an eighth of what growing costs it (measured at a million entries)."""

_TREE_ENTRIES = 250_000  # leaves hashed into kept nodes under one lock


class Sealed(NamedTuple):
    """What a seal says: the index of the first `size` entries has this root."""

    size: int
    root: bytes


def read_seal(data: bytes) -> Sealed:
    """What the seal with these bytes says. Unsound when they are no seal's."""
    try:
        fact = json.loads(fact_of(data))
        root = parse_base64(fact["root"], "root")
        if type(fact["size"]) is int and len(root) == HASH_BYTES:
            return Sealed(fact["size"], root)
    except (ValueError, KeyError, TypeError, RecursionError, ProofError):
        pass
    raise Unsound(f"malformed: seal: a seal cannot be read: {data[:200]!r}; run `audit`")


def seal_at(connection: sqlite3.Connection, position: int) -> bytes | None:
    """The bytes of the entry at a position, if it is a seal. Unsound when they are not those that were hashed."""
    sql = "SELECT position, type, tags, leaf, data FROM entries WHERE position = ? AND type = ?"
    row = connection.execute(sql, (position, SEAL_TYPE)).fetchone()
    if row is None:
        return None
    require_sound(Stored(*row))
    return bytes(row[-1])


class Sealing:
    """Seals the log in `recorder`. One object serves all threads; several processes may seal one log."""

    def __init__(self, recorder: SQLiteDCBRecorder, spell: SpellSeal, chunk_entries: int = CHUNK_ENTRIES) -> None:
        self._recorder = recorder
        self._spell = spell
        self._chunk_entries = chunk_entries

    def seal(self, now: datetime, progress: Progress = lambda done, total: None, *, anew: bool = False) -> int:
        """Seal all entries, unless the last one is a seal already; how many there are, the seal being the last.

        Durable on return, and the index in the tables is then that of the seal. Unsound, and nothing is put in,
        when the last entry is a seal of another index than its entries have.

        `anew`: whatever the tables have, and whatever was sealed before, build the index from the log, and seal that;
        also behind a last entry that is a false seal. A false seal stays in the log; the next ones are right.
        """
        built = anew or not self._are_of_last_seal()
        if built:
            self.rebuild(progress)
        while True:
            try:
                self._catch_up(progress)
                size = self._transact(lambda connection: self._seal(connection, now, anew))
            except IndexDamaged as damage:
                if built:
                    raise Unsound(f"index-mismatch: {damage}. Nothing is sealed; run `audit`") from None
                self.rebuild(progress)
                built = True
            else:
                self._recorder.notify()
                return size

    def rebuild(self, progress: Progress = lambda done, total: None) -> None:
        """Make the projections anew from the log: the index, and the kept nodes of the tree."""
        self.forget_tree()
        self._build(progress)

    def forget_tree(self) -> None:
        """Make the kept nodes of the tree anew, at the next seal."""
        self._transact(forget_tree)

    def commit(self, connection: sqlite3.Connection) -> None:
        """The commit point. Before it nothing of a seal is there; after it all is: entry, leaf, tag, index, nodes.

        A crash after it leaves a seal that no checkpoint covers: the next signing finds it as the last entry and
        signs it, or finds entries behind it and seals again.
        """
        connection.execute("COMMIT")

    def _seal(self, connection: sqlite3.Connection, now: datetime, anew: bool) -> int:
        head, last = _end(connection)
        state = index_state(connection)
        if state is not None and not anew:
            self._hold_against_last_seal(connection, state)
        if last is not None:
            state = grow_index(connection, head - 1)
            if anew and read_seal(last).root != state.root:
                last = None
            else:
                self._hold_against_last_seal(connection, state)
        size = head
        if last is None:
            state = grow_index(connection, head)
            fact = self._spell(now, state.covers, state.tags, state.root)
            data = format_entry(SEAL_TYPE, format_time(now), [SEAL_TAG], fact)
            insert(connection, head, [Row(SEAL_TYPE, [SEAL_TAG], json.dumps([SEAL_TAG]), leaf_hash(data), data)])
            mark_as_sealed(connection)
            size = head + 1
        Tree(connection).grow(size)
        return size

    def _are_of_last_seal(self) -> bool:
        """Whether nothing is in the tables that no seal speaks for: what an update builds on leads to a root, and only
        a seal says that the root is the log's. (Where seals or tables are damaged, `_seal` finds out.)
        """
        with self._recorder.connections.read() as connection:
            state = index_state(connection)
            if state is None:
                return True
            position = _last_seal(connection)
            return state.covers <= (0 if position is None else position - 1)

    def _hold_against_last_seal(self, connection: sqlite3.Connection, state: State) -> None:
        position = _last_seal(connection)
        data = None if position is None else seal_at(connection, position)
        if position is None or data is None:
            return
        size, root = read_seal(data)
        if size != position - 1:
            raise Unsound(f"index-mismatch: index {position - 1}: a seal of {size} entries stands there; run `audit`")
        if state.covers < size:
            raise IndexDamaged(f"kept index: it is of {state.covers} entries, index {position - 1} seals {size}")
        if state.covers == size and state.root != root:
            raise IndexDamaged(
                f"index {position - 1}: the seal there has the root {root.hex()}, the entries before it lead to "
                f"{state.root.hex()}"
            )

    # --- catching up

    def _catch_up(self, progress: Progress) -> None:
        """Leave no more behind than is quickly done under the lock."""
        while True:
            with self._recorder.connections.read() as connection:
                covers, target = _covers(connection), _target(connection)
            if target - covers <= self._chunk_entries:
                break
            if (target - covers) * _BUILDING_IS_FASTER > target:
                self._build(progress)
            else:
                self._transact(self._grow_some)
        while self._transact(self._grow_tree_some) > _TREE_ENTRIES:
            pass

    def _grow_some(self, connection: sqlite3.Connection) -> None:
        grow_index(connection, min(_covers(connection) + self._chunk_entries, _target(connection)))

    def _grow_tree_some(self, connection: sqlite3.Connection) -> int:
        """Keep some more nodes; how many leaves were not in any before."""
        create_projections(connection)
        tree = Tree(connection)
        held, (head, _) = tree.held(), _end(connection)
        tree.grow(min(held + _TREE_ENTRIES, head))
        return head - held

    def _build(self, progress: Progress) -> None:
        connection = self._recorder.connections.write()
        try:
            build_index(connection, _target(connection), progress)
            connection.execute("BEGIN IMMEDIATE")
            install_index(connection)
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise self._failed(error) from error
        finally:
            connection.close()

    def _transact(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        """Do the work under the write lock, whole or not at all."""
        connection = self._recorder.connections.write()
        try:
            connection.execute("BEGIN IMMEDIATE")
            result = work(connection)
            self.commit(connection)
        except sqlite3.Error as error:
            raise self._failed(error) from error
        finally:
            connection.close()  # rolls back what is open
        return result

    def _failed(self, error: sqlite3.Error) -> StoreError:
        return StoreError(f"{self._recorder.connections.path}: the log could not be sealed ({error}); ask again")


def _last_seal(connection: sqlite3.Connection) -> int | None:
    (position,) = connection.execute("SELECT max(position) FROM tags WHERE tag = ?", (SEAL_TAG,)).fetchone()
    return None if position is None else int(position)


def _covers(connection: sqlite3.Connection) -> int:
    state = index_state(connection)
    return 0 if state is None else state.covers


def _target(connection: sqlite3.Connection) -> int:
    """How many entries the next seal is of, or the last one if nothing has come in since."""
    head, last = _end(connection)
    return head if last is None else head - 1


def _end(connection: sqlite3.Connection) -> tuple[int, bytes | None]:
    """How many entries there are; the last one's bytes, if it is a seal."""
    (head,) = connection.execute("SELECT coalesce(max(position), 0) FROM entries").fetchone()
    return head, seal_at(connection, head)
