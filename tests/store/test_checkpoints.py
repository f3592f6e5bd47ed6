"""A checkpoint is signed only over what two paths agree on and what continues everything signed before."""

import threading

import pytest

from ledger.proof import EMPTY_ROOT, format_checkpoint, open_checkpoint
from ledger.store.key import create_key, read_key, write_durably
from ledger.store.refusals import StoreError
from ledger.store.schema import read_identity
from tests.invariants import root
from tests.store.stored import StoredLedger, event


def test_signed_kept_and_marked(stored: StoredLedger) -> None:
    assert stored.checkpoints.latest() is None
    assert stored.checkpoints.mark() is None
    stored.grow(7)
    note = stored.sign()
    checkpoint = open_checkpoint(note, read_identity(stored.path).vkey)
    leaves = list(stored.recorder.leaves(0, 7))
    assert (checkpoint.origin, checkpoint.size, checkpoint.root) == ("example.org/h1", 7, root(leaves))
    assert stored.checkpoints.latest() == stored.checkpoints.mark() == note
    assert stored.mark_file.stat().st_mode & 0o777 == 0o600


def test_of_an_empty_log(stored: StoredLedger) -> None:
    checkpoint = open_checkpoint(stored.sign(), read_identity(stored.path).vkey)
    assert (checkpoint.size, checkpoint.root) == (0, EMPTY_ROOT)


def test_a_log_that_has_not_grown_gets_the_last_one(stored: StoredLedger) -> None:
    stored.grow(3)
    first = stored.sign()
    assert stored.sign() == first
    stored.grow(1)
    second = stored.sign()
    assert second != first
    assert list(stored.checkpoints.notes()) == [first, second]


def test_a_restored_backup_refuses(stored: StoredLedger) -> None:
    stored.grow(3)
    stored.sign()
    old = stored.backup()
    stored.grow(2)
    stored.sign()
    stored.restore(old)
    with pytest.raises(StoreError, match="has 3 entries, but its key has signed a checkpoint of 5: an old backup"):
        stored.sign()
    stored.damaged = True


def test_a_restored_backup_that_has_grown_again_refuses(stored: StoredLedger) -> None:
    """As long as before, or longer, but with other entries in the place of those that were lost."""
    stored.grow(3)
    old = stored.backup()
    stored.grow(2)
    stored.sign()
    stored.restore(old)
    stored.recorder.append([event(999)])
    stored.grow(3)
    with pytest.raises(StoreError, match=r"history-fork: the first 5 entries have the root .* was signed"):
        stored.sign()
    stored.damaged = True


def test_a_backup_taken_after_the_last_checkpoint_signs_on(stored: StoredLedger) -> None:
    stored.grow(3)
    stored.sign()
    newest = stored.backup()
    stored.grow(2)
    stored.restore(newest)
    stored.grow(4)
    assert open_checkpoint(stored.sign(), read_identity(stored.path).vkey).size == 7


def test_without_its_mark_it_refuses(stored: StoredLedger) -> None:
    stored.grow(3)
    note = stored.sign()
    stored.mark_file.unlink()
    stored.grow(1)
    with pytest.raises(StoreError, match=r"last-signed: missing, and with it what this key last signed"):
        stored.sign()
    write_durably(stored.mark_file, note)
    stored.sign()


@pytest.mark.parametrize("text", ["", "rubbish", "example.org/h1\n1\nAAAA\n\n— example.org/h1 AAAA\n"])
def test_a_damaged_mark_refuses(stored: StoredLedger, text: str) -> None:
    stored.grow(1)
    stored.sign()
    stored.mark_file.write_text(text)
    stored.grow(1)
    with pytest.raises(StoreError, match="last-signed: "):
        stored.sign()


def test_a_mark_of_another_origin_refuses(stored: StoredLedger) -> None:
    stored.grow(1)
    stored.mark_file.write_text(read_key(stored.key_file).sign(format_checkpoint("example.org/h2", 0, EMPTY_ROOT)))
    with pytest.raises(StoreError, match=r"it is of 'example\.org/h2', this ledger is 'example\.org/h1'"):
        stored.sign()


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        (
            "UPDATE entries SET data = CAST(replace(data, '2', '3') AS BLOB) WHERE position = 3",
            "entry-altered: index 2: its stored",
        ),
        ("UPDATE entries SET leaf = zeroblob(32) WHERE position = 3", "entry-altered: index 2: its stored"),
        ("DELETE FROM entries WHERE position = 3", "entry-missing: index 2: there is no entry at position 3"),
    ],
)
def test_stored_bytes_that_do_not_fit_refuse(stored: StoredLedger, statement: str, why: str) -> None:
    stored.grow(5)
    stored.damage(statement)
    with pytest.raises(StoreError, match=why):
        stored.sign()
    assert stored.checkpoints.latest() is None
    assert stored.checkpoints.mark() is None


def test_a_log_rewritten_with_its_leaves_refuses(stored: StoredLedger) -> None:
    stored.grow(5)
    stored.sign()
    stored.damage(
        "UPDATE entries SET (leaf, data) = (SELECT leaf, data FROM entries WHERE position = 1) WHERE position = 2"
    )
    stored.grow(1)
    with pytest.raises(StoreError, match="history-fork: the first 5 entries"):
        stored.sign()


def test_another_ledgers_key_refuses(stored: StoredLedger) -> None:
    stored.grow(1)
    stored.key_file.unlink()
    create_key(stored.key_file, "example.org/h1")
    with pytest.raises(StoreError, match="another ledger's key"):
        stored.sign()


def test_a_crash_between_the_mark_and_the_database(stored: StoredLedger) -> None:
    """The mark is then ahead of the database, with a note that nobody has seen."""
    stored.grow(3)
    first = stored.sign()
    stored.grow(2)
    before = stored.backup()
    unseen = stored.sign()
    stored.restore(before)
    assert (stored.checkpoints.latest(), stored.checkpoints.mark()) == (first, unseen)
    assert stored.sign() == unseen, "Ed25519 is deterministic: the same log, the same note"
    stored.grow(1)
    assert open_checkpoint(stored.sign(), read_identity(stored.path).vkey).size == 6


def test_those_who_sign_at_once_agree(stored: StoredLedger) -> None:
    stored.grow(20)
    notes: list[str] = []
    threads = [threading.Thread(target=lambda: notes.append(stored.sign())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(notes) == 8
    assert len(set(notes)) == 1
    assert list(stored.checkpoints.notes()) == notes[:1]
