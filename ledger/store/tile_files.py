"""Tiles as files in one directory: read, written once, and grown tile by tile.

Knows paths, modes and durability; not what log the tiles are of, nor whether they are true.
"""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from ledger.files import sync_directory
from ledger.proof import Frontier, ProofError
from ledger.proof.tiles import (
    ENTRIES,
    TILE_WIDTH,
    Tile,
    edge_tiles,
    format_hash_tile,
    parse_hash_tile,
    read_frontier,
)
from ledger.proof.tree import root
from ledger.store.refusals import Unsound

BUNDLES = Path("tile", "entries")
"""Where the entries themselves lie, for owner and group alone."""

ANOTHER = "Nothing is published; publish into an empty directory, and keep this one to find out who changed it"


class Edge(NamedTuple):
    """The right edge of a tree: its partial tiles by level, and the frontier that they come to."""

    frontier: Frontier
    partial: Mapping[int, Sequence[bytes]]

    @property
    def full_size(self) -> int:
        """How many leaves are in full tiles of leaf hashes."""
        return self.frontier.size - self.frontier.size % TILE_WIDTH

    def full(self) -> Frontier:
        """The frontier of the full tiles of leaf hashes: a tree of full subtrees is the tree of their leaves."""
        return Frontier(self.full_size // TILE_WIDTH, self.frontier.nodes[: self.full_size.bit_count()])


class TileFiles:
    """The files of one directory: read, and written once."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.written = 0
        self._touched: set[Path] = set()

    def hashes(self, tile: Tile) -> list[bytes]:
        """The hashes of a tile that is there. ProofError, naming it, when it is missing or not whole."""
        try:
            return parse_hash_tile((self.directory / tile.path).read_bytes(), tile.width)
        except (OSError, ProofError) as error:
            raise ProofError(f"{tile.path}: {error.strerror if isinstance(error, OSError) else error}") from None

    def edge(self, size: int) -> Edge:
        """The right edge of the tree of `size` leaves, each tile read once. ProofError as `hashes` has it."""
        partial = {tile.level: self.hashes(tile) for tile in edge_tiles(size)}
        return Edge(read_frontier(size, lambda tile: partial[tile.level]), partial)

    def write_tile(self, tile: Tile, data: bytes) -> None:
        """Write a tile, unless it is there. Unsound if there is another in its place."""
        try:
            found = (self.directory / tile.path).read_bytes()
        except FileNotFoundError:
            self.write(tile.path, data, public=tile.level != ENTRIES)
            return
        if found != data:
            raise Unsound(f"{self.directory / tile.path}: another tile than this log has there. {ANOTHER}")

    def write(self, name: str, data: bytes, *, public: bool = True, replace: bool = False) -> None:
        """Write a file whole or not at all, readable by everybody or by owner and group."""
        path = self.directory / name
        self._make(path.parent)
        beside = path.with_name(f".{path.name}.new")
        beside.unlink(missing_ok=True)  # left from a publication that was killed
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(descriptor, 0o644 if public else 0o640)
            file.write(data)
            file.flush()
            os.fsync(descriptor)
        os.replace(beside, path)
        self._touched.add(path.parent)
        self.written += 1

    def sync(self) -> None:
        """Make the new names durable."""
        for directory in sorted(self._touched):
            sync_directory(directory)
        self._touched.clear()

    def _make(self, directory: Path) -> None:
        """Make a directory and those above it, whatever the process's umask."""
        if directory.is_dir():
            return
        self._make(directory.parent)
        directory.mkdir()
        inside = directory.relative_to(self.directory)
        directory.chmod(0o750 if inside.is_relative_to(BUNDLES) else 0o755)
        self._touched.add(directory.parent)

    def drop_partial(self, before: int, size: int) -> None:
        """Remove the partial tiles of size `before` whose full tile is there now, at `size`.

        The specification lets a log do so, and tells readers to ask for the full one. Kept, they would outgrow it.
        """
        for partial in (*edge_tiles(before), Tile(ENTRIES, before // TILE_WIDTH, before % TILE_WIDTH)):
            span = TILE_WIDTH ** (max(partial.level, 0) + 1)
            if (partial.index + 1) * span <= size:
                beside = self.directory / (partial._replace(width=TILE_WIDTH).path + ".p")
                for path in beside.glob("*"):
                    path.unlink()
                if beside.is_dir():
                    beside.rmdir()


class GrowingTiles:
    """The last tile of each level, filled tile by tile from below; a full one is written and hashed into the one above.

    Writes what it is given: whoever calls has held it against what was signed, for a full tile is never replaced.
    """

    def __init__(self, tiles: TileFiles, edge: Edge) -> None:
        """`edge`: what is there already."""
        self._tiles = tiles
        self._size = edge.full_size
        self._ends = {level: list(hashes) for level, hashes in edge.partial.items() if level}

    def append(self, leaves: Sequence[bytes], node: bytes) -> None:
        """Write the next tile of leaf hashes, from its first on; only the last may be partial. `node`: their root."""
        self._tiles.write_tile(Tile(0, self._size // TILE_WIDTH, len(leaves)), format_hash_tile(leaves))
        self._size += len(leaves)
        end, level = leaves, 0
        while len(end) == TILE_WIDTH:
            level += 1
            end = self._ends.setdefault(level, [])
            end.append(node)
            if len(end) == TILE_WIDTH:
                self._tiles.write_tile(Tile(level, (self._size >> 8 * (level + 1)) - 1), format_hash_tile(end))
                node = root(end)
                self._ends[level] = []

    def finish(self) -> None:
        """Write the partial tiles above the leaves."""
        for tile in edge_tiles(self._size):
            if tile.level:
                self._tiles.write_tile(tile, format_hash_tile(self._ends[tile.level]))
