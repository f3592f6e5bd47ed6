from hashlib import sha256

import pytest

from ledger.proof import EMPTY_ROOT, ProofError, leaf_hash, node_hash


def test_leaves_and_nodes_are_hashed_apart():
    assert leaf_hash(b"") == sha256(b"\x00").digest()
    assert leaf_hash(b"L123456").hex() == "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56"
    assert node_hash(b"l" * 32, b"r" * 32) == sha256(b"\x01" + b"l" * 32 + b"r" * 32).digest()
    assert leaf_hash(b"l" * 32 + b"r" * 32) != node_hash(b"l" * 32, b"r" * 32)


def test_the_empty_root():
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize("entry", [None, "text", 5, bytearray(b"x"), [b"x"]])
def test_an_entry_is_bytes(entry):
    with pytest.raises(ProofError, match="entry"):
        leaf_hash(entry)


@pytest.mark.parametrize("bad", [b"", b"x" * 31, b"x" * 33, "x" * 32, None, 0])
def test_a_node_has_two_hashes(bad):
    with pytest.raises(ProofError, match="left"):
        node_hash(bad, b"r" * 32)
    with pytest.raises(ProofError, match="right"):
        node_hash(b"l" * 32, bad)
