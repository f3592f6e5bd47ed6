"""The index in the tables brought to what the entries say, and what is then done with it under the same lock.

A seal must be the very next entry after what it covers, so it is put in under the write lock, in one transaction with
the index that it seals. What takes long, a backlog of many entries, is caught up before, while others write.

Tables are not believed because they are there: whoever writes the database can put them in. The index grows from what
is known, by whoever asks, to be the log's, and is else built from the entries. Knows no seal.
"""

import sqlite3
from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple, TypeVar

from ledger.proof import Checkpoint
from ledger.store.following import Following, continued
from ledger.store.index import IndexDamaged, grow_index, index_state
from ledger.store.index_building import build_index, install_index
from ledger.store.index_tables import NOTHING, State
from ledger.store.progress import Progress
from ledger.store.refusals import StoreError, Unsound
from ledger.store.schema import create_projections
from ledger.store.sqlite import SQLiteDCBRecorder
from ledger.store.tree import Tree, forget_tree
from ledger.store.unusable import unusable

Result = TypeVar("Result")

CHUNK_ENTRIES = 2_000
"""Entries whose tags are taken in under one lock; others wait for it no longer than half a second."""

_BUILDING_IS_FASTER = 8
"""Building all anew costs an entry an eighth of what growing costs it (measured at a million entries)."""

_TREE_ENTRIES = 250_000  # leaves hashed into kept nodes under one lock

Upto = Callable[[sqlite3.Connection], int]
"""Of how many entries the index is to be, as the log is now."""

Work = Callable[[sqlite3.Connection, State, Following], int]
"""What is done under the same lock with the index that was derived; how many entries it concerns, a seal the last."""


class SealedLog(NamedTuple):
    """How many entries there are, the seal being the last; `root`: of the very leaves that the index was derived from,
    with the seal's. A log that is hashed again, and does not have it, was another one while the index was derived.
    """

    size: int
    root: bytes


class _Moved(Exception):
    """The tables are of another state than they are known to be of. They may be true, and nothing says so."""


class Deriving:
    """Derives the index of the log in `recorder`. One object serves all threads; several processes may do so too."""

    def __init__(self, recorder: SQLiteDCBRecorder, chunk_entries: int = CHUNK_ENTRIES) -> None:
        self._recorder = recorder
        self._chunk_entries = chunk_entries

    def forget_tree(self) -> None:
        """Make the kept nodes of the tree anew, at the next seal."""
        self._transact(forget_tree)

    def commit(self, connection: sqlite3.Connection) -> None:
        """The commit point. Before it nothing of a seal is there; after it all is: entry, leaf, tag, index, nodes.

        A crash after it leaves a seal that no checkpoint covers: the next signing finds it, derives its index from the
        log, and signs it first.
        """
        connection.execute("COMMIT")

    def _derive(
        self,
        upto: Upto,
        known: State | None,
        heads: Sequence[Checkpoint],
        progress: Progress,
        work: Work,
        judge: Callable[[int], None] = lambda upto: None,
    ) -> SealedLog:
        """Bring the tables to the index of `upto` entries, and do the work with it under the same lock; the log that
        it concerns, as its leaves were read.

        `known`: what tables have to be of that it may be grown from; where they are of anything else it is built, from
        entries that lead to these `heads`. `judge` is called before the lock, with how many entries there are.
        """
        state, built = known, False
        following: Following | None = None
        while True:
            try:
                with self._recorder.connections.read() as connection:
                    end = upto(connection)
                    if state is not None and index_state(connection) is None:
                        state = NOTHING  # of tables that are not there that is true
                    if state is not None and following is None:
                        following = continued(connection, state.covers, heads)
                judge(end)
                behind = end - (0 if state is None else state.covers)
                # Leave no more behind than is quickly done under the lock.
                much = behind > self._chunk_entries and behind * _BUILDING_IS_FASTER > end
                if state is None or following is None or much:
                    self._keep_nodes()
                    built = True
                    following = Following(heads)
                    state, size = self._build(upto, progress, work, following)
                    if size is not None:
                        return SealedLog(size, following.root)
                elif behind > self._chunk_entries:
                    some = state.covers + self._chunk_entries
                    state = self._transact(partial(_grow, known=state, upto=some, following=following))
                else:
                    self._keep_nodes()
                    size = self._transact(partial(_finish, known=state, upto=upto, work=work, following=following))
                    return SealedLog(size, following.root)
            except _Moved:  # by another process, or by a crash; or they are nobody's
                state = None
            except IndexDamaged as damage:
                if built:
                    raise Unsound(f"index-mismatch: {damage}. Nothing is sealed; run `audit`") from None
                self.forget_tree()
                state = None

    def _build(
        self, upto: Upto, progress: Progress, work: Work | None, following: Following
    ) -> tuple[State, int | None]:
        """Build the index from the log, and do the work in the transaction that puts it in place, so that nobody comes
        in between; None where too much has come in meanwhile for that.
        """
        connection = self._recorder.connections.write()
        try:
            state, size = build_index(connection, upto(connection), progress, following=following), None
            connection.execute("BEGIN IMMEDIATE")
            install_index(connection)
            end = upto(connection)
            if work is not None and end - state.covers <= self._chunk_entries:
                state = grow_index(connection, end, following)
                size = work(connection, state, following)
            self.commit(connection)
        except sqlite3.Error as error:
            raise self._failed(error) from error
        finally:
            connection.close()  # rolls back what is open
        return state, size

    def _keep_nodes(self) -> None:
        while self._transact(_keep_some_nodes) > _TREE_ENTRIES:
            pass

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
        path = self._recorder.connections.path
        return unusable(path, error) or StoreError(f"{path}: the log could not be sealed ({error}); ask again")


def _grow(connection: sqlite3.Connection, *, known: State, upto: int, following: Following) -> State:
    # What is built upon leads to a root, and `known` says that the root is the log's. Whether the rows lead to it,
    # `grow_index` finds out. Asked in each transaction: somebody may have been here since the one before.
    if (index_state(connection) or NOTHING) != known:
        raise _Moved
    return grow_index(connection, upto, following)


def _finish(connection: sqlite3.Connection, *, known: State, upto: Upto, work: Work, following: Following) -> int:
    return work(connection, _grow(connection, known=known, upto=upto(connection), following=following), following)


def _keep_some_nodes(connection: sqlite3.Connection) -> int:
    """Keep some more nodes of the tree; how many leaves were not in any before."""
    create_projections(connection)
    tree = Tree(connection)
    (head,) = connection.execute("SELECT coalesce(max(position), 0) FROM entries NOT INDEXED").fetchone()
    tree.prune(head)  # first: what lies behind a missing node counts as not held, and is made again in steps, too
    held = tree.held()
    tree.grow(min(held + _TREE_ENTRIES, head))
    return int(head) - held
