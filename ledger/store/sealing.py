"""Sealing: putting an entry into the log that says what the index from tags to entries is, over all before it.

A seal must be the very next entry after what it covers, so it is put in under the write lock, in one transaction with
the index that it seals. What takes long, a backlog of many entries, is caught up before, while others write.

Neither the tables nor a seal in the log is believed because it is there: whoever writes the database can put in both,
and they would agree. The index grows from what a signed checkpoint vouches for, and is else derived from the entries.
"""

import json
import sqlite3
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from ledger.proof import Checkpoint, leaf_hash
from ledger.store.entry import format_entry, format_time, parse_entry
from ledger.store.findings import Finding
from ledger.store.following import Following
from ledger.store.index import grow_index
from ledger.store.index_deriving import CHUNK_ENTRIES, Deriving, SealedLog
from ledger.store.index_tables import State
from ledger.store.judging import Judging
from ledger.store.progress import Progress
from ledger.store.refusals import Unsound
from ledger.store.schema import raise_format_version
from ledger.store.seals import SEAL_TAG, SEAL_TYPE, UNVOUCHED, SpellSeal, Vouched, read_seal, require_seal, seal_at
from ledger.store.soundness import require
from ledger.store.sqlite import SQLiteDCBRecorder
from ledger.store.tree import Tree
from ledger.store.writer import Row, insert

__all__ = ["CHUNK_ENTRIES", "SealedLog", "Sealing"]

_PUT_IN = (
    "No checkpoint was signed that ends in it, and what this program seals is true: somebody else wrote it into the "
    "database, or this machine fails. Nothing is signed; restore the newest backup that lacks it, and take in again "
    "what was recorded since"
)
_SIGNED_OVER = "Nothing is sealed; run `audit`. `checkpoint --anew` seals again behind it"


class Sealing(Deriving):
    """Seals the log in `recorder`. One object serves all threads; several processes may seal one log."""

    def __init__(self, recorder: SQLiteDCBRecorder, spell: SpellSeal, chunk_entries: int = CHUNK_ENTRIES) -> None:
        super().__init__(recorder, chunk_entries)
        self._spell = spell

    def seal(
        self,
        now: datetime,
        progress: Progress = lambda done, total: None,
        *,
        vouched: Vouched = UNVOUCHED,
        anew: bool = False,
        judging: Judging | None = None,
    ) -> SealedLog:
        """Seal all entries, unless the last one is a seal already; the log that ends in the seal, as it was derived.

        Durable on return, and the index in the tables is then that of the seal. It is grown from what is `vouched` for,
        or, where the tables are of anything else, built from the log. Unsound, and nothing is put in, when the last
        entry is a seal of another index than its entries have, or `judging` finds an entry that may not be signed:
        what came in since it was last asked is judged under the lock, and what it judged must be what is sealed.

        `anew`: whatever the tables have, and whatever was sealed and signed before, build the index from the log, and
        seal that; also behind a last entry that is a false seal, if a checkpoint was signed over it. That one stays in
        the log; the next ones are right.
        """
        if anew:
            self.forget_tree()
        work = partial(self._seal, now=now, signed=vouched.size, anew=anew, judging=judging)
        judge = (lambda upto: None) if judging is None else judging.go_on
        sealed = self._derive(_target, None if anew else vouched.index, vouched.heads, progress, work, judge)
        self._recorder.notify()
        return sealed

    def require_true(
        self, size: int, progress: Progress = lambda done, total: None, *, vouched: Vouched = UNVOUCHED
    ) -> SealedLog:
        """The log of the first `size` entries, as it was derived. Unsound unless the last of them is a seal of the
        index that those before it have, spelled as this program spells one.

        For a seal that no signed checkpoint ends in, which a crash may have left, or anybody put there. The tables are
        of it on return, as they are after `seal`.
        """

        def compare(connection: sqlite3.Connection, state: State, following: Following) -> int:
            seal = require_seal(connection, size)
            self._require_true(seal, state, _PUT_IN)
            following.take(size, leaf_hash(seal))
            return size

        return self._derive(lambda connection: size - 1, vouched.index, vouched.heads, progress, compare)

    def rebuild(self, progress: Progress = lambda done, total: None, *, signed: Sequence[Checkpoint] = ()) -> None:
        """Make the projections anew from the log: the index, and the kept nodes of the tree.

        Unsound, and they stay as they are, where its entries do not lead to what was `signed`.
        """
        self._build(_target, progress, None, Following(signed))
        self.forget_tree()

    def _seal(
        self,
        connection: sqlite3.Connection,
        state: State,
        following: Following,
        *,
        now: datetime,
        signed: int,
        anew: bool,
        judging: Judging | None,
    ) -> int:
        head, last = _end(connection)
        if last is not None:
            try:
                self._require_true(last, state, _SIGNED_OVER if head == signed else _PUT_IN)
            except Unsound:
                if not anew or head != signed:
                    raise
                state, last = grow_index(connection, head, following), None
        size = head
        if last is None:
            if judging is not None:
                judging.require(following)
            data = self._spelled(now, state)
            insert(connection, head, [Row(SEAL_TYPE, [SEAL_TAG], json.dumps([SEAL_TAG]), leaf_hash(data), data)])
            raise_format_version(connection)
            size = head + 1
            following.take(size, leaf_hash(data))
        else:
            following.take(size, leaf_hash(last))
        Tree(connection).grow(size)
        return size

    def _spelled(self, at: datetime, state: State) -> bytes:
        """The bytes of a seal of this index."""
        fact = self._spell(at, state.covers, state.tags, state.root)
        return format_entry(SEAL_TYPE, format_time(at), [SEAL_TAG], fact)

    def _require_true(self, data: bytes, state: State, then: str) -> None:
        """Unsound, with what becomes of that, where the seal with these bytes, behind the entries that this index is
        of, says another one, or says it in other bytes than would be put in.
        """
        try:
            sealed = read_seal(data)
        except Unsound:
            require(Finding.of_entry("malformed", state.covers, f"a seal cannot be read: {data[:200]!r}"), then)
            raise
        if tuple(sealed) == tuple(state):
            if data != self._spelled(parse_entry(data).appended_at, state):
                require(Finding.of_entry("malformed", state.covers, "the seal there is in another spelling"), then)
            return
        what = f"a seal of {sealed.size} entries stands there"
        if sealed.size == state.covers:
            what = (
                f"the seal there has the root {sealed.root.hex()} over {sealed.tags} tags, the entries before it lead "
                f"to {state.root.hex()} over {state.tags}"
            )
        require(Finding.of_entry("index-mismatch", state.covers, what), then)


def _target(connection: sqlite3.Connection) -> int:
    """How many entries the next seal is of, or the last one if nothing has come in since."""
    head, last = _end(connection)
    return head if last is None else head - 1


def _end(connection: sqlite3.Connection) -> tuple[int, bytes | None]:
    """How many entries there are; the last one's bytes, if it is a seal."""
    (head,) = connection.execute("SELECT coalesce(max(position), 0) FROM entries NOT INDEXED").fetchone()
    return head, seal_at(connection, head)
