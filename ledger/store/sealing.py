"""Sealing: putting an entry into the log that says what the index from tags to entries is, over all before it.

A seal must be the very next entry after what it covers, so it is put in under the write lock, in one transaction with
the index that it seals. What takes long, a backlog of many entries, is caught up before, while others write.

Neither the tables nor a seal in the log is believed because it is there: whoever writes the database can put in both,
and they would agree. The index grows from what a signed checkpoint vouches for, and is else derived from the entries.
"""

import json
import sqlite3
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import NamedTuple, TypeVar

from ledger.proof import Checkpoint, leaf_hash
from ledger.store.entry import format_entry, format_time
from ledger.store.findings import Finding
from ledger.store.following import Following
from ledger.store.index import IndexDamaged, grow_index, index_state
from ledger.store.index_building import build_index, install_index
from ledger.store.index_tables import NOTHING, State
from ledger.store.progress import Progress
from ledger.store.refusals import StoreError, Unsound
from ledger.store.schema import create_projections, raise_format_version
from ledger.store.seals import SEAL_TAG, SEAL_TYPE, UNVOUCHED, SpellSeal, Vouched, read_seal, require_seal, seal_at
from ledger.store.soundness import require
from ledger.store.sqlite import SQLiteDCBRecorder
from ledger.store.tree import Tree, forget_tree
from ledger.store.unusable import unusable
from ledger.store.writer import Row, insert

Result = TypeVar("Result")

CHUNK_ENTRIES = 2_000
"""Entries whose tags are taken in under one lock; others wait for it no longer than half a second."""

_BUILDING_IS_FASTER = 8
"""Building all anew costs an entry an eighth of what growing costs it (measured at a million entries)."""

_TREE_ENTRIES = 250_000  # leaves hashed into kept nodes under one lock

_PUT_IN = (
    "No checkpoint was signed that ends in it, and what this program seals is true: somebody else wrote it into the "
    "database, or this machine fails. Nothing is signed; restore the newest backup that lacks it, and take in again "
    "what was recorded since"
)
_SIGNED_OVER = "Nothing is sealed; run `audit`. `checkpoint --anew` seals again behind it"

_Upto = Callable[[sqlite3.Connection], int]
"""Of how many entries the index is to be, as the log is now."""

_Work = Callable[[sqlite3.Connection, State, Following], int]
"""What is done under the same lock with the index that was derived; how many entries it concerns, a seal the last."""


class SealedLog(NamedTuple):
    """How many entries there are, the seal being the last; `root`: of the very leaves that the index was derived from,
    with the seal's. A log that is hashed again, and does not have it, was another one while the index was derived.
    """

    size: int
    root: bytes


class _Moved(Exception):
    """The tables are of another state than they are known to be of. They may be true, and nothing says so."""


