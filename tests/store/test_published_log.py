"""What is written into tiles is what was held against what was signed, whatever is done to the log meanwhile."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from eventsourcing.dcb.api import DCBEvent

from ledger.proof import Frontier, leaf_hash
from ledger.proof.tiles import MAX_ENTRY
from ledger.store.published_log import roots_that_lead
from ledger.store.publishing import Published, publish
from ledger.store.refusals import StoreError, Unsound
from ledger.store.sqlite import SQLiteDCBRecorder
from ledger.store.tile_files import Edge
from tests.store.stored import StoredLedger, event
from tests.store.test_publishing import files, published, read

EMPTY = Edge(Frontier(), {})
FORGED = event(99_999).data


class Meanwhile(SQLiteDCBRecorder):
    """Whoever can write the database does something when all leaves have been read for the first time."""

    def __init__(self, stored: StoredLedger, act: Callable[[], None]) -> None:
        super().__init__(stored.path)
        self._act = act
        self.acted = False

    def leaves(self, after: int, upto: int) -> Iterator[bytes]:
        yield from super().leaves(after, upto)
        if not self.acted:
            self.acted = True
            self._act()


def put(stored: StoredLedger, position: int, leaf: bytes, data: bytes) -> None:
    stored.damage(f"UPDATE entries SET leaf = x'{leaf.hex()}', data = x'{data.hex()}' WHERE position = {position}")


def row(stored: StoredLedger, position: int) -> tuple[bytes, bytes]:
    (found,) = stored.recorder.rows(after=position - 1, upto=position)
    return found.leaf, found.data


def publish_meanwhile(stored: StoredLedger, www: Path, entries: bool, act: Callable[[], None]) -> Published:
    note, recorder = stored.sign(), Meanwhile(stored, act)
    try:
        return publish(recorder, stored.checkpoints, note, www, entries=entries)
    finally:
        assert recorder.acted
        recorder.close()


def long_event(size: int) -> DCBEvent:
    """An entry of so many bytes."""
    one = event(3)
    text = b'{"n":"%b"}'
    text %= b"x" * (size - len(one.data) - len(text % b"") + len(b'{"n":3}'))
    return DCBEvent(one.type, one.data.replace(b'{"n":3}', text), one.tags)


def begun(stored: StoredLedger, www: Path, size: int, entries: bool) -> None:
    """A log of 700 entries, of which so many are published."""
    if size:
        stored.grow(size - 1)
        assert published(stored, www, entries=entries).size == size
    stored.grow(700 - stored.recorder.size())


ENTRIES = pytest.mark.parametrize("entries", [True, False], ids=["entries", "hashes"])


@ENTRIES
@pytest.mark.parametrize("size", [0, 40, 256, 300])
@pytest.mark.parametrize("position", [7, 290, 690])
def test_an_entry_that_is_another_for_a_moment_is_not_published(
    stored: StoredLedger, tmp_path: Path, size: int, position: int, entries: bool
) -> None:
    www = tmp_path / "www"
    begun(stored, www, size, entries)
    before, right = files(www), row(stored, position)

    def forge() -> None:
        put(stored, position, leaf_hash(FORGED), FORGED)

    if position <= size - size % 256:  # in a full tile, which is not read again
        publish_meanwhile(stored, www, entries, forge)
    else:
        first = (position - 1) // 256 * 256
        with pytest.raises(Unsound, match=f"history-fork: log: the entries from index {first} on led to the root that"):
            publish_meanwhile(stored, www, entries, forge)
        assert files(www).get("checkpoint") == before.get("checkpoint")
    assert not any(FORGED in data or leaf_hash(FORGED) in data for data in files(www).values())
    put(stored, position, *right)
    stored.grow(1)
    published(stored, www, entries=entries)
    read(stored, www, entries=entries)


@ENTRIES
@pytest.mark.parametrize("size", [0, 300])
@pytest.mark.parametrize(
    ("where", "name"),
    [
        ("position = 500", "history-fork: log: the entries from index 256 on"),
        ("position >= 600", "history-fork: log: the entries from index 512 on"),
        ("position > 512", "history-fork: log: the entries from index 512 on"),
    ],
)
def test_entries_that_are_gone_when_they_are_read_again(
    stored: StoredLedger, tmp_path: Path, size: int, entries: bool, where: str, name: str
) -> None:
    www = tmp_path / "www"
    begun(stored, www, size, entries)
    before = files(www)
    # Of hashes alone a hole is seen as they are read; of entries by the root, as the log is read without its tags.
    name = "entry-missing: index 499" if where == "position = 500" and not entries else name
    with pytest.raises(Unsound, match=name):
        publish_meanwhile(stored, www, entries, lambda: stored.damage(f"DELETE FROM entries WHERE {where}"))
    assert files(www).get("checkpoint") == before.get("checkpoint")


@ENTRIES
def test_the_bytes_of_an_entry_that_are_others_for_a_moment(
    stored: StoredLedger, tmp_path: Path, entries: bool
) -> None:
    """Of hashes only nobody looks at them."""
    www = tmp_path / "www"
    begun(stored, www, 40, entries)
    leaf, _ = row(stored, 7)
    if not entries:
        publish_meanwhile(stored, www, entries, lambda: put(stored, 7, leaf, FORGED))
        return
    with pytest.raises(Unsound, match=r"entry-altered: index 6: its stored .*\. Nothing is published; run `audit`"):
        publish_meanwhile(stored, www, entries, lambda: put(stored, 7, leaf, FORGED))
    assert not any(FORGED in data for data in files(www).values())


@ENTRIES
@pytest.mark.parametrize("size", [0, 40, 256])
def test_a_log_that_does_not_lead_to_what_was_signed(
    stored: StoredLedger, tmp_path: Path, size: int, entries: bool
) -> None:
    """Nothing is written, not what is right before it either."""
    www = tmp_path / "www"
    begun(stored, www, size, entries)
    before, note = files(www), stored.sign()
    put(stored, 600, leaf_hash(FORGED), FORGED)
    with pytest.raises(Unsound, match=f"history-fork: log: the {size} entries published .* do not lead to the root"):
        publish(stored.recorder, stored.checkpoints, note, www, entries=entries)
    assert files(www) == before


@ENTRIES
def test_a_published_entry_that_is_another_in_the_log_now(stored: StoredLedger, tmp_path: Path, entries: bool) -> None:
    """In the last tile, which is read again; signed by somebody who has the key."""
    begun(stored, tmp_path / "www", 40, entries)
    put(stored, 7, leaf_hash(FORGED), FORGED)
    stored.sign_whatever()
    before, note = files(tmp_path / "www"), stored.checkpoints.latest()
    assert note is not None
    with pytest.raises(Unsound, match=r"history-fork: index 6: its leaf in the log is .* was published"):
        publish(stored.recorder, stored.checkpoints, note, tmp_path / "www", entries=entries)
    assert files(tmp_path / "www") == before


@pytest.mark.parametrize("leaf", ["x''", "x'00'", f"x'{bytes(33).hex()}'"])
def test_a_leaf_that_is_no_hash(stored: StoredLedger, tmp_path: Path, leaf: str) -> None:
    stored.grow(300)
    head = stored.checkpoints.open(stored.sign(), "")
    stored.damage(f"UPDATE entries SET leaf = {leaf} WHERE position = 290")
    with pytest.raises(Unsound, match=r"malformed: index 289: its leaf in the log is .*Nothing is published"):
        roots_that_lead(stored.recorder, EMPTY, head)


def test_a_log_that_is_shorter_than_what_was_signed(stored: StoredLedger) -> None:
    stored.grow(300)
    head = stored.checkpoints.open(stored.sign(), "")
    stored.damage("DELETE FROM entries WHERE position > 280")
    with pytest.raises(Unsound, match=r"entry-missing: index 280: .*Nothing is published"):
        roots_that_lead(stored.recorder, EMPTY, head)


@pytest.mark.parametrize("more", [0, 1])
def test_an_entry_that_does_not_fit_into_a_bundle(stored: StoredLedger, tmp_path: Path, more: int) -> None:
    """No program of ours takes it in, or signs it. Its hash can be published."""
    stored.grow(3)
    stored.recorder.append([long_event(MAX_ENTRY + more)])
    stored.sign_whatever()
    note, www = stored.checkpoints.latest(), tmp_path / "www"
    assert note is not None
    publish(stored.recorder, stored.checkpoints, note, tmp_path / "hashes", entries=False)
    read(stored, tmp_path / "hashes", entries=False)
    if not more:
        publish(stored.recorder, stored.checkpoints, note, www, entries=True)
        read(stored, www)
        return
    stored.damaged = True
    with pytest.raises(StoreError, match=r"malformed: index 3: it has 65,536 bytes.* It is not published; run `audit`"):
        publish(stored.recorder, stored.checkpoints, note, www, entries=True)
    assert not (www / "checkpoint").exists()
