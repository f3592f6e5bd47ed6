"""The list of witnesses: read strictly, written whole, and never two of one key."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api.witnesses import FILE, Asked, WitnessesError, add_witness, find_witness, read_witnesses, remove_witness
from ledger.proof import COSIGNATURE_V1, vkey

PUBLIC = Ed25519PrivateKey.from_private_bytes(b"w" * 32).public_key().public_bytes_raw()
W1, W2 = (vkey(name, PUBLIC, COSIGNATURE_V1) for name in ("regulator.example/w1", "监管.example/w2"))
LOG = vkey("hospital.example/ledger", PUBLIC)


def test_what_is_added_is_read(tmp_path: Path) -> None:
    assert read_witnesses(tmp_path) == []
    one = add_witness(tmp_path, W1, "https://witness.regulator.example:8443/prefix/")
    other = add_witness(tmp_path, W2, None)
    assert read_witnesses(tmp_path) == [one, other] == [
        Asked(W1, "https://witness.regulator.example:8443/prefix/"), Asked(W2, None)
    ]  # fmt: skip
    assert (one.name, other.name) == ("regulator.example/w1", "监管.example/w2")
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600
    assert find_witness(tmp_path, one.name) == find_witness(tmp_path, W1) == one
    assert remove_witness(tmp_path, one.name) == [one]
    assert read_witnesses(tmp_path) == [other]
    for gone in (one.name, "nobody"):
        with pytest.raises(WitnessesError, match="no witness of this ledger"):
            find_witness(tmp_path, gone)
        with pytest.raises(WitnessesError, match="no witness of this ledger"):
            remove_witness(tmp_path, gone)


def test_two_of_one_name_are_told_apart_by_their_keys(tmp_path: Path) -> None:
    new = Ed25519PrivateKey.from_private_bytes(b"n" * 32).public_key().public_bytes_raw()
    other = vkey("regulator.example/w1", new, COSIGNATURE_V1)
    add_witness(tmp_path, W1, None)
    add_witness(tmp_path, other, None)
    with pytest.raises(WitnessesError, match="several witnesses"):
        find_witness(tmp_path, "regulator.example/w1")
    assert find_witness(tmp_path, other).vkey == other


@pytest.mark.parametrize(
    ("key", "url", "why"),
    [
        ("x", None, "witness key"),
        (LOG, None, "a log's key"),
        (W1 + "=", None, "base64"),
        *((W1, url, "an address is expected") for url in (
            "", "witness.example", "ftp://witness.example", "file:///etc/passwd", "https://", "http://[::1",
            "https://w.example?x=1", "https://w.example#x", "http://w.example:99999",
        )),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_not_added(tmp_path: Path, key: str, url: str | None, why: str) -> None:
    with pytest.raises(WitnessesError, match=why):
        add_witness(tmp_path, key, url)
    assert not (tmp_path / FILE).exists()


def test_a_witness_is_named_once(tmp_path: Path) -> None:
    add_witness(tmp_path, W1, None)
    with pytest.raises(WitnessesError, match="already"):
        add_witness(tmp_path, W1, "https://other.example")


@pytest.mark.parametrize(
    "text",
    [
        "[", "\x00", "x = 1", "[witness]\nvkey = 'x'", "witness = 5", "[[witness]]", "[[witness]]\nvkey = 5",
        f"[[witness]]\nvkey = '{W1}'\nURL = 'https://w.example'", f"[[witness]]\nvkey = '{W1}'\nurl = 5",
        f"[[witness]]\nvkey = '{W1}'\n[[witness]]\nvkey = '{W1}'", f"[[witness]]\nvkey = '{LOG}'", "witness = [5]",
    ],
)  # fmt: skip
def test_a_file_that_is_not_as_it_must_be(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text)
    with pytest.raises(WitnessesError, match=r"witnesses\.toml"):
        read_witnesses(tmp_path)
    with pytest.raises(WitnessesError, match=r"witnesses\.toml"):
        add_witness(tmp_path, W2, None)
    assert (tmp_path / FILE).read_text() == text


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"\xff")
    with pytest.raises(WitnessesError, match="cannot be read"):
        read_witnesses(tmp_path)
    (tmp_path / FILE).unlink()
    (tmp_path / FILE).mkdir()
    with pytest.raises(WitnessesError, match="cannot be read"):
        read_witnesses(tmp_path)
