"""Every ECDSA vector of Wycheproof, in both spellings of a signature, and none is left out."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from ledger.proof import ProofError
from ledger.proof.es256 import check_signature, raw_signature, require_public_key
from tests.devices import Device

VECTORS = Path(__file__).parent.parent / "vectors/wycheproof"
DEVICE = Device("a device")
P = 2**256 - 2**224 + 2**192 + 2**96 - 1
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def vectors(name: str) -> list[dict[str, Any]]:
    return [
        {**test, "key": group["publicKey"]["uncompressed"]}
        for group in json.loads((VECTORS / name).read_text())["testGroups"]
        for test in group["tests"]
    ]


RAW = vectors("ecdsa_secp256r1_sha256_p1363_test.json")
DER = vectors("ecdsa_secp256r1_sha256_test.json")


def refusal(key: bytes, signature: bytes, message: bytes) -> str | None:
    try:
        check_signature(key, signature, message)
    except ProofError as error:
        return str(error)
    return None


def name_of(case: dict[str, Any]) -> str:
    return f"{case['tcId']}-{'-'.join(case['flags'])}"


@pytest.mark.parametrize("case", RAW, ids=name_of)
def test_wycheproof_of_r_and_s(case):
    found = refusal(*(bytes.fromhex(case[name]) for name in ("key", "sig", "msg")))
    assert (found is None) == (case["result"] == "valid"), (case["comment"], found)


@pytest.mark.parametrize("case", DER, ids=name_of)
def test_wycheproof_in_der(case):
    key, der, message = (bytes.fromhex(case[name]) for name in ("key", "sig", "msg"))
    try:
        found = refusal(key, raw_signature(der), message)
    except ProofError as error:
        found = str(error)
    assert (found is None) == (case["result"] == "valid"), (case["comment"], found)


def test_none_of_wycheproof_is_missing():
    assert Counter(case["result"] for case in RAW) == {"valid": 173, "invalid": 89}
    assert Counter(case["result"] for case in DER) == {"valid": 174, "invalid": 310}


def test_a_signature_fits_its_message_and_key_alone():
    signature = DEVICE.sign(b"data")
    assert refusal(DEVICE.point, signature, b"data") is None
    for wrong in ((DEVICE.point, signature, b"other"), (Device("another").point, signature, b"data"),
                  (DEVICE.point, signature[32:] + signature[:32], b"data")):  # fmt: skip
        assert refusal(*wrong) == "signature: it does not fit the message and the key"


def test_either_of_s_and_n_less_s_is_right():
    signature = DEVICE.sign(b"data")
    other = N - int.from_bytes(signature[32:])
    assert refusal(DEVICE.point, signature[:32] + other.to_bytes(32), b"data") is None


@pytest.mark.parametrize(("r", "s"), [(0, 1), (1, 0), (N, 1), (1, N), (0, 0), (2**256 - 1, 2**256 - 1)])
def test_numbers_out_of_range_are_no_signature(r, s):
    assert "does not fit" in (refusal(DEVICE.point, r.to_bytes(32) + s.to_bytes(32), b"data") or "")


@pytest.mark.parametrize("wrong", [b"", bytes(63), bytes(65), "0" * 64, None])
def test_a_signature_of_another_length_or_type_is_refused(wrong):
    assert refusal(DEVICE.point, wrong, b"data") == "signature: 64 bytes, r and s, are expected"


@pytest.mark.parametrize(
    ("key", "what"),
    [
        (b"", "65 bytes"),
        (DEVICE.point[1:], "65 bytes"),
        (b"\x02" + DEVICE.point[1:33], "65 bytes"),  # the short spelling of a point
        (b"\x06" + DEVICE.point[1:], "65 bytes"),  # the hybrid one
        (DEVICE.point.hex(), "65 bytes"),
        (b"\x04" + P.to_bytes(32) + bytes(32), "x is not below the prime"),
        (b"\x04" + bytes(32) + P.to_bytes(32), "y is not below the prime"),
    ],
)
def test_what_is_no_key_is_refused(key, what):
    with pytest.raises(ProofError, match=what):
        require_public_key(key)
    assert what in (refusal(key, DEVICE.sign(b"data"), b"data") or "")


def test_what_is_no_point_signs_nothing():
    no_point = DEVICE.point[:-1] + bytes([DEVICE.point[-1] ^ 1])
    require_public_key(no_point)
    assert "does not fit" in (refusal(no_point, DEVICE.sign(b"data"), b"data") or "")


def test_der_is_taken_apart():
    assert raw_signature(DEVICE.sign_der(b"data")) == DEVICE.sign(b"data")


@pytest.mark.parametrize(
    "der", [b"", b"\x30\x00", bytes.fromhex("3006020100020101"), bytes.fromhex("30060201ff020101"), bytes(64)]
)
def test_what_is_no_signature_in_der_is_refused(der):
    with pytest.raises(ProofError, match="no signature of P-256 in DER"):
        raw_signature(der)
