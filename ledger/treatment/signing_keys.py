"""Public keys that people sign with: which texts are keys, which are refused when they are enrolled, which may sign.

A signature must name one person and one statement. Under a point of low order one signature fits many messages, and a
point with two spellings is two keys to one reader and one to the next; so an Ed25519 key that is either is refused at
the door. Text that is no such key at all is recorded, for the journal's page gives `public_key` no form, and signs
nothing here. This module knows spellings and numbers; signatures are checked in `ledger.proof.ed25519`, which has the
points of low order a second time, as neither room may import the other; a test holds the two against each other.

Sources: RFC 8032 §5.1.2 and §5.1.3 (encoding), github.com/C2SP/CCTV `ed25519` (points of low order).
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable
from typing import Final, Literal, NamedTuple

from ledger.treatment.facts import Fact, SigningKeyEnrolled, SigningKeyRevoked
from ledger.treatment.subjects import ENROLLED

KEY_BYTES: Final = 32

_P: Final = 2**255 - 19
_HEX: Final = re.compile(r"[0-9A-Fa-f]{64}", re.ASCII)
_ORDER_8: Final = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
_LOW_ORDER: Final = {0: 4, 1: 1, _P - 1: 2, _ORDER_8: 8, _P - _ORDER_8: 8}
"""y of each point of low order, with either sign of x → its order."""


class KeyProblem(NamedTuple):
    """Why a key signs nothing for somebody: the finding's name (FORMAT.md), and `what`, to be read after "which"."""

    finding: Literal["signer-unknown", "signer-revoked"]
    what: str


def enrolment(lines: Iterable[Fact], signer: str) -> SigningKeyEnrolled | None:
    """The key's first enrolment for the signer, as it was written: corrections do not change a key."""
    enrolled = (line for line in lines if isinstance(line, SigningKeyEnrolled))
    return next((line for line in enrolled if line.practitioner == signer), None)


def enrolments_subject(public_key: bytes) -> str:
    """How the enrolments of a public key are asked for (`subjects.query_of`)."""
    return ENROLLED + public_key.hex()


def usable_key(lines: Iterable[Fact], signer: str, enrolments: Callable[[bytes], Iterable[Fact]]) -> bytes | KeyProblem:
    """The public key with which the signer's signatures are checked, or why there is none.

    `lines`: those of the key that lie before the signature, in log order; `enrolments`: of a public key, the lines that
    enrol it, likewise. Asked in this order: enrolled for this signer, Ed25519, no weak point, enrolled by nobody
    before, not revoked (FORMAT.md, "People's signatures", 2 and 3). This is the one rule of door, approvals, import
    and audit.
    """
    lines = list(lines)
    enrolled = enrolment(lines, signer)
    if enrolled is None:
        other = next((line.practitioner for line in lines if isinstance(line, SigningKeyEnrolled)), None)
        if other is None:
            return KeyProblem("signer-unknown", "is not enrolled before this line, expected SigningKeyEnrolled first")
        return KeyProblem("signer-unknown", f"is {other!r}'s, expected a key of {signer!r}")
    public_key = ed25519_key(enrolled)
    weak = "is no Ed25519 key of 32 bytes" if public_key is None else weakness(public_key)
    if public_key is None or weak is not None:
        return KeyProblem("signer-unknown", f"{weak}, expected a key whose signatures can be checked")
    holder = next((line for line in enrolments(public_key) if isinstance(line, SigningKeyEnrolled)), enrolled)
    if (holder.key_id, holder.practitioner) != (enrolled.key_id, signer):
        what = (
            f"has the public key that {holder.practitioner!r} enrolled before as {holder.key_id!r}, expected a new one"
        )
        return KeyProblem("signer-unknown", what)
    revoked = next((line for line in lines if isinstance(line, SigningKeyRevoked)), None)
    if revoked is not None:
        return KeyProblem("signer-revoked", f"was revoked ({revoked.reason}), expected a key that may sign")
    return public_key


def ed25519_key(enrolled: SigningKeyEnrolled) -> bytes | None:
    """The 32 bytes of the key, when it is one of Ed25519; `None` when this ledger cannot check what it signs."""
    if enrolled.algorithm.lower() != "ed25519":
        return None
    return _decoded(enrolled.public_key)


def weakness(key: bytes) -> str | None:
    """Why this Ed25519 key (32 bytes) can stand for nobody; `None` when nothing is known against it."""
    number = int.from_bytes(key, "little")
    y, sign = number & (2**255 - 1), number >> 255
    if y >= _P:
        return "y is not below 2^255-19, a second spelling of another key (RFC 8032 section 5.1.3)"
    if y in _LOW_ORDER:
        spelled = ", and x = 0 has its sign bit set" if sign and y in (1, _P - 1) else ""
        return f"a point of low order ({_LOW_ORDER[y]}), under which one signature fits many statements{spelled}"
    return None


def _decoded(text: str) -> bytes | None:
    """Canonical base64 with padding, or 64 hexadecimal digits, of 32 bytes."""
    if _HEX.fullmatch(text):
        return bytes.fromhex(text)
    try:
        key = b64decode(text, validate=True)
    except ValueError:
        return None
    return key if len(key) == KEY_BYTES and b64encode(key).decode() == text else None
