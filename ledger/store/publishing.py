"""The log as static files that anyone's program reads (c2sp.org/tlog-tiles), in a directory that a web server serves.

What is there stays as it is: a tile, once written, is never another one; the checkpoint is replaced last, when every
tile it needs is on the disk. So whoever reads the directory at any moment, also after a crash, reads a whole log.

Entries hold pseudonymous records of treatment. Their bundles are readable by owner and group alone, hashes and
checkpoint by everybody; without entries the directory proves as much, to whoever holds an entry from elsewhere.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from ledger.proof import Checkpoint, Frontier, ProofError
from ledger.proof.tiles import ENTRIES, TILE_WIDTH, Tile, format_entry_bundle, read_frontier
from ledger.store.checkpoints import Checkpoints
from ledger.store.progress import Progress
from ledger.store.refusals import StoreError, Unsound
from ledger.store.soundness import PUBLISHED, altered, require
from ledger.store.sqlite import SQLiteDCBRecorder
from ledger.store.tile_files import ANOTHER, BUNDLES, GrowingTiles, TileFiles

CHECKPOINT = "checkpoint"


class Published(NamedTuple):
    """What one publication did: the sizes before and after, and how many files it wrote."""

    before: int
    size: int
    files: int


def publish(
    recorder: SQLiteDCBRecorder,
    checkpoints: Checkpoints,
    note: str,
    directory: Path,
    *,
    entries: bool,
    progress: Progress = lambda done, total: None,
) -> Published:
    """Bring `directory` to the log that `note`, a checkpoint of ours, signs for; durable when this returns.

    The cost is that of what is new since the checkpoint in the directory. Killed, it leaves a directory that the next
    call completes. `entries`: with their bundles, or hashes only; what a directory began as it stays.
    StoreError, and the checkpoint there stands: the directory holds another log, a longer one or another history, or
    files of it are not what they must be.
    """
    target = checkpoints.open(note, "the checkpoint to publish")
    with _alone(directory):
        there = _there(checkpoints, directory, target, entries)
        if there is not None and there.size == target.size and there.root == target.root:
            return Published(target.size, target.size, _refresh(directory, note))
        before = there.size if there is not None else 0
        tiles = TileFiles(directory)
        frontier = _edge(tiles, there)
        _continues(recorder, frontier, target)
        growing = GrowingTiles(tiles, before)
        _grow(recorder, growing, before, target.size, entries, progress)
        tiles.sync()
        # The commit point. Every tile under this checkpoint has its name and its bytes on the disk; until here
        # readers went by the old checkpoint, whose tiles are all still there.
        tiles.write(CHECKPOINT, note.encode(), replace=True)
        tiles.sync()
        tiles.drop_partial(before, target.size)
        return Published(before, target.size, tiles.written)


@contextmanager
def _alone(directory: Path) -> Iterator[None]:
    """One publication at a time: two would be right about the tiles, and could put the older checkpoint last."""
    directory.mkdir(mode=0o755, parents=True, exist_ok=True)
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)  # gone with the process, however it ends
        except BlockingIOError:
            raise StoreError(f"{directory}: another program publishes here just now; wait until it is done") from None
        yield
    finally:
        os.close(descriptor)


def _there(checkpoints: Checkpoints, directory: Path, target: Checkpoint, entries: bool) -> Checkpoint | None:
    """The checkpoint that the directory holds, which must be ours and not ahead of us; None of a new directory."""
    path, bundles = directory / CHECKPOINT, (directory / BUNDLES).exists()
    if bundles and not entries:
        raise StoreError(
            f"{directory}: it holds entries, for readers who may have them; name another directory for hashes only"
        )
    try:
        note = path.read_bytes().decode(errors="surrogateescape")
    except FileNotFoundError:
        return None
    there = checkpoints.open(note, f"{path}: what is published there is not this ledger's; name another directory")
    if there.size > target.size:
        raise Unsound(
            f"checkpoint-rollback: {path}: {there.size} entries were published there, the ledger's checkpoint is of "
            f"{target.size}: an old backup was restored here. Nothing is published; restore the newest backup"
        )
    if there.size and entries and not bundles:
        raise StoreError(
            f"{directory}: it was begun without entries; go on with --hashes-only, or name an empty directory"
        )
    return there


def _refresh(directory: Path, note: str) -> int:
    """The same checkpoint, with the lines of witnesses that came since; how many files were written."""
    if (directory / CHECKPOINT).read_bytes() == note.encode():
        return 0
    tiles = TileFiles(directory)
    tiles.write(CHECKPOINT, note.encode(), replace=True)
    tiles.sync()
    return tiles.written


def _edge(tiles: TileFiles, there: Checkpoint | None) -> Frontier:
    """The right edge of what is published, which must have the root that was published."""
    if there is None:
        return Frontier()
    try:
        frontier = read_frontier(there.size, tiles.hashes)
    except ProofError as error:
        raise Unsound(f"{tiles.directory}: a tile there is not whole ({error}). {ANOTHER}") from None
    if frontier.root() != there.root:
        raise Unsound(
            f"{tiles.directory}: the tiles there have the root {frontier.root().hex()}, the checkpoint beside them "
            f"says {there.root.hex()}. {ANOTHER}"
        )
    return frontier


def _continues(recorder: SQLiteDCBRecorder, frontier: Frontier, target: Checkpoint) -> None:
    """What is new must lead from what is published to what was signed: looked at before anything is written."""
    before = frontier.size
    frontier.extend(recorder.leaves(before, target.size))
    if frontier.size != target.size or frontier.root() != target.root:
        raise Unsound(
            f"history-fork: the {before} entries published and what the log has after them do not lead to the root of "
            f"size {target.size} that was signed: the log was rewritten since. Nothing is published; run `audit`"
        )


def _grow(
    recorder: SQLiteDCBRecorder,
    growing: GrowingTiles,
    before: int,
    size: int,
    entries: bool,
    progress: Progress,
) -> None:
    """Write the tiles of the entries from `before` on."""
    # From the start of the last bundle on: its entries are read once more, those before it never again.
    start = before - before % TILE_WIDTH
    bundle: list[bytes] = []
    if not entries:
        for index, leaf in enumerate(recorder.leaves(before, size), before):
            growing.append(leaf)
            if index % TILE_WIDTH == 0:
                progress(index - before, size - before)
    for row in recorder.rows(after=start, upto=size) if entries else ():
        require(altered(row), PUBLISHED)
        if row.position > before:
            growing.append(row.leaf)
        bundle.append(row.data)
        if len(bundle) == TILE_WIDTH or row.position == size:
            growing.tiles.write_tile(
                Tile(ENTRIES, (row.position - 1) // TILE_WIDTH, len(bundle)), format_entry_bundle(bundle)
            )
            bundle = []
            progress(row.position - min(before, row.position), size - before)
    growing.finish()
    progress(size - before, size - before)
