"""Ed25519: is a signature right, and of those by people: can this public key stand for one person?

Logs and witnesses sign under keys that the reader has chosen: there it is enough that the signature is right. People's
keys are enrolled in the log by whoever writes it, and more is asked of them: two verifiers must never differ over one
signature, and a signature must never fit a message that its signer did not see. So neither the key nor R may be a
point that has a second spelling, or one of the eight points of low order, under which signatures can be made that fit
many messages: what OpenSSL forgives there, the WebCrypto of a browser does not. The rest is RFC 8032 §5.1.7 without
the cofactor, as both have it: S below the group order, R = [S]B − [k]A.

Sources: RFC 8032 §5.1.3 (decoding), github.com/C2SP/CCTV `ed25519` (the points of low order and their spellings).
With `es256.py` the only file of this room that imports more than the standard library: `cryptography` does the Ed25519,
and there is no arithmetic of curves here. It makes no key and reads no file; keys come in as arguments. The door of
the ledger has the points of low order a second time (`ledger/treatment/signing_keys.py`), as neither room may import
the other; a test holds the two against each other.
"""

from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from ledger.proof.hashes import ProofError

PrivateKey = Ed25519PrivateKey
KEY_BYTES: Final = 32
SIGNATURE_BYTES: Final = 64

_P: Final = 2**255 - 19
_Y: Final = 2**255 - 1  # the bits of y; the one above them is the sign of x
_ORDER_8: Final = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
_LOW_ORDER: Final = frozenset({0, 1, _P - 1, _ORDER_8, _P - _ORDER_8})
"""y of the points of order 4, 1, 2, 8 and 8, with either sign of x."""


def public_key_of(private_key: PrivateKey) -> bytes:
    """The 32 bytes of the public key."""
    return private_key.public_key().public_bytes_raw()


def sign(private_key: PrivateKey, message: bytes) -> bytes:
    """The 64 bytes of the signature over the message: the same message, the same bytes (RFC 8032 §5.1.6)."""
    return private_key.sign(message)


def is_right(public_key: bytes, signature: bytes, message: bytes) -> bool:
    """Whether the signature fits message and key, by RFC 8032 §5.1.7; for keys that the reader has chosen.

    Nothing is asked of the key or of R: under a key of low order one signature fits many messages.
    """
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def require_public_key(public_key: bytes) -> None:
    """The key is the one spelling of a point that can stand for one person. ProofError saying why it cannot.

    What is no point of the curve at all is found by `check_signature`: no signature is right under it.
    """
    if not isinstance(public_key, bytes) or len(public_key) != KEY_BYTES:
        raise ProofError(f"public key: {KEY_BYTES} bytes of Ed25519 are expected")
    _require_point(public_key, "public key")


def check_signature(public_key: bytes, signature: bytes, message: bytes) -> None:
    """The 64-byte signature over the message is right under the key, which must be one that `require_public_key` takes.

    ProofError saying what is wrong.
    """
    require_public_key(public_key)
    if not isinstance(signature, bytes) or len(signature) != SIGNATURE_BYTES:
        raise ProofError(f"signature: {SIGNATURE_BYTES} bytes of Ed25519 are expected")
    _require_point(signature[:KEY_BYTES], "signature: R")
    if not is_right(public_key, signature, message):
        raise ProofError("signature: it does not fit the message and the key")


def _require_point(encoded: bytes, name: str) -> None:
    y = int.from_bytes(encoded, "little") & _Y
    if y >= _P:
        raise ProofError(f"{name}: y is not below 2^255-19, so that the point has another spelling (RFC 8032 §5.1.3)")
    # The other spellings of a point are those of x = 0 with its sign set, where y is 1 or -1: of low order as well.
    if y in _LOW_ORDER:
        raise ProofError(f"{name}: a point of low order, under which one signature fits many messages")
