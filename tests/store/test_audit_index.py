"""The index derived in parts is the index, however it is cut and however few tags there are."""

import json
from pathlib import Path

import pytest
from eventsourcing.dcb.api import DCBEvent

from ledger.proof import SealedStream, root, stream_leaf, tag_key, tag_leaf, trie_root
from ledger.store.audit_index import STREAM_LEAVES, DerivedIndex, derive_index
from ledger.store.factory import SQLiteDCBFactory
from ledger.store.parallel import ALONE, Processes, processes
from ledger.store.sqlite import SQLiteDCBRecorder


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    (tmp_path / "scratch").mkdir()
    return tmp_path / "scratch"


def log(path: Path, tags: list[list[str]]) -> SQLiteDCBRecorder:
    """A log with entries that bear these tags."""
    recorder = SQLiteDCBFactory({"SQLITE_DBNAME": str(path / "log.sqlite3")}).dcb_recorder()
    if tags:
        recorder.append(
            [DCBEvent("x", json.dumps({"n": n, "tags": some}).encode(), some) for n, some in enumerate(tags)]
        )
    return recorder


def naive(recorder: SQLiteDCBRecorder, size: int) -> tuple[int, bytes]:
    """(tags, root), as FORMAT.md says it."""
    streams: dict[str, list[bytes]] = {}
    for row in recorder.rows(upto=size):
        for tag in json.loads(row.tags_json):
            streams.setdefault(tag, []).append(stream_leaf(row.position - 1, row.leaf))
    leaves = [
        (tag_key(tag), tag_leaf(tag_key(tag), SealedStream(len(some), root(some)))) for tag, some in streams.items()
    ]
    return len(leaves), trie_root(sorted(leaves))


def derived(
    recorder: SQLiteDCBRecorder,
    scratch: Path,
    sizes: list[int],
    bounds: list[str],
    *,
    pool: Processes = ALONE,
    from_entries: bool = False,
) -> DerivedIndex:
    leaves = [stream_leaf(n, leaf) for n, leaf in enumerate(recorder.leaves(0, recorder.size()))]
    (scratch / STREAM_LEAVES).write_bytes(b"".join(leaves))
    return derive_index(
        pool,
        recorder.connections.path,
        scratch,
        sizes,
        bounds,
        None,
        from_entries=from_entries,
        progress=lambda part: None,
    )


@pytest.mark.parametrize("count", [0, 1, 2, 3, 17, 40, 300])
@pytest.mark.parametrize("bounds", [[], ["b:", "patient:P2"], ["a", "b", "c", "zzz"]])
def test_in_any_parts_it_is_the_same(tmp_path: Path, scratch: Path, count: int, bounds: list[str]) -> None:
    recorder = log(tmp_path, [[f"a:{n}", f"patient:P{n % 5}", "z:all"][: 1 + n % 3] for n in range(count)])
    for number, size in enumerate({0, count // 2, count}):
        (place := scratch / str(number)).mkdir()
        assert derived(recorder, place, [size], bounds).indexes == {size: naive(recorder, size)}
    (place := scratch / "all").mkdir()
    sizes = sorted({0, count // 3, count // 2, max(count - 1, 0), count})
    assert derived(recorder, place, sizes, bounds).indexes == {size: naive(recorder, size) for size in sizes}
    recorder.close()


def test_from_the_entries_themselves(tmp_path: Path, scratch: Path) -> None:
    recorder = log(tmp_path, [[f"a:{n}", f"patient:P{n % 5}"] for n in range(50)])
    assert derived(recorder, scratch, [20, 50], [], from_entries=True).indexes == {
        size: naive(recorder, size) for size in (20, 50)
    }
    recorder.close()


def test_over_processes(tmp_path: Path, scratch: Path) -> None:
    recorder = log(tmp_path, [[f"a:{n}", f"patient:P{n % 5}"] for n in range(200)])
    with processes(2) as pool:
        assert derived(recorder, scratch, [7, 200], ["a:3", "b", "patient:P1"], pool=pool).indexes == {
            size: naive(recorder, size) for size in (7, 200)
        }
    recorder.close()
