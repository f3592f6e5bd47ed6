"""Tiles: paths and bytes of ours, and every file of two tiled logs by others, read as a third party reads them."""

import gzip
import json
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.proof import ProofError, leaf_hash, open_checkpoint, parse_checkpoint, parse_note, prove_inclusion, root
from ledger.proof.tiles import (
    ENTRIES,
    Tile,
    edge_tiles,
    format_entry_bundle,
    format_hash_tile,
    parse_entry_bundle,
    parse_hash_tile,
    parse_tile_path,
    read_frontier,
)
from tests.proof.whole_tiles import tiles_of

VECTORS = Path(__file__).parent.parent / "vectors"
TESSERA = VECTORS / "tessera/testdata/log"
TESSERA_KEY = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"
SUNLIGHT = VECTORS / "sunlight/testdata"
(MIRROR,) = SUNLIGHT.glob("witness/mirror/000de184*")


def tree(leaves: list[bytes]) -> Callable[[Tile], list[bytes]]:
    """The hashes of any tile of these leaves, by the definition: MTH(D[(n*256+i)*256**l : (n*256+i+1)*256**l])."""

    def hashes(tile: Tile) -> list[bytes]:
        span = 256**tile.level
        first = tile.index * 256
        return [root(leaves[n * span : (n + 1) * span]) for n in range(first, first + tile.width)]

    return hashes


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0), "tile/0/000"),
        (Tile(0, 1, 44), "tile/0/001.p/44"),
        (Tile(3, 1234067), "tile/3/x001/x234/067"),  # the specification's example
        (Tile(3, 1234067, 1), "tile/3/x001/x234/067.p/1"),
        (Tile(0, 999), "tile/0/999"),
        (Tile(0, 1000), "tile/0/x001/000"),
        (Tile(63, 10**6), "tile/63/x001/x000/000"),
        (Tile(ENTRIES, 273, 112), "tile/entries/273.p/112"),
        (Tile(ENTRIES, 1000), "tile/entries/x001/000"),
    ],
)
def test_a_tile_has_one_path(tile, path):
    assert tile.path == path
    assert parse_tile_path(path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "", "tile", "tile/0", "tile/0/0", "tile/0/00", "tile/0/0000", "tile/00/000", "tile/+1/000", "tile/-1/000",
        "tile/64/000", "tile/100/000", "tile/0/x000/000", "tile/0/x000/x001/000", "tile/0/001/000", "tile/0/x001",
        "tile/0/x001/x000", "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/01", "tile/0/000.p/", "tile/0/000.p",
        "tile/0/000.p/1000", "tile/0/000/", "/tile/0/000", "tile/0/000\n", " tile/0/000", "tile/data/000",
        "tile/8/0/000", "tile/entries/000.p/300", "tile/entries", "tile/0/٠٠٠", "tile/0/" + "x001/" * 6 + "000",
        "tile/0/" + "x001/" * 5000 + "000", "tile/../checkpoint", "checkpoint",
    ],
)  # fmt: skip
def test_what_is_no_path_of_a_tile_is_refused(path):
    with pytest.raises(ProofError):
        parse_tile_path(path)


def test_the_specifications_example_of_which_tiles_there_are():
    # "a tree of size 70,000 will be represented by 273 full level 0 tiles, one partial level 0 tile of width 112, …"
    tiles = list(tiles_of(70_000, entries=False))
    assert tiles[:273] == [Tile(0, n) for n in range(273)]
    assert tiles[273:] == [Tile(0, 273, 112), Tile(1, 0), Tile(1, 1, 17), Tile(2, 0, 1)]
    assert list(tiles_of(256, entries=False)) == [Tile(0, 0), Tile(1, 0, 1)]
    assert list(tiles_of(257)) == [Tile(ENTRIES, 0), Tile(ENTRIES, 1, 1), Tile(0, 0), Tile(0, 1, 1), Tile(1, 0, 1)]
    assert list(edge_tiles(70_000)) == [Tile(0, 273, 112), Tile(1, 1, 17), Tile(2, 0, 1)]
    assert list(tiles_of(0)) == list(edge_tiles(0)) == []


