"""The published directory is read as a third party would, after every kind of growth, interruption and damage."""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ledger.proof import Checkpoint, leaf_hash, open_checkpoint, root
from ledger.proof.tiles import ENTRIES, edge_tiles, parse_entry_bundle, parse_hash_tile
from ledger.store.publishing import Published, publish
from ledger.store.refusals import StoreError, Unsound
from ledger.store.schema import read_identity
from tests.proof.whole_tiles import tiles_of
from tests.store.stored import StoredLedger, event

ROOT = Path(__file__).parents[2]


def published(stored: StoredLedger, www: Path, *, entries: bool = True) -> Published:
    return publish(stored.recorder, stored.checkpoints, stored.sign(), www, entries=entries)


def read(stored: StoredLedger, www: Path, *, entries: bool = True) -> Checkpoint:
    """The checkpoint there, every tile under it read and derived again from the entries, or from the leaf hashes."""
    checkpoint = open_checkpoint((www / "checkpoint").read_text(), read_identity(stored.path).vkey)
    leaves: list[bytes] = []
    for tile in tiles_of(checkpoint.size, entries=entries):
        data = (www / tile.path).read_bytes()
        if tile.level == ENTRIES:
            leaves += map(leaf_hash, parse_entry_bundle(data, tile.width))
            continue
        if tile.level == 0 and not entries:
            leaves += parse_hash_tile(data, tile.width)
        span = 256**tile.level
        first = tile.index * 256
        assert parse_hash_tile(data, tile.width) == [
            root(leaves[n * span : (n + 1) * span]) for n in range(first, first + tile.width)
        ]
    assert len(leaves) == checkpoint.size
    assert root(leaves) == checkpoint.root
    return checkpoint


def files(www: Path) -> dict[str, bytes]:
    return {str(path.relative_to(www)): path.read_bytes() for path in www.rglob("*") if path.is_file()}


@pytest.mark.parametrize("entries", [True, False])
@pytest.mark.parametrize("steps", [[1], [255], [256], [3, 250, 1, 1, 300], [700, 1, 900]])
def test_what_is_published_is_the_log(stored: StoredLedger, tmp_path: Path, steps: list[int], entries: bool) -> None:
    for step in steps:
        stored.grow(step)
        done = published(stored, tmp_path / "www", entries=entries)
        assert read(stored, tmp_path / "www", entries=entries).size == done.size == stored.recorder.size()
    assert (tmp_path / "www/tile/entries").exists() == entries


def test_growth_writes_only_what_is_new(stored: StoredLedger, tmp_path: Path) -> None:
    www = tmp_path / "www"
    stored.grow(1000)
    first = published(stored, www)
    full = {path: os.stat(www / path).st_mtime_ns for path in files(www) if ".p/" not in path and path != "checkpoint"}
    stored.grow(10)
    second = published(stored, www)
    assert (second.before, second.files) == (first.size, 3)  # the last bundle, the last leaf hashes, the checkpoint
    assert {path: os.stat(www / path).st_mtime_ns for path in full} == full
    again = files(www)
    assert published(stored, www) == Published(second.size, second.size, 0)
    assert files(www) == again


def test_a_partial_tile_goes_when_its_full_one_is_there_and_stays_until_then(
    stored: StoredLedger, tmp_path: Path
) -> None:
    www = tmp_path / "www"
    stored.grow(10)
    old = published(stored, www).size
    stored.grow(10)
    published(stored, www)
    assert (www / f"tile/0/000.p/{old}").exists()  # a checkpoint of this size was handed out
    stored.grow(300)
    size = published(stored, www).size
    left = {path for path in files(www) if ".p/" in path}
    assert left == {tile.path for tile in edge_tiles(size)} | {f"tile/entries/001.p/{size % 256}"}
    read(stored, www)


