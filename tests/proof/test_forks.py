"""What two notes prove against their signer; what they do not prove is never made into a proof."""

import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.proof import (
    ProofError,
    check_consistency,
    derive_roots,
    format_checkpoint,
    format_fork,
    leaf_hash,
    prove_consistency,
    prove_fork,
    root,
    sign_note,
    vkey,
)

KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
NAME = "example.org/log"
VKEY = vkey(NAME, KEY.public_key().public_bytes_raw())
ONE = [leaf_hash(b"%d" % n) for n in range(40)]
OTHER = [leaf_hash(b"another"), *ONE[1:]]
POWERS = {1, 2, 4, 8, 16, 32}


def note(leaves: list[bytes], origin: str = NAME) -> str:
    return sign_note(format_checkpoint(origin, len(leaves), root(leaves)), NAME, KEY)


def test_both_roots_come_out_of_the_nodes():
    for new in range(2, len(ONE) + 1):
        for old in range(1, new):
            proof = prove_consistency(old, new, ONE[:new])
            if old in POWERS:
                with pytest.raises(ProofError, match="power of two"):
                    derive_roots(old, new, proof)
            else:
                assert derive_roots(old, new, proof) == (root(ONE[:old]), root(ONE[:new]))
                for bad in (proof[:-1], [*proof, ONE[0]], []):
                    with pytest.raises(ProofError):
                        derive_roots(old, new, bad)


@pytest.mark.parametrize(("old", "new"), [(0, 3), (3, 3), (4, 3), (-1, 3), (3, 2**63), (True, 3)])
def test_sizes_of_which_no_nodes_tell(old, new):
    with pytest.raises(ProofError):
        derive_roots(old, new, [])


def test_two_roots_of_one_size():
    fork = prove_fork(note(ONE[:7]), note(OTHER[:7]), VKEY)
    assert fork == (note(ONE[:7]), note(OTHER[:7]), None, ())
    assert json.loads(format_fork(fork)).keys() == {"format", "first", "second"}
    assert prove_fork(note(ONE[:7]), note(ONE[:7]), VKEY) is None


def test_of_two_sizes_whichever_is_named_first():
    for old in range(1, 33):
        proof = prove_consistency(old, 33, OTHER[:33])
        forks = {
            prove_fork(*pair, VKEY, proof)
            for pair in [(note(ONE[:old]), note(OTHER[:33])), (note(OTHER[:33]), note(ONE[:old]))]
        }
        if old in POWERS:
            assert forks == {None}
            continue
        (fork,) = forks
        assert fork is not None
        assert (fork.first, fork.second, fork.root) == (note(ONE[:old]), note(OTHER[:33]), root(OTHER[:old]))
        check_consistency(old, 33, fork.consistency, fork.root, root(OTHER[:33]))
        assert json.loads(format_fork(fork))["format"] == "treatment-ledger-fork/1"


def test_one_history_is_never_a_fork():
    for old in range(1, 33):
        assert prove_fork(note(ONE[:old]), note(ONE[:33]), VKEY, prove_consistency(old, 33, ONE[:33])) is None
        assert prove_fork(note(ONE[:old]), note(ONE[:33]), VKEY, prove_consistency(old, 33, OTHER[:33])) is None
        assert prove_fork(note(ONE[:old]), note(OTHER[:33]), VKEY) is None


def test_notes_that_the_key_did_not_sign():
    foreign = sign_note(format_checkpoint(NAME, 7, root(OTHER[:7])), NAME, Ed25519PrivateKey.generate())
    for pair in (
        (note(ONE[:7]), foreign),
        (foreign, note(ONE[:7])),
        (note(ONE[:7]), "x"),
        (note(ONE[:7]), note(OTHER[:7], "another/log")),
    ):
        with pytest.raises(ProofError):
            prove_fork(*pair, VKEY)
