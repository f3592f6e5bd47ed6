"""The signing key: a file of its own, for its owner only, and what it signs opens with its vkey."""

import re
import stat
from pathlib import Path

import pytest

from ledger.proof import format_checkpoint, open_checkpoint, parse_base64
from ledger.store.key import create_key, read_key
from ledger.store.refusals import StoreError
from tests.store.stored import StoredLedger


def test_made_read_and_signing(tmp_path: Path) -> None:
    made = create_key(tmp_path / "keys" / "signing.key", "example.org/h1")
    read = read_key(tmp_path / "keys" / "signing.key")
    assert read.vkey == made.vkey
    note = read.sign(format_checkpoint("example.org/h1", 3, bytes(32)))
    assert open_checkpoint(note, made.vkey).size == 3


def test_for_its_owner_only(tmp_path: Path) -> None:
    create_key(tmp_path / "keys" / "signing.key", "example.org/h1")
    assert stat.S_IMODE((tmp_path / "keys" / "signing.key").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700


def test_as_go_writes_it(tmp_path: Path) -> None:
    vkey = create_key(tmp_path / "k", "example.org/h1").vkey
    text = (tmp_path / "k").read_text()
    assert re.fullmatch(r"PRIVATE\+KEY\+example\.org/h1\+[0-9a-f]{8}\+[A-Za-z0-9+/=]{44}\n", text)
    assert text.removeprefix("PRIVATE+KEY+")[:24] == vkey[:24], "name and key ID are those of the public key"


def test_never_overwritten(tmp_path: Path) -> None:
    create_key(tmp_path / "k", "example.org/h1")
    before = (tmp_path / "k").read_bytes()
    with pytest.raises(StoreError, match="a signing key is here already"):
        create_key(tmp_path / "k", "example.org/h1")
    assert (tmp_path / "k").read_bytes() == before


@pytest.mark.parametrize("origin", ["", "two words", "with+plus", "new\nline"])
def test_a_name_no_note_takes(tmp_path: Path, origin: str) -> None:
    with pytest.raises(StoreError, match="cannot name a key"):
        create_key(tmp_path / "k", origin)
    assert not (tmp_path / "k").exists()


def test_readable_by_others_is_refused(tmp_path: Path) -> None:
    create_key(tmp_path / "k", "example.org/h1")
    (tmp_path / "k").chmod(0o640)
    with pytest.raises(StoreError, match=r"others may read the signing key \(mode 0640\); run: chmod 600"):
        read_key(tmp_path / "k")


@pytest.mark.parametrize("damage", ["", "PUBLIC", "PRIVATE+KEY+example.org/h1+00000000+AAAA", "\xff"])
def test_damaged_is_refused(tmp_path: Path, damage: str) -> None:
    create_key(tmp_path / "k", "example.org/h1")
    (tmp_path / "k").write_text(damage)
    with pytest.raises(StoreError, match="not a signing key"):
        read_key(tmp_path / "k")


def test_what_is_no_text_is_refused(tmp_path: Path) -> None:
    create_key(tmp_path / "k", "example.org/h1")
    (tmp_path / "k").write_bytes(b"\xff\xfe")
    with pytest.raises(StoreError, match="not a signing key \\(it is no text\\)"):
        read_key(tmp_path / "k")


def test_another_key_id_is_refused(tmp_path: Path) -> None:
    create_key(tmp_path / "k", "example.org/h1")
    text = (tmp_path / "k").read_text()
    (tmp_path / "k").write_text(text.replace("example.org/h1", "example.org/h2"))
    with pytest.raises(StoreError, match="its key ID is not its own"):
        read_key(tmp_path / "k")


def test_missing(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be read"):
        read_key(tmp_path / "k")


def test_never_in_the_database(stored: StoredLedger) -> None:
    stored.grow(2)
    stored.sign()
    text = stored.key_file.read_text().strip()
    secret = parse_base64(text.split("+", 4)[4], "key")[1:]
    assert len(secret) == 32
    for path in stored.path.parent.rglob("*"):
        if path.is_file() and path != stored.key_file:
            content = path.read_bytes()
            assert secret not in content
            assert text.encode() not in content
