"""A published directory held against the log: its checkpoint, every tile under it, and every older tile still there.

Reads both and changes neither. What the directory lacks, or has otherwise, its readers would find; here the ledger's
owner does.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple, TypeVar

from ledger.proof import Checkpoint, Frontier, ProofError, root
from ledger.proof.tiles import (
    ENTRIES,
    TILE_WIDTH,
    Tile,
    format_entry_bundle,
    format_hash_tile,
    parse_entry_bundle,
    parse_tile_path,
)
from ledger.store.audit_places import NOWHERE, Ranges
from ledger.store.checkpoints import Checkpoints
from ledger.store.findings import Finding
from ledger.store.parallel import Processes
from ledger.store.published_log import too_long
from ledger.store.publishing import CHECKPOINT
from ledger.store.refusals import StoreError
from ledger.store.soundness import altered
from ledger.store.sqlite import SQLiteDCBRecorder
from ledger.store.tile_files import BUNDLES

T = TypeVar("T")

_STRETCH = 16 * TILE_WIDTH  # entries that one process compares before it reports


def audit_published(
    pool: Processes,
    recorder: SQLiteDCBRecorder,
    checkpoints: Checkpoints,
    directory: Path,
    progress: Callable[[float], None] = lambda part: None,
    *,
    damaged: Ranges = NOWHERE,
) -> Iterator[Finding]:
    """Everything that is not in `directory` as the log has it. `progress` gets the part done, from 0 to 1.

    `damaged`: indexes of entries that are not what they were in the log itself, which its own audit has named: of the
    tiles over them nothing can be said.
    """
    there = _checkpoint(checkpoints, directory)
    if isinstance(there, Finding):
        yield there
        return
    size = recorder.size()
    if there.size > size:
        what = f"a checkpoint of {there.size} entries is published, the log has {size}: entries are gone"
        yield Finding("checkpoint-rollback", str(directory / CHECKPOINT), what)
        return
    entries = (directory / BUNDLES).exists()
    tasks = [
        _Stretch(
            recorder.connections.path,
            directory,
            after,
            min(after + _STRETCH, there.size),
            entries,
            damaged,
        )
        for after in range(0, there.size, _STRETCH)
    ]
    frontier, hashes = Frontier(), list[bytes]()
    for number, compared in enumerate(pool.map(_compare, tasks), 1):
        yield from compared.findings
        hashes += compared.full
        frontier.extend(compared.full)
        rest = compared.rest
        progress(number / len(tasks))
    if tasks:
        last = Frontier()
        last.extend(rest)
        frontier = Frontier(there.size, [*frontier.nodes, *last.nodes])
    if frontier.root() != there.root and not damaged.touches(0, there.size - 1):
        what = f"the log's first {there.size} entries have the root {frontier.root().hex()}, published is another"
        yield Finding("history-fork", str(directory / CHECKPOINT), what)
    level = 1
    while hashes:
        for tile, members in _cut(level, 0, hashes):
            if not _is_over(tile, damaged):
                yield from _held_against(directory, tile, format_hash_tile(members))
        hashes = [root(members) for tile, members in _cut(level, 0, hashes) if tile.width == TILE_WIDTH]
        level += 1


def _checkpoint(checkpoints: Checkpoints, directory: Path) -> Checkpoint | Finding:
    path = directory / CHECKPOINT
    try:
        note = path.read_bytes().decode(errors="surrogateescape")
    except OSError as error:
        return Finding("malformed", str(path), f"it cannot be read ({error.strerror})")
    try:
        return checkpoints.open(note, "")
    except StoreError as error:
        return Finding("checkpoint-signature", str(path), str(error).removeprefix(": "))


class _Stretch(NamedTuple):
    """The tiles of the entries with after < position <= upto."""

    path: Path
    directory: Path
    after: int
    upto: int
    entries: bool
    damaged: Ranges


class _Compared(NamedTuple):
    """What differs in a stretch; the roots of its full tiles of leaves, and the leaves behind these."""

    findings: list[Finding]
    full: list[bytes]
    rest: list[bytes]


def _compare(task: _Stretch) -> _Compared:
    findings: list[Finding] = []
    with closing(SQLiteDCBRecorder(task.path)) as recorder:
        rows = {row.position: row for row in recorder.rows(after=task.after, upto=task.upto)}
    positions = range(task.after + 1, task.upto + 1)
    leaves = [rows[at].leaf if at in rows and len(rows[at].leaf) == 32 else bytes(32) for at in positions]
    full: list[bytes] = []
    for tile, members in _cut(0, task.after, leaves):
        if not _is_over(tile, task.damaged):
            findings += _held_against(task.directory, tile, format_hash_tile(members))
        if len(members) == TILE_WIDTH:
            full.append(root(members))
    for tile, bundle in _cut(ENTRIES, task.after, positions) if task.entries else ():
        if _is_over(tile, task.damaged):
            continue
        # Of the very bytes that the bundle is held against: a bundle may be as false as they are, for a moment.
        there = [rows[at] for at in bundle if at in rows]
        if unfit := [found for row in there if (found := altered(row) or too_long(row)) is not None]:
            findings += unfit
        else:
            data = [rows[at].data if at in rows else b"" for at in bundle]
            findings += _held_against(task.directory, tile, format_entry_bundle(data))
    return _Compared(findings, full, leaves[len(full) * TILE_WIDTH :])


def _cut(level: int, first: int, members: Sequence[T]) -> Iterator[tuple[Tile, Sequence[T]]]:
    """The tiles of neighbours from number `first` on."""
    for start in range(0, len(members), TILE_WIDTH):
        some = members[start : start + TILE_WIDTH]
        yield Tile(level, (first + start) // TILE_WIDTH, len(some)), some


def _is_over(tile: Tile, indexes: Ranges) -> bool:
    """Whether the tile is made of one of these entries."""
    under = TILE_WIDTH if tile.level == ENTRIES else TILE_WIDTH ** (tile.level + 1)
    return indexes.touches(tile.index * under, (tile.index + 1) * under - 1)


def _held_against(directory: Path, tile: Tile, expected: bytes) -> Iterator[Finding]:
    """What is wrong with a tile, and with narrower ones of the same place that older checkpoints are read with."""
    yield from _one(directory, tile, expected)
    for path in sorted((directory / (tile._replace(width=TILE_WIDTH).path + ".p")).glob("*")):
        name = str(path.relative_to(directory))
        try:
            older = parse_tile_path(name)
        except ProofError:
            if not path.name.startswith("."):  # left from a publication that was killed, and served by nobody
                yield Finding("malformed", name, "it is in the place of a tile, and is none")
            continue
        if older != tile and older.width < tile.width:
            yield from _one(directory, older, _first(expected, older))
        elif older != tile:
            yield Finding("malformed", name, f"it is wider than the tile under the checkpoint, {tile.width}")


def _first(data: bytes, tile: Tile) -> bytes:
    """The bytes of the narrower tile in a wider one of the same place."""
    if tile.level != ENTRIES:
        return data[: 32 * tile.width]
    place = 0
    for _ in range(tile.width):
        place += 2 + int.from_bytes(data[place : place + 2], "big")
    return data[:place]


def _one(directory: Path, tile: Tile, expected: bytes) -> Iterator[Finding]:
    try:
        found = (directory / tile.path).read_bytes()
    except OSError as error:
        name = "entry-missing" if tile.level == ENTRIES else "malformed"
        yield Finding(name, tile.path, f"it cannot be read ({error.strerror})")
        return
    if found == expected:
        return
    if tile.level != ENTRIES:
        yield Finding("malformed", tile.path, "its hashes are not those of the log")
        return
    try:
        ours, theirs = parse_entry_bundle(expected, tile.width), parse_entry_bundle(found, tile.width)
    except ProofError as error:
        yield Finding("malformed", tile.path, str(error))
        return
    for number, (entry, other) in enumerate(zip(ours, theirs, strict=True), tile.index * TILE_WIDTH):
        if entry != other:
            yield Finding("entry-altered", tile.path, f"index {number}: it is not the log's entry")
