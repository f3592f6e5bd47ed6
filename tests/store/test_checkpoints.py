"""A checkpoint is signed only over what two paths agree on and what continues everything signed before."""

import threading
from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from eventsourcing.dcb.api import DCBEvent

from ledger.files import write_durably
from ledger.proof import (
    COSIGNATURE_V1,
    EMPTY_ROOT,
    cosign_note,
    format_checkpoint,
    open_checkpoint,
    parse_note,
    vkey,
)
from ledger.store.continuity import WHOLE_ENTRIES
from ledger.store.entry import format_entry
from ledger.store.judging import Judging
from ledger.store.key import create_key, read_key
from ledger.store.progress import Progress
from ledger.store.refusals import StoreError, Unsound
from ledger.store.schema import read_identity
from ledger.store.sealing import SealedLog, Sealing
from ledger.store.seals import SEAL_TAG, SEAL_TYPE, UNVOUCHED, Vouched, read_seal
from tests.invariants import check_log, root
from tests.store.stored import NOW, StoredLedger, event, spell_seal


@pytest.fixture(params=[WHOLE_ENTRIES, 0], ids=["a short log", "a long log"])
def stored(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[StoredLedger]:
    """As elsewhere; each test also as if the log were too long to be derived whole each time."""
    stored = StoredLedger(tmp_path / "ledger", request.param)
    yield stored
    stored.close()
    if not stored.damaged:
        check_log(stored.path)


def test_signed_kept_and_marked(stored: StoredLedger) -> None:
    assert stored.checkpoints.latest() is None
    assert stored.checkpoints.mark.note() is None
    stored.grow(7)
    note = stored.sign()
    checkpoint = open_checkpoint(note, read_identity(stored.path).vkey)
    leaves = list(stored.recorder.leaves(0, 8))
    assert (checkpoint.origin, checkpoint.size, checkpoint.root) == ("example.org/h1", 8, root(leaves))
    assert stored.checkpoints.latest() == stored.checkpoints.mark.note() == note
    assert stored.mark_file.stat().st_mode & 0o777 == 0o600


def test_of_an_empty_log(stored: StoredLedger) -> None:
    """Its first entry is the seal of nothing."""
    checkpoint = open_checkpoint(stored.sign(), read_identity(stored.path).vkey)
    (seal,) = stored.recorder.rows(upto=1)
    assert (checkpoint.size, checkpoint.root) == (1, seal.leaf)
    assert read_seal(seal.data) == (0, 0, bytes(32))


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
    with pytest.raises(StoreError, match="has 4 entries, but its key has signed a checkpoint of 7: an old backup"):
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
    with pytest.raises(StoreError, match=r"history-fork: log: the first 6 entries have the root .* was signed"):
        stored.sign()
    stored.damaged = True


def test_a_backup_taken_after_the_last_checkpoint_signs_on(stored: StoredLedger) -> None:
    stored.grow(3)
    stored.sign()
    newest = stored.backup()
    stored.grow(2)
    stored.restore(newest)
    stored.grow(4)
    assert open_checkpoint(stored.sign(), read_identity(stored.path).vkey).size == 9


def test_without_its_mark_it_refuses(stored: StoredLedger) -> None:
    stored.grow(3)
    note = stored.sign()
    stored.mark_file.unlink()
    stored.grow(1)
    with pytest.raises(StoreError, match=r"last-signed: missing, and with it what this key last signed"):
        stored.sign()
    write_durably(stored.mark_file, note)
    stored.sign()


@pytest.mark.parametrize("damage", ["gone", "with the witnesses' lines"])
def test_what_is_said_of_a_lost_mark_works(stored: StoredLedger, damage: str) -> None:
    """What `checkpoint` prints, and anyone holds, has the lines of witnesses under it; the mark has not."""
    stored.grow(3)
    note = stored.sign()
    key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    line = cosign_note(parse_note(note).body, "w.example", key, 1614584000)
    stored.checkpoints.cosign(note, vkey("w.example", key.public_key().public_bytes_raw(), COSIGNATURE_V1), line)
    shown = stored.sign()
    assert shown == note + line
    stored.mark_file.unlink()
    if damage != "gone":
        stored.mark_file.write_text(shown)
    stored.grow(1)
    for use in (stored.sign, stored.checkpoints.refuse_lost_mark):
        with pytest.raises(StoreError) as raised:
            use()
        said = str(raised.value)
        assert "othing is signed or taken in" in said
        assert "handed out" not in said
        assert said.endswith("write its text and the ledger's own signature line there, without the lines of witnesses")
    text, own, _ = shown.partition("— example.org/h1 ")
    stored.mark_file.write_text(text + own + shown[len(text + own) :].split("\n")[0] + "\n")
    stored.checkpoints.refuse_lost_mark()
    assert open_checkpoint(stored.sign(), read_identity(stored.path).vkey).size == 6


def test_a_note_that_is_none_is_not_signed_over(stored: StoredLedger) -> None:
    stored.grow(1)
    stored.sign()
    stored.grow(1)
    stored.damage("UPDATE checkpoints SET note = 'rubbish'")
    with pytest.raises(Unsound, match=r"^checkpoint-signature: last checkpoint: .*\. Nothing is signed; run `audit`$"):
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
    assert stored.checkpoints.mark.note() is None


def test_a_log_rewritten_with_its_leaves_refuses(stored: StoredLedger) -> None:
    stored.grow(5)
    stored.sign()
    stored.damage(
        "UPDATE entries SET (leaf, data) = (SELECT leaf, data FROM entries WHERE position = 1) WHERE position = 2"
    )
    stored.grow(1)
    with pytest.raises(StoreError, match="history-fork: log: the first 6 entries"):
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
    stored.checkpoints.sealing.seal(NOW)
    before = stored.backup()
    unseen = stored.sign()
    stored.restore(before)
    assert (stored.checkpoints.latest(), stored.checkpoints.mark.note()) == (first, unseen)
    assert stored.sign() == unseen, "Ed25519 is deterministic: the same log, the same note"
    stored.grow(1)
    assert open_checkpoint(stored.sign(), read_identity(stored.path).vkey).size == 9


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


def test_what_must_not_be_signed_is_not_written_to_either(stored: StoredLedger) -> None:
    stored.grow(3)
    stored.sign()
    old = stored.backup()
    stored.grow(2)
    stored.sign()
    stored.restore(old)
    stored.recorder.append([event(999), event(1000), event(1001)])
    for _ in range(2):
        with pytest.raises(StoreError, match="history-fork"):
            stored.sign()
    assert stored.recorder.size() == 7
    stored.damaged = True


def test_after_a_crash_between_seal_and_checkpoint(stored: StoredLedger) -> None:
    stored.grow(3)
    assert stored.checkpoints.sealing.seal(NOW).size == 4
    note = stored.sign()
    assert open_checkpoint(note, read_identity(stored.path).vkey).size == 4, "the seal that was there is signed"
    stored.grow(1)
    assert stored.checkpoints.sealing.seal(NOW).size == 6
    stored.grow(1)
    assert open_checkpoint(stored.sign(), read_identity(stored.path).vkey).size == 8, "sealed again, behind the new"


@pytest.mark.parametrize("position", [2, 6, 7, 500])
def test_a_row_of_the_tag_index_is_no_seal(stored: StoredLedger, position: int) -> None:
    """It may be put in, as nothing forbids it. What is signed ends in a seal nevertheless, or nothing is signed: where
    the row stands among what is sealed next.
    """
    stored.grow(3)
    first = stored.sign()
    stored.grow(3)
    put_seal_row(stored, position)
    if position in (6, 7):
        with pytest.raises(Unsound, match=r"index-mismatch: seal:index: .* the tag index has 2, 1 bear it"):
            stored.sign()
        assert stored.checkpoints.latest() == stored.checkpoints.mark.note() == first
        assert stored.recorder.size() == 7
    else:
        assert open_checkpoint(stored.sign(), read_identity(stored.path).vkey).size == 8
        assert [note.split("\n")[1] for note in stored.checkpoints.notes()] == ["4", "8"]
    (finding,) = stored.audit()
    assert str(finding).startswith(f"index-mismatch: index {position - 1}: the tag index has 'seal:index'")


def test_a_row_of_the_tag_index_is_no_first_seal(stored: StoredLedger) -> None:
    stored.grow(3)
    put_seal_row(stored, 2)
    assert open_checkpoint(stored.sign(), read_identity(stored.path).vkey).size == 4
    assert [finding.where for finding in stored.audit()] == ["index 1"]


def put_seal_row(stored: StoredLedger, position: int) -> None:
    """One that says that the entry at this position is a seal. No trigger refuses it."""
    connection = stored.recorder.connections.write()
    connection.execute("INSERT INTO tags VALUES ('seal:index', ?, 'index-sealed.v1')", (position,))
    connection.close()
    stored.damaged = True


def test_what_ends_in_no_seal_of_all_before_it_is_not_signed(stored: StoredLedger) -> None:
    """An entry that says that it is one; a crash might have left it behind what was signed."""
    stored.grow(3)
    first = stored.sign()
    data = format_entry(
        SEAL_TYPE, "2021-03-01T15:31:02.123456+08:00", [SEAL_TAG], spell_seal(NOW, 3, 4, sha256(b"").digest())
    )
    stored.recorder.append([DCBEvent(SEAL_TYPE, data, [SEAL_TAG])])
    stored.grow(1)
    for anew in (False, True):
        with pytest.raises(
            Unsound, match=r"seal-not-in-log: checkpoint \(size 5\): its last entry, index 4, is no seal"
        ):
            stored.checkpoints.sign(now=NOW, anew=anew)
    assert stored.checkpoints.latest() == stored.checkpoints.mark.note() == first
    stored.damaged = True


class Overtaken(Sealing):
    """One before whose first seal another process seals, and the log goes on."""

    def __init__(self, stored: StoredLedger) -> None:
        super().__init__(stored.recorder, spell_seal)
        self._stored = stored
        self._others = [Sealing(stored.recorder, spell_seal)]

    def seal(
        self,
        now: datetime,
        progress: Progress = lambda done, total: None,
        *,
        vouched: Vouched = UNVOUCHED,
        anew: bool = False,
        judging: Judging | None = None,
    ) -> SealedLog:
        while self._others:
            self._others.pop().seal(now)
            self._stored.grow(2)
        return super().seal(now, progress, vouched=vouched, anew=anew, judging=judging)


@pytest.mark.parametrize("signed", [True, False])
def test_a_seal_that_another_made_just_before_is_signed_too(stored: StoredLedger, signed: bool) -> None:
    """Each seal has its checkpoint, the smaller first: of one that has none an audit must say that it was deleted."""
    stored.grow(3)
    if signed:
        stored.sign()
    stored.grow(2)
    stored.checkpoints.sealing = Overtaken(stored)
    note = stored.sign()
    sizes = [int(kept.split("\n")[1]) for kept in stored.checkpoints.notes()]
    assert sizes == ([4, 7, 10] if signed else [6, 9])
    assert open_checkpoint(note, read_identity(stored.path).vkey).size == sizes[-1]
    assert stored.audit() == []


def test_a_log_signed_before_there_were_seals_goes_on(stored: StoredLedger) -> None:
    stored.grow(3)
    leaves = list(stored.recorder.leaves(0, 3))
    note = read_key(stored.key_file).sign(format_checkpoint("example.org/h1", 3, root(leaves)))
    connection = stored.recorder.connections.write()
    connection.execute("INSERT INTO checkpoints VALUES (3, ?, ?, 'then')", (root(leaves), note))
    connection.close()
    write_durably(stored.mark_file, note)
    sealed = stored.sign()
    assert open_checkpoint(sealed, read_identity(stored.path).vkey).size == 4
    assert list(stored.checkpoints.notes()) == [note, sealed]
    assert stored.sign() == sealed


@pytest.mark.parametrize("signed", [True, False])
@pytest.mark.parametrize("tags", ['["patient:P1"]', "[]", "rubbish", '["patient:P2", "session:S2"]'])
def test_tags_beside_an_entry_that_are_not_its_own_refuse(stored: StoredLedger, tags: str, signed: bool) -> None:
    """What is found, and sealed, by those columns is what the bytes say, or nothing is signed."""
    stored.grow(2)
    if signed:
        stored.sign()
    size = stored.recorder.size()
    stored.grow(2)
    stored.damage(f"UPDATE entries SET tags = '{tags}' WHERE position = {size + 1}")
    with pytest.raises(StoreError, match=f"malformed: index {size}: the column beside the entry says that its tags"):
        stored.sign()
    assert stored.recorder.size() == size + 2