@given(st.integers(0, 2**63 - 1))
def test_the_edge_holds_as_many_subtrees_as_the_size_has_bits(size):
    assert sum(tile.width.bit_count() for tile in edge_tiles(size)) == size.bit_count()
    for tile in edge_tiles(size):
        assert tile.width < 256
        assert tile == parse_tile_path(tile.path)
        assert (tile.index * 256 + tile.width) == size >> 8 * tile.level  # floor(s / 256**l) mod 256


@pytest.mark.parametrize("size", [0, 1, 2, 3, 255, 256, 257, 511, 512, 513, 1000, 65_535, 65_536, 65_537, 66_000])
def test_the_edge_gives_the_root_at_every_size(size):
    leaves = [n.to_bytes(32, "big") for n in range(size)]
    frontier = read_frontier(size, tree(leaves))
    assert (frontier.size, frontier.root()) == (size, root(leaves))
    frontier.append(bytes(32))
    assert frontier.root() == root([*leaves, bytes(32)])


def test_an_edge_tile_too_short_is_refused():
    with pytest.raises(ProofError, match=r"tile/0/001.p/44: 44 hashes are expected, not 43"):
        read_frontier(300, lambda tile: [bytes(32)] * (tile.width - (tile.level == 0)))


def test_hash_tiles_there_and_back(leaves):
    assert parse_hash_tile(format_hash_tile(leaves), len(leaves)) == leaves
    for wrong in ([], [bytes(31)], [bytes(32)] * 257, ["x" * 32]):
        with pytest.raises(ProofError):
            format_hash_tile(wrong)
    for data, width in ((b"", 1), (bytes(31), 1), (bytes(33), 1), (bytes(64), 1), (b"", 0), (bytes(32 * 257), 257)):
        with pytest.raises(ProofError):
            parse_hash_tile(data, width)


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=256))
def test_entry_bundles_there_and_back(entries):
    assert parse_entry_bundle(format_entry_bundle(entries), len(entries)) == entries


def test_entry_bundles_hold_the_longest_entry_and_none_longer():
    assert parse_entry_bundle(format_entry_bundle([bytes(65_535)]), 1) == [bytes(65_535)]
    for wrong in ([], [bytes(65_536)], [b""] * 257):
        with pytest.raises(ProofError):
            format_entry_bundle(wrong)


@pytest.mark.parametrize(
    ("data", "width"),
    [
        (b"", 1), (b"\x00", 1), (b"\x00\x01", 1), (b"\x00\x02a", 1), (b"\x00\x01a", 2), (b"\x00\x01a\x00\x01b", 1),
        (b"\x00\x01a\x00", 1), (b"\x00\x00", 0), (b"\x00\x00" * 257, 257), (b"\x01\x00a", 1),
    ],
)  # fmt: skip
def test_half_bundles_are_refused(data, width):
    with pytest.raises(ProofError):
        parse_entry_bundle(data, width)


# --- tessera: a real log, tile by tile --------------------------------------------------------------------------


@pytest.mark.parametrize("size", range(16))
def test_tessera_is_derived_again_from_its_bundles_and_from_its_tiles(size):
    checkpoint = open_checkpoint((TESSERA / f"checkpoint.{size}").read_text(), TESSERA_KEY)
    assert checkpoint.size == size
    read = {tile: (TESSERA / tile.path).read_bytes() for tile in tiles_of(size)}
    hashes = {tile: parse_hash_tile(data, tile.width) for tile, data in read.items() if tile.level != ENTRIES}
    assert read_frontier(size, lambda tile: hashes[tile]).root() == checkpoint.root
    entries = [
        entry for tile, data in read.items() if tile.level == ENTRIES for entry in parse_entry_bundle(data, tile.width)
    ]
    leaves = [leaf_hash(entry) for entry in entries]
    assert root(leaves) == checkpoint.root
    assert leaves == [leaf for tile, some in hashes.items() if tile.level == 0 for leaf in some]
    # … and what it wrote is what we would write of the same entries.
    for tile, data in read.items():
        ours = format_entry_bundle(entries) if tile.level == ENTRIES else format_hash_tile(tree(leaves)(tile))
        assert data == ours


