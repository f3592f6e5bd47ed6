"""A log cut into tiles: immutable files of 256 hashes or 256 entries each, from which anyone proves what they like.

Source: c2sp.org/tlog-tiles. Which tiles a tree of a size has, under which paths, and what their bytes say: from
numbers and bytes alone; where files lie, who may read them and how they are served is not known here.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from ledger.proof.frontier import Frontier
from ledger.proof.hashes import HASH_BYTES, ProofError, require_hashes, require_size
from ledger.proof.tree import root

TILE_WIDTH = 256
"""Hashes in a full tile, entries in a full bundle: eight levels of the tree."""

ENTRIES = -1
"""The level of the bundles that hold the entries themselves; level 0 has their leaf hashes."""

MAX_ENTRY = 65_535
"""Bytes of the longest entry: its length stands before it in 16 bits."""

_PATH = re.compile(r"tile/(entries|0|[1-9][0-9]?)/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?", re.ASCII)


class Tile(NamedTuple):
    """`width` hashes (or entries) from number `index` × 256 on, of those at `level`; partial below 256."""

    level: int
    index: int  # type: ignore[assignment]  # a tuple's own `index` is not missed
    width: int = TILE_WIDTH

    @property
    def path(self) -> str:
        """Where it is served, below the log's prefix: `tile/0/x001/x234/067`, `tile/entries/000.p/15`."""
        level = "entries" if self.level == ENTRIES else str(self.level)
        digits = str(self.index)
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        groups = [digits[place : place + 3] for place in range(0, len(digits), 3)]
        whole = "/".join(["tile", level, *("x" + group for group in groups[:-1]), groups[-1]])
        return whole if self.width == TILE_WIDTH else f"{whole}.p/{self.width}"


def parse_tile_path(path: str) -> Tile:
    """The tile of a path. ProofError for any text that is not the one path of a tile."""
    found = _PATH.fullmatch(path)
    if found is None:
        raise ProofError(f"tile path: {path[:80]!r} is none; expected tile/LEVEL/N or tile/LEVEL/N.p/WIDTH")
    level, number, width = found.groups()
    digits = number.replace("x", "").replace("/", "")
    if len(digits) > 18:
        raise ProofError(f"tile path: {path[:80]!r} has a number that no tile has")
    tile = Tile(ENTRIES if level == "entries" else int(level), int(digits), TILE_WIDTH if width is None else int(width))
    if tile.path != path or tile.level >= 64 or (width is not None and tile.width >= TILE_WIDTH):
        raise ProofError(f"tile path: {path[:80]!r} is not the one path of a tile")
    return tile


def edge_tiles(size: int) -> Iterator[Tile]:
    """The partial tiles of hashes in the tree of `size` leaves, one a level at most, from below.

    They hold the roots of all its full subtrees, so that they alone give its root (`read_frontier`).
    """
    for level, count in _levels(size):
        if count % TILE_WIDTH:
            yield Tile(level, count // TILE_WIDTH, count % TILE_WIDTH)


def _levels(size: int) -> Iterator[tuple[int, int]]:
    """Each level of tiles, and how many hashes stand there: the roots of full subtrees of 256^level leaves."""
    level, count = 0, require_size(size, "size")
    while count:
        yield level, count
        level, count = level + 1, count // TILE_WIDTH


def read_frontier(size: int, read: Callable[[Tile], Sequence[bytes]]) -> Frontier:
    """The right edge of the tree of `size` leaves from its edge tiles, which `read` returns as their hashes.

    It is as true as the tiles are: hold its root against a checkpoint's.
    """
    nodes: list[bytes] = []
    for tile in edge_tiles(size):
        hashes = read(tile)
        if len(hashes) != tile.width:
            raise ProofError(f"{tile.path}: {tile.width} hashes are expected, not {len(hashes)}")
        nodes[:0] = _full_subtrees(hashes)
    return Frontier(size, nodes)


def _full_subtrees(hashes: Sequence[bytes]) -> Iterator[bytes]:
    start = 0
    for height in range(7, -1, -1):
        if len(hashes) & 1 << height:
            yield root(hashes[start : start + (1 << height)])
            start += 1 << height


def format_hash_tile(hashes: Sequence[bytes]) -> bytes:
    """The bytes of a tile of 1 to 256 hashes."""
    _require_width(len(require_hashes(hashes, "hashes")))
    return b"".join(hashes)


def parse_hash_tile(data: bytes, width: int) -> list[bytes]:
    """The `width` hashes of a tile; ProofError if it has more, fewer, or half of one."""
    if len(data) != _require_width(width) * HASH_BYTES:
        raise ProofError(f"hash tile: {width} hashes of {HASH_BYTES} bytes are expected, not {len(data):,} bytes")
    return [data[start : start + HASH_BYTES] for start in range(0, len(data), HASH_BYTES)]


def format_entry_bundle(entries: Sequence[bytes]) -> bytes:
    """The bytes of a bundle of 1 to 256 entries: each behind its length in 16 bits, big-endian."""
    _require_width(len(entries))
    for entry in entries:
        if len(entry) > MAX_ENTRY:
            raise ProofError(f"entry bundle: an entry of {len(entry):,} bytes; at most {MAX_ENTRY:,} fit its length")
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def parse_entry_bundle(data: bytes, width: int) -> list[bytes]:
    """The `width` entries of a bundle; ProofError if it has more, fewer, or half of one."""
    _require_width(width)
    entries: list[bytes] = []
    place = 0
    while place < len(data):
        end = place + 2 + int.from_bytes(data[place : place + 2], "big")
        if place + 2 > len(data) or end > len(data):
            raise ProofError(f"entry bundle: it ends inside entry {len(entries)}")
        entries.append(data[place + 2 : end])
        place = end
    if len(entries) != width:
        raise ProofError(f"entry bundle: {width} entries are expected, not {len(entries)}")
    return entries


def _require_width(width: int) -> int:
    if not 1 <= width <= TILE_WIDTH:
        raise ProofError(f"a tile is 1 to {TILE_WIDTH} wide, not {width}")
    return width
