"""The log on its way into tiles: what is written is what was held against what was signed.

A full tile is never replaced, so nothing wrong may ever be written, also while somebody else writes the database. The
log is read twice: first to hold it against what is published and what was signed, while nothing is written yet. Of
that the root of each tile is kept, 32 bytes for 256 entries, and the very hashes and bytes that are read to be
written must have it.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from ledger.proof import HASH_BYTES, Checkpoint, Frontier, root
from ledger.proof.tiles import ENTRIES, MAX_ENTRY, TILE_WIDTH, Tile, format_entry_bundle
from ledger.store.findings import Finding
from ledger.store.matching import Stored
from ledger.store.missing import entry_missing
from ledger.store.progress import Progress
from ledger.store.refusals import StoreError
from ledger.store.soundness import PUBLISHED, altered, require
from ledger.store.sqlite import SQLiteDCBRecorder
from ledger.store.tile_files import Edge, GrowingTiles, TileFiles

T = TypeVar("T")


def roots_that_lead(recorder: SQLiteDCBRecorder, edge: Edge, target: Checkpoint) -> list[bytes]:
    """The roots of the log's tiles of leaf hashes, from the first on that is not full in `edge`, which is published.

    Unsound where the log does not have what is published there, or does not lead from it to what was signed.
    """
    full, rest, roots = edge.full(), Frontier(), list[bytes]()
    for leaves in _by_tiles(recorder.leaves(edge.full_size, target.size)):
        first = full.size * TILE_WIDTH
        if not roots:
            _refuse_others(leaves, edge.partial.get(0, ()), first)
        roots.append(_root(leaves, first))
        if len(leaves) == TILE_WIDTH:
            full.append(roots[-1])
        else:
            rest.extend(leaves)
    found = Frontier(full.size * TILE_WIDTH + rest.size, [*full.nodes, *rest.nodes])
    if found.size != target.size:
        raise entry_missing(found.size + 1, PUBLISHED)
    if found.root() != target.root:
        what = (
            f"the {edge.frontier.size} entries published and what the log has after them do not lead to the root of "
            f"size {target.size} that was signed: the log was rewritten since"
        )
        require(Finding("history-fork", "log", what), PUBLISHED)
    return roots


def write_tiles(
    recorder: SQLiteDCBRecorder,
    tiles: TileFiles,
    edge: Edge,
    size: int,
    roots: Sequence[bytes],
    *,
    entries: bool,
    progress: Progress,
) -> None:
    """Write the tiles of leaf hashes that have these roots, those above them and, if wanted, the bundles of `entries`.

    Unsound, and neither that tile nor one behind it is written, where what is read does not have its root, or an
    entry's bytes are not those of its leaf; StoreError where they do not fit into a bundle.
    """
    growing, before, first = GrowingTiles(tiles, edge), edge.frontier.size, edge.full_size
    read = _by_tiles(_read(recorder, first, size, entries))
    for expected in roots:
        some = next(read, [])
        leaves = [leaf for leaf, _ in some]
        if _root(leaves, first) != expected:
            what = (
                f"the entries from index {first} on led to the root that was signed, and read again they do not: "
                "somebody writes the database meanwhile"
            )
            require(Finding("history-fork", "log", what), PUBLISHED)
        growing.append(leaves, expected)
        if entries:
            bundle = format_entry_bundle([data for _, data in some])
            tiles.write_tile(Tile(ENTRIES, first // TILE_WIDTH, len(some)), bundle)
        first += len(some)
        progress(first - before, size - before)
    growing.finish()


def too_long(row: Stored) -> Finding | None:
    """`malformed` where an entry does not fit into a bundle, else None."""
    if len(row.data) <= MAX_ENTRY:
        return None
    what = f"it has {len(row.data):,} bytes, in a bundle of entries there is room for {MAX_ENTRY:,}"
    return Finding.of_entry("malformed", row.position - 1, what)


def _refuse_others(leaves: Sequence[bytes], published: Sequence[bytes], first: int) -> None:
    """Unsound where the log's leaves, from index `first` on, are not those that are published."""
    for index, (leaf, there) in enumerate(zip(leaves, published, strict=False), first):
        if leaf != there:
            what = f"its leaf in the log is {leaf.hex()}, {there.hex()} was published: the log was rewritten since"
            require(Finding.of_entry("history-fork", index, what), PUBLISHED)


def _root(leaves: Sequence[bytes], first: int) -> bytes:
    """The root of leaves from index `first` on; Unsound where one is no hash."""
    for index, leaf in enumerate(leaves, first):
        if len(leaf) != HASH_BYTES:
            what = f"its leaf in the log is {len(leaf)} bytes, a hash is {HASH_BYTES}"
            require(Finding.of_entry("malformed", index, what), PUBLISHED)
    return root(leaves)


def _read(recorder: SQLiteDCBRecorder, after: int, upto: int, entries: bool) -> Iterator[tuple[bytes, bytes]]:
    """The leaf of each entry and, if it is wanted, the bytes that it is the hash of. Unsound where it is not."""
    if not entries:
        yield from ((leaf, b"") for leaf in recorder.leaves(after, upto))
        return
    for row in recorder.rows(after=after, upto=upto):
        require(altered(row), PUBLISHED)
        if (long := too_long(row)) is not None:
            raise StoreError(f"{long}. It is not published; run `audit`, and publish hashes only, in another directory")
        yield row.leaf, row.data


def _by_tiles(some: Iterable[T]) -> Iterator[list[T]]:
    """As many as a tile has, the last fewer."""
    left = iter(some)
    while tile := list(islice(left, TILE_WIDTH)):
        yield tile