def test_tessera_every_file_is_used():
    used = {TESSERA / tile.path for size in range(16) for tile in tiles_of(size)}
    used |= {TESSERA / f"checkpoint.{size}" for size in range(16)} | {TESSERA / "checkpoint"}
    state = json.loads((TESSERA / ".state/treeState").read_text())
    latest = open_checkpoint((TESSERA / "checkpoint").read_text(), TESSERA_KEY)
    assert (state["size"], b64decode(state["root"])) == (latest.size, latest.root)
    used |= {TESSERA / ".state/treeState", TESSERA / ".state/version"}
    assert {path for path in TESSERA.rglob("*") if path.is_file()} == used


# --- sunlight: hash tiles of 300 entries; its other tiles are placeholders for a web server's test -----------------


def sunlight_checkpoint():
    (key,) = json.loads((SUNLIGHT / "witness/mirror/mirror.v0.json").read_text())["verifier_keys"]
    return open_checkpoint((MIRROR / "checkpoint").read_text(), key)


def test_sunlight_is_derived_again_from_its_tiles(naive):
    checkpoint = sunlight_checkpoint()
    hashes = {
        tile: parse_hash_tile((MIRROR / tile.path).read_bytes(), tile.width) for tile in tiles_of(300, entries=False)
    }
    assert list(hashes) == [Tile(0, 0), Tile(0, 1, 44), Tile(1, 0, 1)]
    assert read_frontier(300, lambda tile: hashes[tile]).root() == checkpoint.root
    leaves = [*hashes[Tile(0, 0)], *hashes[Tile(0, 1, 44)]]
    assert root(leaves) == checkpoint.root
    assert [tree(leaves)(tile) for tile in hashes] == list(hashes.values())
    assert prove_inclusion(299, leaves) == naive.path(299, leaves)


@pytest.mark.parametrize("path", sorted(p.relative_to(SUNLIGHT) for p in SUNLIGHT.rglob("tile/*/**/*") if p.is_file()))
def test_sunlight_every_tile_is_read_or_refused(path):
    """The mirror's hash tiles are real; entries, `data` and the log's own tiles hold a sentence, gzipped or not."""
    data = (SUNLIGHT / path).read_bytes()
    name = "tile/" + str(path).partition("/tile/")[2]
    if name.startswith(("tile/data/", "tile/names/")):  # static-ct-api's own, which no log of ours has
        with pytest.raises(ProofError):
            parse_tile_path(name)
        return
    tile = parse_tile_path(name)
    assert tile in list(tiles_of(300))
    if tile.level == ENTRIES:
        assert b"fake" in gzip.decompress(data)
        for bundle in (data, gzip.decompress(data)):
            with pytest.raises(ProofError):
                parse_entry_bundle(bundle, tile.width)
    elif path.parts[0] == "tree":
        assert data.startswith(b"fake")
        with pytest.raises(ProofError):
            parse_hash_tile(data, tile.width)
    else:
        assert len(parse_hash_tile(data, tile.width)) == tile.width


def test_sunlight_decoys_are_no_checkpoints():
    for path in ("witness/checkpoint", "witness/mirror/checkpoint"):
        text = (SUNLIGHT / path).read_text()
        assert text.startswith("decoy")
        with pytest.raises(ProofError):
            parse_note(text)


def test_sunlight_final_tree_head_is_the_logs_checkpoint():
    head = json.loads((SUNLIGHT / "tree/log.v3.json").read_text())["final_tree_head"]
    checkpoint = parse_checkpoint(parse_note((SUNLIGHT / "tree/checkpoint").read_text()).body)
    assert (checkpoint.size, checkpoint.root) == (head["tree_size"], b64decode(head["sha256_root_hash"]))
