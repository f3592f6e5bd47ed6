"""Tiles that grow tile by tile are those of the whole tree, over three levels of them."""

from hashlib import sha256
from pathlib import Path

import pytest

from ledger.proof import Frontier, ProofError, root
from ledger.proof.tiles import edge_tiles
from ledger.store.refusals import Unsound
from ledger.store.tile_files import Edge, GrowingTiles, TileFiles
from tests.proof.whole_tiles import tiles_of

LEAVES = [sha256(b"%d" % n).digest() for n in range(66_100)]


def grow(tiles: TileFiles, edge: Edge, size: int) -> None:
    growing = GrowingTiles(tiles, edge)
    for first in range(edge.full_size, size, 256):
        leaves = LEAVES[first : min(first + 256, size)]
        growing.append(leaves, root(leaves))
    growing.finish()


@pytest.mark.parametrize("sizes", [[65_536], [65_535, 65_537], [1, 65_000, 66_048, 66_100]])
def test_they_are_those_of_the_tree(tmp_path: Path, sizes: list[int]) -> None:
    tiles, edge = TileFiles(tmp_path), Edge(Frontier(), {})
    nodes = [LEAVES]
    while len(nodes[-1]) >= 256:
        nodes.append([root(nodes[-1][at : at + 256]) for at in range(0, len(nodes[-1]) // 256 * 256, 256)])
    there = set[str]()
    for size in sizes:
        grow(tiles, edge, size)
        for tile in tiles_of(size, entries=False):
            assert tiles.hashes(tile) == nodes[tile.level][tile.index * 256 : tile.index * 256 + tile.width]
            there.add(tile.path)
        edge = tiles.edge(size)
        assert edge.frontier.size == size
        assert edge.frontier.root() == root(LEAVES[:size])
        assert list(edge.partial) == [tile.level for tile in edge_tiles(size)]
        assert edge.full().root() == root(nodes[1][: size // 256])
    found = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert found == there


def test_a_tile_is_never_another_one(tmp_path: Path) -> None:
    tiles, empty = TileFiles(tmp_path), Edge(Frontier(), {})
    grow(tiles, empty, 300)
    written = tiles.written
    grow(tiles, empty, 300)
    assert tiles.written == written
    with pytest.raises(Unsound, match="another tile than this log has there"):
        GrowingTiles(tiles, empty).append(LEAVES[1:257], bytes(32))


def test_an_edge_that_is_not_whole(tmp_path: Path) -> None:
    tiles = TileFiles(tmp_path)
    grow(tiles, Edge(Frontier(), {}), 300)
    with pytest.raises(ProofError, match=r"tile/0/001.p/45: No such file"):
        tiles.edge(301)
