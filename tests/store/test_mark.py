"""The key's mark: what it says that was signed, and what its absence, its damage or its being ahead means."""

from pathlib import Path

import pytest

from ledger.proof import Checkpoint
from ledger.store.mark import Mark
from ledger.store.refusals import StoreError, Unsound


def opened(note: str, what: str) -> Checkpoint:
    """Notes are sizes here; what is no number is none of this key."""
    if not note.isdecimal():
        raise StoreError(f"{what}: not of this key")
    return Checkpoint("example.org/h1", int(note), bytes(32))


@pytest.fixture
def mark(tmp_path: Path) -> Mark:
    return Mark(tmp_path / "signing.key", opened)


def test_it_says_what_was_signed_last(mark: Mark, tmp_path: Path) -> None:
    assert (mark.note(), mark.signed(None)) == (None, None)
    for note in ("7", "9"):
        mark.move(note)
        assert mark.note() == note
        assert mark.signed(None) == mark.signed("7") == Checkpoint("example.org/h1", int(note), bytes(32))
    (file,) = tmp_path.iterdir()
    assert (file.name, file.stat().st_mode & 0o777) == (mark.name, 0o600)


def test_one_that_is_missing_though_something_was_signed(mark: Mark, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"/last-signed: missing, .* nothing is signed or taken in\. Restore the file"):
        mark.signed("7")


@pytest.mark.parametrize("content", [b"rubbish", b"", b"\xff"])
def test_one_that_is_none(mark: Mark, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "last-signed").write_bytes(content)
    for latest in (None, "7"):
        with pytest.raises(
            Unsound, match=r"^checkpoint-signature: last-signed: not of this key\. Nothing is signed or taken in; run"
        ):
            mark.signed(latest)
    mark.refuse_old_backup(0)  # that it is none, others say


def test_one_that_cannot_be_read(mark: Mark, tmp_path: Path) -> None:
    (tmp_path / "last-signed").mkdir()
    with pytest.raises(StoreError, match=r"cannot be read .*; restore it to sign"):
        mark.note()
    mark.refuse_old_backup(0)


@pytest.mark.parametrize("what", ["last-signed.new", "last-signed"])
def test_one_that_cannot_be_moved(mark: Mark, tmp_path: Path, what: str) -> None:
    """A directory stands where the file is to be written, or where it is to be."""
    if what != "last-signed":
        mark.move("7")
    (tmp_path / what).mkdir()
    (tmp_path / what / "full").touch()
    with pytest.raises(
        StoreError, match=r"/last-signed: it cannot be written, so no checkpoint is handed out .* again"
    ):
        mark.move("9")
    if what != "last-signed":
        assert mark.note() == "7"


def test_one_of_which_only_the_name_may_be_lost(mark: Mark, monkeypatch: pytest.MonkeyPatch) -> None:
    """The directory cannot be made durable: it is the new one by then, and nobody was handed that."""

    def fails(path: Path) -> None:
        raise OSError(5, "Input/output error", str(path))

    mark.move("7")
    with monkeypatch.context() as broken:
        broken.setattr("ledger.files.sync_directory", fails)
        with pytest.raises(StoreError, match=r"it cannot be written, .* \(Input/output error\); mend"):
            mark.move("9")
    assert mark.note() == "9"


def test_one_that_is_ahead_of_the_log(mark: Mark) -> None:
    mark.refuse_old_backup(0)
    mark.move("7")
    for size in (7, 8):
        mark.refuse_old_backup(size)
    with pytest.raises(Unsound, match=r"checkpoint-rollback: log: the ledger has 6 entries, .* an old backup"):
        mark.refuse_old_backup(6)
