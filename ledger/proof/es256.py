"""ES256: is a signature by ECDSA with P-256 and SHA-256 right? For keys on people's devices.

What is signed has one spelling here, r ‖ s, each 32 bytes, as JOSE and WebCrypto have it; devices give theirs in DER,
and `raw_signature` takes that apart before anything is recorded. Either of s and n − s is right, as the standard has
it: a statement is taken in once whatever its signature's bytes are, so nothing hangs on a second spelling of them.
P-256 has no points of low order, so a key needs no more than to be one.

Sources: FIPS 186-5 §6.4.2, SEC 1 §2.3.3 (points). `cryptography` does the ECDSA; there is no arithmetic of curves here.
"""

from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from ledger.proof.hashes import ProofError

KEY_BYTES: Final = 65
SIGNATURE_BYTES: Final = 64

_NUMBER: Final = 32  # bytes of a coordinate, of r and of s
_P: Final = 2**256 - 2**224 + 2**192 + 2**96 - 1
_ALGORITHM: Final = ec.ECDSA(SHA256())


def require_public_key(public_key: bytes) -> None:
    """The key is 0x04 ‖ x ‖ y, both below the field's prime. ProofError saying what it is not.

    What is no point of the curve is found by `check_signature`: no signature is right under it.
    """
    if not isinstance(public_key, bytes) or len(public_key) != KEY_BYTES or public_key[0] != 4:
        raise ProofError(f"public key: 0x04 and the coordinates of a point of P-256, {KEY_BYTES} bytes, are expected")
    for name, number in (("x", public_key[1:33]), ("y", public_key[33:])):
        if int.from_bytes(number) >= _P:
            raise ProofError(f"public key: {name} is not below the prime of P-256")


def check_signature(public_key: bytes, signature: bytes, message: bytes) -> None:
    """The 64-byte signature over the message is right under the key, which must be one that `require_public_key` takes.

    ProofError saying what is wrong.
    """
    require_public_key(public_key)
    if not isinstance(signature, bytes) or len(signature) != SIGNATURE_BYTES:
        raise ProofError(f"signature: {SIGNATURE_BYTES} bytes, r and s, are expected")
    r, s = int.from_bytes(signature[:_NUMBER]), int.from_bytes(signature[_NUMBER:])
    try:
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public_key)
        key.verify(encode_dss_signature(r, s), message, _ALGORITHM)
    except (InvalidSignature, ValueError):
        raise ProofError("signature: it does not fit the message and the key") from None


def raw_signature(der: bytes) -> bytes:
    """r ‖ s of a signature in DER (RFC 3279 §2.2.3), as devices give it. ProofError where it is none in DER."""
    try:
        r, s = decode_dss_signature(der)
        if min(r, s) <= 0:  # so no signature; negative numbers have no bytes here
            raise ValueError
        return r.to_bytes(_NUMBER) + s.to_bytes(_NUMBER)
    except (ValueError, OverflowError):
        raise ProofError("signature: no signature of P-256 in DER (SEQUENCE of two positive INTEGERs)") from None