class Sealing:
    """Seals the log in `recorder`. One object serves all threads; several processes may seal one log."""

    def __init__(self, recorder: SQLiteDCBRecorder, spell: SpellSeal, chunk_entries: int = CHUNK_ENTRIES) -> None:
        self._recorder = recorder
        self._spell = spell
        self._chunk_entries = chunk_entries

    def seal(
        self,
        now: datetime,
        progress: Progress = lambda done, total: None,
        *,
        vouched: Vouched = UNVOUCHED,
        anew: bool = False,
    ) -> SealedLog:
        """Seal all entries, unless the last one is a seal already; how many there are, the seal being the last.

        Durable on return, and the index in the tables is then that of the seal. It is grown from what is `vouched` for,
        or, where the tables are of anything else, built from the log. Unsound, and nothing is put in, when the last
        entry is a seal of another index than its entries have.

        `anew`: whatever the tables have, and whatever was sealed and signed before, build the index from the log, and
        seal that; also behind a last entry that is a false seal, if a checkpoint was signed over it. That one stays in
        the log; the next ones are right.
        """
        if anew:
            self.forget_tree()
        work = partial(self._seal, now=now, signed=vouched.size, anew=anew)
        sealed = self._derive(_target, None if anew else vouched.index, vouched.signed, progress, work)
        self._recorder.notify()
        return sealed

    def require_true(
        self, size: int, progress: Progress = lambda done, total: None, *, vouched: Vouched = UNVOUCHED
    ) -> SealedLog:
        """Unsound unless the last of the first `size` entries is a seal of the index that those before it have.

        For a seal that no signed checkpoint ends in, which a crash may have left, or anybody put there. The tables are
        of it on return, as they are after `seal`.
        """

        def compare(connection: sqlite3.Connection, state: State, following: Following) -> int:
            seal = require_seal(connection, size)
            _require_true(seal, state, _PUT_IN)
            following.take(size, leaf_hash(seal))
            return size

        return self._derive(lambda connection: size - 1, vouched.index, vouched.signed, progress, compare)

    def rebuild(self, progress: Progress = lambda done, total: None, *, signed: Sequence[Checkpoint] = ()) -> None:
        """Make the projections anew from the log: the index, and the kept nodes of the tree.

        Unsound, and they stay as they are, where its entries do not lead to what was `signed`.
        """
        self._build(_target, progress, None, Following(signed))
        self.forget_tree()

    def forget_tree(self) -> None:
        """Make the kept nodes of the tree anew, at the next seal."""
        self._transact(forget_tree)

    def commit(self, connection: sqlite3.Connection) -> None:
        """The commit point. Before it nothing of a seal is there; after it all is: entry, leaf, tag, index, nodes.

        A crash after it leaves a seal that no checkpoint covers: the next signing finds it, derives its index from the
        log, and signs it first.
        """
        connection.execute("COMMIT")

    def _seal(
        self,
        connection: sqlite3.Connection,
        state: State,
        following: Following,
        *,
        now: datetime,
        signed: int,
        anew: bool,
    ) -> int:
        head, last = _end(connection)
        if last is not None:
            try:
                _require_true(last, state, _SIGNED_OVER if head == signed else _PUT_IN)
            except Unsound:
                if not anew or head != signed:
                    raise
                state, last = grow_index(connection, head, following), None
        size = head
        if last is None:
            fact = self._spell(now, state.covers, state.tags, state.root)
            data = format_entry(SEAL_TYPE, format_time(now), [SEAL_TAG], fact)
            insert(connection, head, [Row(SEAL_TYPE, [SEAL_TAG], json.dumps([SEAL_TAG]), leaf_hash(data), data)])
            raise_format_version(connection)
            size = head + 1
            following.take(size, leaf_hash(data))
        else:
            following.take(size, leaf_hash(last))
        Tree(connection).grow(size)
        return size

    # --- the index, derived

    def _derive(
        self, upto: _Upto, known: State | None, signed: Sequence[Checkpoint], progress: Progress, work: _Work
    ) -> SealedLog:
        """Bring the tables to the index of `upto` entries, and do the work with it under the same lock.

        `known`: what tables have to be of that it may be grown from; where they are of anything else it is built, from
        entries that lead to what was `signed`.
        """
        state, built = known, False
        following: Following | None = None
        while True:
            try:
                with self._recorder.connections.read() as connection:
                    end = upto(connection)
                    if state is not None and index_state(connection) is None:
                        state = NOTHING  # of tables that are not there that is true
                    if state is not None and (following is None or following.size != state.covers):
                        following = _continued(connection, state, signed)
                behind = end - (0 if state is None else state.covers)
                # Leave no more behind than is quickly done under the lock.
                much = behind > self._chunk_entries and behind * _BUILDING_IS_FASTER > end
                if state is None or following is None or much:
                    self._keep_nodes()
                    built = True
                    following = Following(signed)
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
                state = following = None
            except IndexDamaged as damage:
                if built:
                    raise Unsound(f"index-mismatch: {damage}. Nothing is sealed; run `audit`") from None
                self.forget_tree()
                state = following = None

    def _build(
        self, upto: _Upto, progress: Progress, work: _Work | None, following: Following
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


def _require_true(data: bytes, state: State, then: str) -> None:
    """Unsound, with what becomes of that, where the seal with these bytes, behind the entries that this index is of,
    says another one.
    """
    sealed = read_seal(data)
    if tuple(sealed) == tuple(state):
        return
    what = f"a seal of {sealed.size} entries stands there"
    if sealed.size == state.covers:
        what = (
            f"the seal there has the root {sealed.root.hex()} over {sealed.tags} tags, the entries before it lead to "
            f"{state.root.hex()} over {state.tags}"
        )
    require(Finding.of_entry("index-mismatch", state.covers, what), then)


def _grow(connection: sqlite3.Connection, *, known: State, upto: int, following: Following) -> State:
    # What is built upon leads to a root, and `known` says that the root is the log's. Whether the rows lead to it,
    # `grow_index` finds out. Asked in each transaction: somebody may have been here since the one before.
    if (index_state(connection) or NOTHING) != known:
        raise _Moved
    return grow_index(connection, upto, following)


def _finish(connection: sqlite3.Connection, *, known: State, upto: _Upto, work: _Work, following: Following) -> int:
    return work(connection, _grow(connection, known=known, upto=upto(connection), following=following), following)


def _continued(connection: sqlite3.Connection, state: State, signed: Sequence[Checkpoint]) -> Following:
    """The leaves before those that the index grows by, from kept nodes where these lead to what was signed, else from
    the leaves. Unsound where one is missing.
    """
    tree, after = Tree(connection), state.covers + 1
    if any(head.size == after and head.root != tree.root_if_whole(after) for head in signed):
        tree = Tree(connection, kept=False)
    return Following(signed, tree.frontier(state.covers))


def _keep_some_nodes(connection: sqlite3.Connection) -> int:
    """Keep some more nodes of the tree; how many leaves were not in any before."""
    create_projections(connection)
    tree = Tree(connection)
    held, (head, _) = tree.held(), _end(connection)
    tree.grow(min(held + _TREE_ENTRIES, head))
    return head - held


def _target(connection: sqlite3.Connection) -> int:
    """How many entries the next seal is of, or the last one if nothing has come in since."""
    head, last = _end(connection)
    return head if last is None else head - 1


def _end(connection: sqlite3.Connection) -> tuple[int, bytes | None]:
    """How many entries there are; the last one's bytes, if it is a seal."""
    (head,) = connection.execute("SELECT coalesce(max(position), 0) FROM entries NOT INDEXED").fetchone()
    return head, seal_at(connection, head)
