"""Lines of witnesses under what was signed: only those that fit, each witness once, and what was signed stays."""

import sqlite3

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.proof import COSIGNATURE_V1, check_note, cosign_note, parse_note, parse_vkey, vkey
from ledger.store.publishing import publish
from ledger.store.refusals import StoreError
from tests.store.stored import StoredLedger

ONE, TWO = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in (1, 2))
W1, W2 = (vkey(f"w{n}.example", key.public_key().public_bytes_raw(), COSIGNATURE_V1) for n, key in ((1, ONE), (2, TWO)))


def line(note: str, name: str = "w1.example", key: Ed25519PrivateKey = ONE, seconds: int = 1614584000) -> str:
    return cosign_note(parse_note(note).body, name, key, seconds)


def test_it_stands_under_the_note_from_then_on(stored: StoredLedger):
    stored.grow(3)
    note = stored.sign()
    assert stored.checkpoints.last_cosigned(W1) == 0
    stored.checkpoints.cosign(note, W1, line(note))
    stored.checkpoints.cosign(note, W2, line(note, "w2.example", TWO))
    cosigned = note + line(note) + line(note, "w2.example", TWO)
    assert stored.checkpoints.latest() == cosigned == stored.sign()
    assert list(stored.checkpoints.notes()) == [cosigned]
    assert stored.checkpoints.mark.note() == note
    for key in (W1, W2):
        check_note(parse_note(cosigned), parse_vkey(key))
    stored.grow(2)
    newer = stored.sign()
    assert newer == stored.checkpoints.latest()
    assert "w1.example" not in newer
    assert list(stored.checkpoints.notes()) == [cosigned, newer]
    assert (stored.checkpoints.last_cosigned(W1), stored.checkpoints.last_cosigned(W2)) == (4, 4)
    stored.checkpoints.cosign(cosigned, W1, line(note))
    assert stored.audit() == []


def test_a_witness_signs_a_checkpoint_once(stored: StoredLedger):
    note = stored.sign()
    stored.checkpoints.cosign(note, W1, line(note))
    stored.checkpoints.cosign(note, W1, line(note, seconds=1700000000))
    assert stored.checkpoints.latest() == note + line(note)


def test_lines_by_others_are_passed_over(stored: StoredLedger):
    note = stored.sign()
    same_name = line(note, key=TWO)
    stored.checkpoints.cosign(note, W1, line(note, "w2.example", TWO) + same_name + line(note))
    assert stored.checkpoints.latest() == note + line(note)


@pytest.mark.parametrize("wrong", ["", "x\n", "— w1.example AAAA\n", "other text", "other key", "other name", "cut"])
def test_what_does_not_fit_is_not_kept(stored: StoredLedger, wrong: str):
    note = stored.sign()
    answer = {
        "other text": line(note.replace("\n1\n", "\n2\n")),
        "other key": line(note, key=TWO),
        "other name": line(note, "w3.example"),
        "cut": line(note)[:-9] + "\n",
    }.get(wrong, wrong)
    with pytest.raises(StoreError, match=r"w1\.example"):
        stored.checkpoints.cosign(note, W1, answer)
    assert stored.checkpoints.latest() == note


def test_only_under_what_was_signed_here(stored: StoredLedger, tmp_path):
    other = StoredLedger(tmp_path / "other")
    foreign = other.sign()
    other.close()
    with pytest.raises(StoreError, match="to be cosigned"):
        stored.checkpoints.cosign(foreign, W1, line(foreign))
    note = stored.sign()
    stored.damage("DELETE FROM checkpoints")
    with pytest.raises(StoreError, match="no checkpoint of size 1"):
        stored.checkpoints.cosign(note, W1, line(note))


def test_what_is_kept_can_only_grow(stored: StoredLedger):
    note = stored.sign()
    stored.checkpoints.cosign(note, W1, line(note))
    connection = sqlite3.connect(stored.path)
    for statement in ("UPDATE cosignatures SET size = 9", "DELETE FROM cosignatures"):
        with pytest.raises(sqlite3.IntegrityError, match="can only grow"):
            connection.execute(statement)
    connection.close()


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE cosignatures SET line = replace(line, 'w1', 'w9')",
        "UPDATE cosignatures SET line = substr(line, 1, 40)",
        "UPDATE cosignatures SET line = line || line",
        "UPDATE cosignatures SET vkey = 'x'",
        "UPDATE cosignatures SET size = 7",
    ],
)
def test_an_audit_finds_a_line_that_does_not_fit(stored: StoredLedger, damage: str):
    stored.grow(3)
    note = stored.sign()
    stored.checkpoints.cosign(note, W1, line(note))
    assert stored.audit() == []
    stored.damage(damage)
    found = {finding.name for finding in stored.audit() if "trigger" not in finding.where}
    assert found == {"checkpoint-signature"}


def test_the_published_checkpoint_gets_the_lines_too(stored: StoredLedger, tmp_path):
    stored.grow(3)
    note = stored.sign()
    publish(stored.recorder, stored.checkpoints, note, tmp_path / "p", entries=True)
    stored.checkpoints.cosign(note, W1, line(note))
    cosigned = stored.sign()
    done = publish(stored.recorder, stored.checkpoints, cosigned, tmp_path / "p", entries=True)
    assert (done.before, done.size, done.files) == (4, 4, 1)
    assert (tmp_path / "p" / "checkpoint").read_text() == cosigned
    assert publish(stored.recorder, stored.checkpoints, cosigned, tmp_path / "p", entries=True).files == 0
