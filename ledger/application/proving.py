"""Proofs of RFC 6962 over the log as it lies in the store, in the words of whoever asks a ledger for one."""

from collections.abc import Callable

from ledger.proof import ProofError, consistency_ranges, inclusion_ranges
from ledger.store.refusals import StoreError
from ledger.store.sqlite import SQLiteDCBRecorder
from ledger.store.tree import Tree


def inclusion(recorder: SQLiteDCBRecorder, index: int, size: int) -> list[bytes]:
    """The proof that entry `index` is in the tree of the first `size` entries (section 2.1.1)."""
    return _nodes(recorder, inclusion_ranges, index, size)


def consistency(recorder: SQLiteDCBRecorder, old: int, new: int) -> list[bytes]:
    """The proof that the first `new` entries continue the first `old` (section 2.1.2)."""
    return _nodes(recorder, consistency_ranges, old, new)


def require_index(recorder: SQLiteDCBRecorder, index: int) -> int:
    """The size of the smallest log that has this index. StoreError if this one is smaller."""
    size = recorder.head()
    if not 0 <= index < size:
        raise StoreError(f"index {index}: the ledger has {size} entries; ask for an index below that")
    return index + 1


def _nodes(
    recorder: SQLiteDCBRecorder, ranges: Callable[[int, int], list[tuple[int, int]]], one: int, size: int
) -> list[bytes]:
    try:
        wanted = ranges(one, require_index(recorder, size - 1))
    except ProofError as error:
        raise StoreError(str(error)) from None
    with recorder.connections.read() as connection:
        return Tree(connection).nodes(wanted)
