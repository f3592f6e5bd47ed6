"""The root of the whole log by two paths that share no code, in memory that does not grow with it.

One path folds the *stored leaves* through the frontier. The other hashes the *stored bytes* again and computes the
tree as RFC 6962 section 2.1 defines it, by recursion. Where one flipped bit, in memory, on disk or in either piece of
code, would make us sign a root that the entries do not have, the two differ.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from hashlib import sha256
from typing import NamedTuple

from ledger.proof import EMPTY_ROOT, HASH_BYTES, Frontier
from ledger.store.findings import Finding
from ledger.store.missing import no_entry
from ledger.store.soundness import altered
from ledger.store.sqlite import Stored


class DerivedRoots(NamedTuple):
    """The root of `size` entries from their bytes, from their leaves, and the latter at earlier sizes asked for.

    `frontier` is that of the leaves, to go on from.
    """

    size: int
    root_of_bytes: bytes
    root_of_leaves: bytes
    roots: dict[int, bytes]
    frontier: Frontier


def derive(
    rows: Iterable[Stored],
    size: int,
    *,
    at: Collection[int] = (),
    differs: Callable[[Finding], None],
) -> DerivedRoots:
    """Read the first `size` entries once, in order, and derive their root both ways.

    `at`: earlier sizes whose roots are wanted too. `differs` is called for each entry that is missing
    (`entry-missing`) or whose leaf is not the hash of its bytes (`entry-altered`); it may raise. A missing entry counts
    as a leaf of zeros, so that the rest keeps its place.
    """
    frontier = Frontier()
    roots = {0: EMPTY_ROOT} if 0 in at else {}

    def stored(leaf: bytes) -> None:
        frontier.append(leaf if len(leaf) == HASH_BYTES else bytes(HASH_BYTES))
        if frontier.size in at:
            roots[frontier.size] = frontier.root()

    def hashed() -> Iterator[bytes]:
        index = 0
        for row in rows:
            while index < row.position - 1 and index < size:
                differs(no_entry(index + 1))
                stored(bytes(32))
                yield bytes(32)
                index += 1
            leaf = sha256(b"\x00" + row.data).digest()
            if (found := altered(row, leaf)) is not None:
                differs(found)
            stored(row.leaf)
            yield leaf
            index += 1
        while index < size:
            differs(no_entry(index + 1))
            stored(bytes(32))
            yield bytes(32)
            index += 1

    leaves = hashed()

    def subtree(count: int) -> bytes:
        if count == 1:
            return next(leaves)
        left = 1
        while left * 2 < count:
            left *= 2
        first = subtree(left)
        return sha256(b"\x01" + first + subtree(count - left)).digest()

    root = subtree(size) if size else EMPTY_ROOT
    return DerivedRoots(size, root, frontier.root(), roots, frontier)
