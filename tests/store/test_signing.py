"""What is looked at before the key signs, in which order; and what is left where that goes wrong."""

from pathlib import Path

import pytest

from ledger.proof import open_checkpoint
from ledger.store.refusals import StoreError, Unsound
from tests.store.stored import NOW, StoredLedger


def size(stored: StoredLedger, note: str) -> int:
    return open_checkpoint(note, stored.checkpoints.vkey).size


@pytest.mark.parametrize("step", ["beside", "directory"])
def test_a_mark_that_cannot_be_moved_hands_nothing_out(
    stored: StoredLedger, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """The disk is full beside the key, or its directory cannot be made durable; then it is asked again."""
    stored.grow(5)
    first = stored.sign()
    stored.grow(2)

    def fails(path: Path, text: str = "") -> None:
        raise OSError(28, "No space left on device", str(path))

    where = "ledger.store.mark.write_durably" if step == "beside" else "ledger.files.sync_directory"
    with monkeypatch.context() as broken:
        broken.setattr(where, fails)
        for _ in range(2):
            with pytest.raises(StoreError, match=r"last-signed: it cannot be written, .*No space left on device"):
                stored.sign()
    assert stored.checkpoints.latest() == first
    assert (stored.checkpoints.mark.note() == first) == (step == "beside")
    assert size(stored, stored.sign()) == 9
    assert stored.audit() == []


@pytest.mark.parametrize("damage", [None, "UPDATE tree SET hash = zeroblob(32)", "UPDATE tree SET hash = x'00'"])
def test_kept_nodes_that_are_damaged_do_not_stop_a_short_log(stored: StoredLedger, damage: str | None) -> None:
    """Of a short log they are not looked at before; what goes on from them must not say that it was rewritten."""
    stored.grow(300)
    stored.sign()
    if damage is not None:
        connection = stored.recorder.connections.write()
        connection.execute(damage)
        connection.close()
    stored.grow(3)
    assert size(stored, stored.sign()) == 305
    assert stored.audit() == []


def test_a_key_that_is_another_s(stored: StoredLedger, tmp_path: Path) -> None:
    stored.grow(1)
    other = StoredLedger(tmp_path / "other")
    stored.key_file.write_text(other.key_file.read_text())
    other.close()
    with pytest.raises(StoreError, match="another ledger's key"):
        stored.sign()
    assert stored.recorder.size() == 1, "and nothing was sealed"


def test_tables_that_vanish_while_the_index_grows_are_built_from_what_was_signed(tmp_path: Path) -> None:
    """A long backlog grows in steps; between two of them somebody drops the tables, and replaces an old entry."""
    stored = StoredLedger(tmp_path / "ledger", whole_entries=0)
    stored.grow(900)
    first = stored.sign()
    stored.grow(60)
    sealing = stored.checkpoints.sealing
    sealing._chunk_entries = 20
    commit = sealing.commit
    commits = 0

    def then(connection: object) -> None:
        nonlocal commits
        commit(connection)  # type: ignore[arg-type]
        commits += 1
        if commits == 1:
            stored.damage(
                "DELETE FROM index_state",
                "UPDATE entries SET (tags, leaf, data) = (SELECT tags, leaf, data FROM entries WHERE position = 8) "
                "WHERE position = 5",
                "DELETE FROM tags WHERE position = 5",
                "INSERT INTO tags SELECT tag, 5, type FROM tags WHERE position = 8",
            )

    sealing.commit = then  # type: ignore[method-assign]
    with pytest.raises(Unsound, match="history-fork: log: the first 901 entries"):
        stored.checkpoints.sign(now=NOW)
    assert stored.checkpoints.latest() == first
    assert commits >= 1
    stored.close()
