"""All the tiles of a tree, as c2sp.org/tlog-tiles lays them out: what a whole published log consists of."""

from collections.abc import Iterator

from ledger.proof.tiles import ENTRIES, TILE_WIDTH, Tile


def tiles_of(size: int, *, entries: bool = True) -> Iterator[Tile]:
    """Every tile of the tree of `size` leaves: bundles of entries first, then hashes from below, each by its index."""
    if entries:
        yield from _row(ENTRIES, size)
    level, count = 0, size
    while count:
        yield from _row(level, count)
        level, count = level + 1, count // TILE_WIDTH


def _row(level: int, count: int) -> Iterator[Tile]:
    for index in range(-(-count // TILE_WIDTH)):
        yield Tile(level, index, min(TILE_WIDTH, count - index * TILE_WIDTH))
