"""Every vector of CCTV and Wycheproof: what must happen is written down class by class, and none is left out.

The classes of CCTV are its flags. Refused are keys and R of low order (with that every second spelling: the flags
`non_canonical_*` and `reencoded_k` are of points of low order) and what holds only with the cofactor. What is left
holds, also where a point has a part of low order beside one of prime order: no list can tell such a point.
"""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.proof import ProofError
from ledger.proof.ed25519 import check_signature, require_public_key

VECTORS = Path(__file__).parent.parent / "vectors"
CCTV: list[dict[str, Any]] = json.loads((VECTORS / "cctv/ed25519/ed25519vectors.json").read_text())
WYCHEPROOF: list[dict[str, Any]] = [
    {**test, "key": group["publicKey"]["pk"]}
    for group in json.loads((VECTORS / "wycheproof/ed25519_test.json").read_text())["testGroups"]
    for test in group["tests"]
]

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493


def refusal(key: str, signature: str, message: bytes) -> str | None:
    try:
        check_signature(bytes.fromhex(key), bytes.fromhex(signature), message)
    except ProofError as error:
        return str(error)
    return None


def cctv_class(flags: list[str]) -> str:
    """What decides about a vector, in the order in which it is asked."""
    for flag in ("non_canonical_A", "low_order_A", "non_canonical_R", "low_order_R", "low_order_residue"):
        if flag in flags:
            return flag
    return "holds"


def test_none_of_cctv_is_missing_and_each_class_ends_as_it_must():
    told = Counter(
        (cctv_class(case["flags"] or []), refusal(case["key"], case["sig"], case["msg"].encode())) for case in CCTV
    )
    spelled = "y is not below 2^255-19, so that the point has another spelling (RFC 8032 §5.1.3)"
    low_order = "a point of low order, under which one signature fits many messages"
    assert sum(told.values()) == 914
    assert {(name, words) for name, words in told} == {
        ("non_canonical_A", f"public key: {spelled}"),
        ("non_canonical_A", f"public key: {low_order}"),  # x = 0 with its sign set: y is 1 or -1
        ("low_order_A", f"public key: {low_order}"),
        ("non_canonical_R", f"signature: R: {spelled}"),
        ("non_canonical_R", f"signature: R: {low_order}"),
        ("low_order_R", f"signature: R: {low_order}"),
        ("low_order_residue", "signature: it does not fit the message and the key"),
        ("holds", None),
    }
    by_class = Counter(name for name, _ in told.elements())
    assert by_class == {
        "non_canonical_A": 226, "low_order_A": 300, "non_canonical_R": 176, "low_order_R": 106,
        "low_order_residue": 63, "holds": 43,
    }  # fmt: skip


@pytest.mark.parametrize("case", WYCHEPROOF, ids=lambda case: f"{case['tcId']}-{case['flags'][0]}")
def test_wycheproof(case):
    found = refusal(case["key"], case["sig"], bytes.fromhex(case["msg"]))
    assert (found is None) == (case["result"] == "valid"), (case["comment"], found)


def test_none_of_wycheproof_is_missing():
    """Flag → what must happen: of each class all vectors are one or the other."""
    assert Counter((case["flags"][0], case["result"]) for case in WYCHEPROOF) == {
        ("Valid", "valid"): 18, ("Ktv", "valid"): 38, ("TinkOverflow", "valid"): 32,
        ("InvalidKtv", "invalid"): 1, ("InvalidEncoding", "invalid"): 22, ("InvalidSignature", "invalid"): 20,
        ("SignatureMalleability", "invalid"): 8, ("SignatureWithGarbage", "invalid"): 5,
        ("CompressedSignature", "invalid"): 4, ("TruncatedSignature", "invalid"): 3,
    }  # fmt: skip
    assert all(len(case["flags"]) == 1 for case in WYCHEPROOF)


def test_a_signature_fits_its_message_and_key_alone():
    key, signature = KEY.public_key().public_bytes_raw(), KEY.sign(b"a statement")
    check_signature(key, signature, b"a statement")
    other = Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key().public_bytes_raw()
    for wrong in ((key, signature, b"another"), (other, signature, b"a statement"),
                  (key, signature[:32] + bytes(32), b"a statement")):  # fmt: skip
        with pytest.raises(ProofError, match="does not fit"):
            check_signature(*wrong)


def test_the_same_signature_has_one_spelling():
    key, signature = KEY.public_key().public_bytes_raw(), KEY.sign(b"a statement")
    s = int.from_bytes(signature[32:], "little")
    assert s < L
    with pytest.raises(ProofError, match="does not fit"):
        check_signature(key, signature[:32] + (s + L).to_bytes(32, "little"), b"a statement")


@pytest.mark.parametrize("wrong", [b"", bytes(31), bytes(33), "0" * 32, None])
def test_what_has_another_length_or_type_is_refused(wrong):
    key = KEY.public_key().public_bytes_raw()
    with pytest.raises(ProofError, match="public key: 32 bytes"):
        require_public_key(wrong)
    with pytest.raises(ProofError, match="signature: 64 bytes"):
        check_signature(key, wrong, b"a statement")


def test_every_spelling_with_y_at_or_above_the_prime_is_refused():
    """There are 19 of them, with either sign of x; most are no points at all."""
    for y in range(P, 2**255):
        for sign in (0, 1):
            with pytest.raises(ProofError, match="another spelling"):
                require_public_key((y | sign << 255).to_bytes(32, "little"))


def test_what_is_no_point_signs_nothing():
    no_point = (2).to_bytes(32, "little")  # y = 2 has no x
    require_public_key(no_point)
    with pytest.raises(ProofError, match="does not fit"):
        check_signature(no_point, KEY.sign(b"a statement"), b"a statement")
