"""The log as static files that anyone's program reads (c2sp.org/tlog-tiles), in a directory that a web server serves.

What is there stays as it is: a tile, once written, is never another one; the checkpoint is replaced last, when every
tile it needs is on the disk. So whoever reads the directory at any moment, also after a crash, reads a whole log.
What is written into a tile is proven first (`ledger.store.published_log`).

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
from ledger.store.checkpoints import Checkpoints
from ledger.store.progress import Progress
from ledger.store.published_log import roots_that_lead, write_tiles
from ledger.store.refusals import StoreError, Unsound
from ledger.store.sqlite import SQLiteDCBRecorder
from ledger.store.tile_files import ANOTHER, BUNDLES, Edge, TileFiles

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
        edge = _edge(tiles, there)
        roots = roots_that_lead(recorder, edge, target)
        write_tiles(recorder, tiles, edge, target.size, roots, entries=entries, progress=progress)
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


def _edge(tiles: TileFiles, there: Checkpoint | None) -> Edge:
    """The right edge of what is published, which must have the root that was published."""
    if there is None:
        return Edge(Frontier(), {})
    try:
        edge = tiles.edge(there.size)
    except ProofError as error:
        raise Unsound(f"{tiles.directory}: a tile there is not whole ({error}). {ANOTHER}") from None
    if (found := edge.frontier.root()) != there.root:
        raise Unsound(
            f"{tiles.directory}: the tiles there have the root {found.hex()}, the checkpoint beside them "
            f"says {there.root.hex()}. {ANOTHER}"
        )
    return edge
