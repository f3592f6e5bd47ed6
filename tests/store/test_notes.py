"""Is a text a checkpoint of this log's own key? The one place that says so."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.proof import EMPTY_ROOT, cosign_note, format_checkpoint, parse_note
from ledger.store.key import SigningKey
from ledger.store.notes import Notes, more_lines
from ledger.store.refusals import StoreError, Unsound

KEY = SigningKey("example.org/h1", Ed25519PrivateKey.from_private_bytes(b"k" * 32))
NOTES = Notes("example.org/h1", KEY.vkey)
NOTE = KEY.sign(format_checkpoint("example.org/h1", 0, EMPTY_ROOT))
COSIGNED = NOTE + cosign_note(parse_note(NOTE).body, "w.example", Ed25519PrivateKey.generate(), 1614584000)


def test_our_own() -> None:
    for opened in (NOTES.open(NOTE, "x"), NOTES.open_alone(NOTE, "x"), NOTES.open_kept(NOTE, "x")):
        assert (opened.origin, opened.size, opened.root) == ("example.org/h1", 0, EMPTY_ROOT)


def test_with_lines_of_others() -> None:
    assert NOTES.open(COSIGNED, "x") == NOTES.open_kept(COSIGNED, "x") == NOTES.open(NOTE, "x")
    with pytest.raises(StoreError, match=r"^x: 2 signature lines stand under it, where only the log's own"):
        NOTES.open_alone(COSIGNED, "x")
    assert [more_lines(note) is None for note in (NOTE, COSIGNED, "rubbish")] == [True, False, True]


@pytest.mark.parametrize(
    ("note", "why"),
    [
        ("rubbish", ""),
        (KEY.sign(format_checkpoint("example.org/h2", 0, EMPTY_ROOT)), "it is of 'example.org/h2', this ledger is"),
        (NOTE.replace("\n0\n", "\n1\n"), ""),
    ],
)
def test_what_is_none(note: str, why: str) -> None:
    for opens in (NOTES.open, NOTES.open_alone):
        with pytest.raises(StoreError, match=f"^x: {why}"):
            opens(note, "x")
    with pytest.raises(Unsound, match=f"^checkpoint-signature: x: {why}.* Nothing is handed out"):
        NOTES.open_kept(note, "x")
