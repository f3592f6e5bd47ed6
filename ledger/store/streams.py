"""The streams of the sealed index: what each tag's entries come to, from the tag index in order and the leaves.

A first seal folds all of them as they are at one size, an audit as they are at every seal, over ranges of tags in as
many processes as it likes: this is the one piece of code for both.

Pure: knows (tag, position) in order and hashes, no database and no process. FORMAT.md, "Sealed index".
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256

from ledger.proof import HASH_BYTES, stream_leaf, tag_key
from ledger.store.findings import Finding
from ledger.store.index_tables import Held
from ledger.store.soundness import SEALED, require


def stream_leaves(leaves: Iterable[tuple[int, bytes]]) -> bytearray:
    """The stream leaves of (position, leaf hash) from position 1 on, joined: that of index n from byte 32·n on.

    Unsound when a position is left out or a leaf is no hash.
    """
    joined = bytearray()
    for position, leaf in leaves:
        if len(joined) != HASH_BYTES * (position - 1) or len(leaf) != HASH_BYTES:
            index = len(joined) // HASH_BYTES
            require(Finding.of_entry("entry-missing", index, "there is no entry, or no leaf of it"), SEALED)
        joined += stream_leaf(position - 1, leaf)
    return joined


def changes_of(
    tags: Iterable[tuple[str, int]], leaves: bytes | bytearray | memoryview, sizes: Sequence[int]
) -> Iterator[tuple[int, Held]]:
    """The stream of each tag from (tag, position), sorted, as it is at each of these `sizes` that finds it grown: the
    number of the size among them, and the stream.

    `leaves`: the `stream_leaves` of all positions; `sizes`: ascending; no position is beyond the last of them.
    """
    current: str | None = None
    key, count, number, end = b"", 0, 0, 0
    nodes: list[bytes | bytearray | memoryview] = []
    for tag, position in tags:
        if tag != current or position > end:
            if count:
                yield number, Held(key, count, b"".join(nodes))
            if tag != current:
                current, key, count, nodes = tag, tag_key(tag), 0, []
            number = bisect_left(sizes, position)
            end = sizes[number]
        node: bytes | bytearray | memoryview = leaves[HASH_BYTES * (position - 1) : HASH_BYTES * position]
        filled = count
        while filled & 1:  # as `ledger.proof.Frontier` does; here, because it is what sealing and auditing wait for
            node = sha256(b"\x01" + nodes.pop() + node).digest()
            filled >>= 1
        nodes.append(node)
        count += 1
    if count:
        yield number, Held(key, count, b"".join(nodes))