def test_an_empty_log_is_a_checkpoint(stored: StoredLedger, tmp_path: Path) -> None:
    size = published(stored, tmp_path / "www").size
    assert read(stored, tmp_path / "www").size == size == stored.recorder.size()
    stored.grow(300)
    published(stored, tmp_path / "www")
    read(stored, tmp_path / "www")


def test_who_may_read_what(stored: StoredLedger, tmp_path: Path) -> None:
    """Hashes for everybody, records of treatment for owner and group: whatever the umask of the process."""
    stored.grow(300)
    for umask, www in ((0o077, tmp_path / "tight"), (0o000, tmp_path / "loose")):
        old = os.umask(umask)
        try:
            published(stored, www)
        finally:
            os.umask(old)
        for path in www.rglob("*"):
            mode = path.stat().st_mode & 0o777
            inside = path.relative_to(www).is_relative_to("tile/entries")
            assert mode == ((0o750 if inside else 0o755) if path.is_dir() else (0o640 if inside else 0o644)), path


@pytest.mark.parametrize("entries", [True, False])
def test_progress_is_over_what_is_new(stored: StoredLedger, tmp_path: Path, entries: bool) -> None:
    stored.grow(600)
    old = published(stored, tmp_path / "www", entries=entries).size
    stored.grow(600)
    seen: list[tuple[int, int]] = []
    note, www = stored.sign(), tmp_path / "www"
    publish(stored.recorder, stored.checkpoints, note, www, entries=entries, progress=lambda *at: seen.append(at))
    new = stored.recorder.size() - old
    assert seen == sorted(seen)
    assert seen[-1] == (new, new)
    assert {total for _, total in seen} == {new}
    assert len(seen) > 2


# --- refusals: what is there stays, byte for byte ----------------------------------------------------------------


@pytest.fixture
def www(stored: StoredLedger, tmp_path: Path) -> Path:
    """A published log of some 600 entries that has grown since."""
    stored.grow(600)
    published(stored, tmp_path / "www")
    stored.grow(5)
    return tmp_path / "www"


def refused(stored: StoredLedger, www: Path, what: str, kind: type[StoreError] = Unsound) -> None:
    before = files(www)
    with pytest.raises(kind, match=what):
        published(stored, www)
    assert files(www) == before


def test_another_logs_directory(stored: StoredLedger, www: Path, tmp_path: Path) -> None:
    other = StoredLedger(tmp_path / "other")
    other.grow(700)
    refused(other, www, "what is published there is not this ledger's", StoreError)
    (www / "checkpoint").write_bytes(b"\xff\xfe")
    refused(stored, www, "what is published there is not this ledger's", StoreError)
    other.close()


def test_another_logs_tiles_without_a_checkpoint(stored: StoredLedger, tmp_path: Path) -> None:
    (tmp_path / "www/tile/0").mkdir(parents=True)
    (tmp_path / "www/tile/0/000").write_bytes(bytes(8192))
    stored.grow(300)
    with pytest.raises(Unsound, match="another tile than this log has there"):
        published(stored, tmp_path / "www")
    assert (tmp_path / "www/tile/0/000").read_bytes() == bytes(8192)
    assert not (tmp_path / "www/checkpoint").exists()


def test_a_longer_one(stored: StoredLedger, www: Path) -> None:
    """A restored backup, whose keys were restored with it, so that it signs."""
    copy = stored.backup()
    keys = {path: path.read_bytes() for path in stored.key_file.parent.iterdir()}
    stored.grow(10)
    published(stored, www)
    stored.restore(copy)
    for path in stored.key_file.parent.iterdir():
        path.write_bytes(keys[path])
    refused(stored, www, "checkpoint-rollback")


def test_another_history(stored: StoredLedger, www: Path) -> None:
    """The same backup, grown beyond what was published, with other entries."""
    stored.sign()
    copy = stored.backup()
    keys = {path: path.read_bytes() for path in stored.key_file.parent.iterdir()}
    stored.grow(10)
    published(stored, www)
    stored.restore(copy)
    for path in stored.key_file.parent.iterdir():
        path.write_bytes(keys[path])
    stored.recorder.append([event(0)])
    stored.grow(30)
    refused(stored, www, "history-fork")


