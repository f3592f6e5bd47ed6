"""Tiles as files in one directory: read, written once, and grown leaf by leaf.

Knows paths, modes and durability; not what log the tiles are of, nor whether they are true.
"""

import os
from pathlib import Path

from ledger.files import sync_directory
from ledger.proof import ProofError
from ledger.proof.tiles import ENTRIES, TILE_WIDTH, Tile, edge_tiles, format_hash_tile, parse_hash_tile
from ledger.proof.tree import root
from ledger.store.refusals import Unsound

BUNDLES = Path("tile", "entries")
"""Where the entries themselves lie, for owner and group alone."""

ANOTHER = "Nothing is published; publish into an empty directory, and keep this one to find out who changed it"


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
    """The tile at the end of each level, filled leaf by leaf; a full one is written and hashed into the one above."""

    def __init__(self, tiles: TileFiles, size: int) -> None:
        self.tiles = tiles
        self._size = size
        self._ends: list[list[bytes]] = []
        for tile in edge_tiles(size):
            self._ends += [[] for _ in range(tile.level - len(self._ends))] + [list(tiles.hashes(tile))]

    def append(self, leaf: bytes) -> None:
        self._size += 1
        level, node = 0, leaf
        while True:
            if level == len(self._ends):
                self._ends.append([])
            end = self._ends[level]
            end.append(node)
            if len(end) < TILE_WIDTH:
                return
            self.tiles.write_tile(Tile(level, (self._size >> 8 * (level + 1)) - 1), format_hash_tile(end))
            node = root(end)
            self._ends[level] = []
            level += 1

    def finish(self) -> None:
        """Write the partial tiles."""
        for tile in edge_tiles(self._size):
            self.tiles.write_tile(tile, format_hash_tile(self._ends[tile.level]))
