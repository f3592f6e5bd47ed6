"""Proofs of RFC 6962 over the log as it lies in the store, in the words of whoever asks a ledger for one.

Each is held against a root before it is handed out: that which was signed, or that of the leaves.
"""

from collections.abc import Callable
from typing import TypeVar

from ledger.proof import ProofError, check_consistency, check_inclusion, consistency_ranges, inclusion_ranges
from ledger.store.checkpoints import Checkpoints
from ledger.store.missing import entry_missing, in_order
from ledger.store.proving import NotAsSigned, proof_nodes, root_at
from ledger.store.refusals import StoreError
from ledger.store.soundness import require_sound, unsound
from ledger.store.sqlite import SQLiteDCBRecorder

T = TypeVar("T")


def inclusion(recorder: SQLiteDCBRecorder, checkpoints: Checkpoints, index: int, size: int) -> list[bytes]:
    """The proof that entry `index` is in the tree of the first `size` entries (section 2.1.1).

    StoreError where there are fewer; Unsound, in the words of a finding, where the log does not have what was signed.
    """
    ranges = _ranges(recorder, inclusion_ranges, index, size)

    def proven() -> list[bytes]:
        held, root = leaf(recorder, index), root_at(recorder.connections, size, checkpoints.open_kept)
        return proof_nodes(recorder.connections, ranges, lambda proof: check_inclusion(index, size, held, proof, root))

    return _or_unsound(recorder, size, proven)


def consistency(recorder: SQLiteDCBRecorder, checkpoints: Checkpoints, old: int, new: int) -> list[bytes]:
    """The proof that the first `new` entries continue the first `old` (section 2.1.2). Errors as of `inclusion`."""
    _ranges(recorder, consistency_ranges, old, new)
    root = _or_unsound(recorder, new, lambda: root_at(recorder.connections, new, checkpoints.open_kept))
    return continuation(recorder, old, new, root)


def continuation(recorder: SQLiteDCBRecorder, old: int, size: int, root: bytes) -> list[bytes]:
    """The same of a tree of this size and root. Unsound where the entries do not have that root."""
    if not (ranges := _ranges(recorder, consistency_ranges, old, size)):
        return []

    # The old root is taken as it comes: it leads, with the proof, to no other tree's root than its own.
    def check(nodes: list[bytes]) -> None:
        *proof, old_root = nodes
        check_consistency(old, size, proof, old_root, root)

    nodes = _or_unsound(recorder, size, lambda: proof_nodes(recorder.connections, [*ranges, (0, old)], check))
    return nodes[:-1]


def leaf(recorder: SQLiteDCBRecorder, index: int) -> bytes:
    """The leaf hash of an entry, as it is stored. StoreError if there is none of this index, Unsound if it is gone."""
    for found in recorder.leaves(index, require_index(recorder, index)):
        return found
    raise entry_missing(index + 1)


def require_index(recorder: SQLiteDCBRecorder, index: int) -> int:
    """The size of the smallest log that has this index. StoreError if this one is smaller."""
    size = recorder.size()
    if not 0 <= index < size:
        raise StoreError(f"index {index}: the ledger has {size} entries; ask for an index below that")
    return index + 1


def _ranges(
    recorder: SQLiteDCBRecorder, ranges: Callable[[int, int], list[tuple[int, int]]], one: int, size: int
) -> list[tuple[int, int]]:
    try:
        return ranges(one, require_index(recorder, size - 1))
    except ProofError as error:
        raise StoreError(str(error)) from None


def _or_unsound(recorder: SQLiteDCBRecorder, size: int, derived: Callable[[], T]) -> T:
    """What is derived; Unsound, naming what is wrong with the first `size` entries, where that raises ProofError.

    Of what was signed it is held against, so many more may be asked: all under that checkpoint.
    """
    try:
        return derived()
    except ProofError as error:
        if isinstance(error, NotAsSigned):
            size = error.size
        for row in in_order(recorder.rows(upto=size), 0):  # of an altered entry, that is the first offence
            require_sound(row)
        what = f"the first {size} entries are not those that were signed: the log was rewritten, or this is another's"
        raise unsound("history-fork", "log", f"{what} ({error})") from None