@pytest.mark.parametrize("damage", ["cut", "flip", "gone"])
def test_a_damaged_edge(stored: StoredLedger, www: Path, damage: str) -> None:
    size = open_checkpoint((www / "checkpoint").read_text(), read_identity(stored.path).vkey).size
    for tile in edge_tiles(size):
        path = www / tile.path
        data = path.read_bytes()
        if damage == "gone":
            path.unlink()
        else:
            path.write_bytes(data[:-1] if damage == "cut" else bytes([data[0] ^ 1]) + data[1:])
        refused(stored, www, "is not whole|the tiles there have the root")
        path.write_bytes(data)
    published(stored, www)
    read(stored, www)


def test_entries_do_not_get_into_a_place_for_hashes_nor_half_into_it(stored: StoredLedger, www: Path) -> None:
    with pytest.raises(StoreError, match="it holds entries"):
        published(stored, www, entries=False)
    hashes = www.with_name("hashes")
    published(stored, hashes, entries=False)
    stored.grow(1)
    refused(stored, hashes, "begun without entries; go on with --hashes-only", StoreError)
    assert not (hashes / "tile/entries").exists()


def test_an_entry_altered_in_the_database_is_not_published(stored: StoredLedger, www: Path) -> None:
    note = stored.sign()
    stored.damage("UPDATE entries SET data = x'00' WHERE position = 603")
    before = files(www)
    with pytest.raises(Unsound, match=r"entry-altered: index 602: its stored .*\. Nothing is published; run `audit`"):
        publish(stored.recorder, stored.checkpoints, note, www, entries=True)
    assert files(www)["checkpoint"] == before["checkpoint"]


def test_two_do_not_publish_into_one_place_at_once(stored: StoredLedger, www: Path) -> None:
    descriptor = os.open(www, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    refused(stored, www, "another program publishes here", StoreError)
    os.close(descriptor)
    published(stored, www)


# --- interruption ------------------------------------------------------------------------------------------------

KILLED = """
import os, signal, sys
from pathlib import Path
from ledger.application import TreatmentLedger
from api.clock import now
from ledger.store import tile_files

ledger = TreatmentLedger.open(Path(sys.argv[1]))
left, write = int(sys.argv[3]), tile_files.TileFiles.write

def counted(self, *arguments, **named):
    global left
    left -= 1
    if left < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    write(self, *arguments, **named)

tile_files.TileFiles.write = counted
ledger.publish(Path(sys.argv[2]), now=now())
"""


@pytest.mark.parametrize("again", [False, True], ids=["first", "later"])
def test_killed_at_any_file_it_is_completed_by_the_next(stored: StoredLedger, tmp_path: Path, again: bool) -> None:
    stored.grow(300)
    if again:
        published(stored, tmp_path / "start")
        stored.grow(300)
    stored.sign()
    old = files(tmp_path / "start").get("checkpoint")
    for writes in range(0, 9):
        www = tmp_path / f"www{writes}"
        if again:
            shutil.copytree(tmp_path / "start", www)
        command = [sys.executable, "-c", KILLED, str(stored.path.parent), str(www), str(writes)]
        ran = subprocess.run(command, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, timeout=60)
        if ran.returncode == 0:
            break
        assert ran.returncode == -signal.SIGKILL, ran.stderr
        assert files(www).get("checkpoint") == old
        if again:
            read(stored, www)  # what was published before is whole
        # As after a kill inside the writing of a file.
        (www / "tile/0").mkdir(parents=True, exist_ok=True)
        (www / "tile/0/.001.new").write_bytes(b"half")
        published(stored, www)
        read(stored, www)
    else:
        raise AssertionError("more files than are published were written")
    assert writes > 4
