"""Is the log what its bytes say, and does it continue everything that was signed? Asked before anything more is signed.

A short log is derived whole from its stored bytes, by two paths. Of a long one only what is new since the last
checkpoint: the kept nodes of the tree must lead to the root that was signed, and from that root's frontier the new
entries are hashed on; the kept nodes and stored leaves are the other path. Whatever does not fit is looked into by
deriving the whole log, which then says what it is. (The old entries' bytes are `audit`'s business.)
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ledger.proof import Checkpoint, Frontier, leaf_hash
from ledger.store.findings import Finding
from ledger.store.missing import entry_missing
from ledger.store.rederiving import DerivedRoots, derive
from ledger.store.refusals import Unsound
from ledger.store.soundness import SIGNED, altered, beside, require
from ledger.store.sqlite import SQLiteDCBRecorder, Stored
from ledger.store.tree import Tree

WHOLE_ENTRIES = 65_536
"""A log of so many entries is derived whole every time: a third of a second."""


class Continued(NamedTuple):
    """The log as a frontier, on which two paths agree. `kept_fits`: so do the kept nodes of the tree; else they are
    to be forgotten.
    """

    frontier: Frontier
    kept_fits: bool


class Continuity:
    """Holds the log in `recorder` against what was signed of it."""

    def __init__(self, recorder: SQLiteDCBRecorder, whole_entries: int = WHOLE_ENTRIES) -> None:
        self._recorder = recorder
        self._whole_entries = whole_entries

    def check(self, size: int, signed: Sequence[Checkpoint]) -> Continued:
        """The first `size` entries, which continue all that was signed.

        Raises Unsound, naming the finding, for a log that is not what was hashed or signed.
        """
        refuse_rollback(size, signed)
        if size <= self._whole_entries or not signed:
            return Continued(self._whole(size, signed), True)
        frontier = self._from_last(size, signed)
        return Continued(self._whole(size, signed), False) if frontier is None else Continued(frontier, True)

    def extend(self, frontier: Frontier, size: int) -> Continued:
        """The frontier gone on to `size`, from stored bytes; Unsound when the stored leaves lead elsewhere."""
        extended = self._hashed(frontier, size)
        with self._recorder.connections.read() as connection:
            if Tree(connection).root_if_whole(size) == extended.root():
                return Continued(extended, True)
            by_leaves = Tree(connection, kept=False).root(size)
        if extended.root() != by_leaves:
            raise _two_roots(size, extended.root(), by_leaves)
        return Continued(extended, False)

    def _from_last(self, size: int, signed: Sequence[Checkpoint]) -> Frontier | None:
        """From the last checkpoint's frontier on; None when the kept nodes do not lead to what was signed."""
        last = max(signed, key=lambda checkpoint: checkpoint.size)
        with self._recorder.connections.read() as connection:
            tree = Tree(connection)
            if any(tree.root_if_whole(checkpoint.size) != checkpoint.root for checkpoint in signed):
                return None
            frontier, by_leaves = tree.frontier(last.size), tree.root_if_whole(size)
        extended = self._hashed(frontier, size)
        return extended if extended.root() == by_leaves else None

    def _hashed(self, frontier: Frontier, size: int) -> Frontier:
        extended = Frontier(frontier.size, frontier.nodes)
        misfit: Finding | None = None
        for row in self._recorder.rows(after=frontier.size, upto=size):
            if row.position != extended.size + 1:
                break
            leaf = leaf_hash(row.data)
            require(altered(row, leaf), SIGNED)
            misfit = misfit or beside(row)
            extended.append(leaf)
        if extended.size != size:
            raise entry_missing(extended.size + 1, SIGNED)
        require(misfit, SIGNED)
        return extended

    def _whole(self, size: int, signed: Sequence[Checkpoint]) -> Frontier:
        misfit: Finding | None = None

        def rows() -> Iterator[Stored]:
            nonlocal misfit
            for row in self._recorder.rows(upto=size):
                yield row
                misfit = misfit or beside(row)

        at = {checkpoint.size for checkpoint in signed}
        derived = derive(rows(), size, at=at, differs=lambda found: require(found, SIGNED))
        if derived.root_of_bytes != derived.root_of_leaves:
            raise _two_roots(size, derived.root_of_bytes, derived.root_of_leaves)
        _refuse_fork(derived, signed)
        require(misfit, SIGNED)  # last: of a log that was rewritten it is the least
        return derived.frontier


def refuse_rollback(size: int, signed: Sequence[Checkpoint]) -> None:
    """Unsound where a checkpoint was signed over more than these `size` entries."""
    for checkpoint in signed:
        if checkpoint.size > size:
            raise Unsound(
                f"checkpoint-rollback: log: the ledger has {size} entries, but its key has signed a checkpoint of "
                f"{checkpoint.size}: an old backup was restored here. Nothing is signed, taken in or exported, and "
                "what is read here lacks what was recorded since; restore the newest backup"
            )


def _refuse_fork(derived: DerivedRoots, signed: Sequence[Checkpoint]) -> None:
    for checkpoint in signed:
        if derived.roots[checkpoint.size] != checkpoint.root:
            raise Unsound(
                f"history-fork: log: the first {checkpoint.size} entries have the root "
                f"{derived.roots[checkpoint.size].hex()}, but {checkpoint.root.hex()} was signed: the log was "
                "rewritten, or this is another log's database. Nothing is signed; run `audit`, restore a backup"
            )


def _two_roots(size: int, of_bytes: bytes, of_leaves: bytes) -> Unsound:
    # Each entry by itself fits its leaf: so nobody is accused of having altered one.
    what = f"two ways to derive the root of {size} entries give {of_bytes.hex()} and {of_leaves.hex()}"
    found = Finding("malformed", "log", what)
    return Unsound(f"{found}. Nothing is signed; check this machine's memory, then run `audit`")
