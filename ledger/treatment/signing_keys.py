"""Public keys that people sign with: which texts are keys, which are refused when they are enrolled, which may sign.

A signature must name one person and one statement. Under a point of low order one signature fits many messages, and a
point with two spellings is two keys to one reader and one to the next; so an Ed25519 key that is either is refused at
the door, and a key of P-256 that is no point of the curve. Text that is no such key at all is recorded, for the
journal's page gives `public_key` no form, and signs nothing here. This module knows spellings and numbers; signatures
are checked in `ledger.proof.ed25519` and `es256`, which have the numbers a second time, as neither room may import the
other; tests hold the two against each other.

Sources: RFC 8032 §5.1.2 and §5.1.3 (encoding), github.com/C2SP/CCTV `ed25519` (points of low order), SEC 1 §2.3.3 and
SEC 2 §2.4.2 (P-256).
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable
from typing import Final, Literal, NamedTuple

from ledger.treatment.facts import Fact, SigningKeyEnrolled, SigningKeyRevoked
from ledger.treatment.subjects import ENROLLED

WEBAUTHN: Final = "webauthn-es256"
"""The `algorithm` of a key on a person's device."""
ED25519_BYTES: Final = 32
P256_BYTES: Final = 65

_SITE: Final = re.compile(r"[a-z0-9.-]{1,253}", re.ASCII)
_P256: Final = 2**256 - 2**224 + 2**192 + 2**96 - 1
_P256_B: Final = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
_P: Final = 2**255 - 19
_HEX: Final = re.compile(r"[0-9A-Fa-f]{64}", re.ASCII)
_ORDER_8: Final = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
_LOW_ORDER: Final = {0: 4, 1: 1, _P - 1: 2, _ORDER_8: 8, _P - _ORDER_8: 8}
"""y of each point of low order, with either sign of x → its order."""


class PublicKey(NamedTuple):
    """A key that people sign with: a point of Ed25519 (32 bytes); or, with the `site` (RP ID) that a device made it
    for, of P-256 (65 bytes: 0x04, x, y).
    """

    point: bytes
    site: str | None = None


class KeyProblem(NamedTuple):
    """Why a key signs nothing for somebody: the finding's name (FORMAT.md), and `what`, to be read after "which"."""

    finding: Literal["signer-unknown", "signer-revoked"]
    what: str


def enrolment(lines: Iterable[Fact], signer: str) -> SigningKeyEnrolled | None:
    """The key's first enrolment for the signer, as it was written: corrections do not change a key."""
    enrolled = (line for line in lines if isinstance(line, SigningKeyEnrolled))
    return next((line for line in enrolled if line.practitioner == signer), None)


def enrolments_subject(point: bytes) -> str:
    """How the enrolments of a public key are asked for (`subjects.query_of`); a key is the same for whatever site."""
    return ENROLLED + point.hex()


def usable_key(
    lines: Iterable[Fact], signer: str, enrolments: Callable[[bytes], Iterable[Fact]]
) -> PublicKey | KeyProblem:
    """The public key with which the signer's signatures are checked, or why there is none.

    `lines`: those of the key that lie before the signature, in log order; `enrolments`: of a public key, the lines that
    enrol it, likewise. Asked in this order: enrolled for this signer, a key at all, no weak point, enrolled by nobody
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
    public_key = public_key_of(enrolled)
    weak = "is no key of Ed25519, and none of P-256 on a device" if public_key is None else _unfit(public_key)
    if public_key is None or weak is not None:
        return KeyProblem("signer-unknown", f"{weak}, expected a key whose signatures can be checked")
    holder = next((line for line in enrolments(public_key.point) if isinstance(line, SigningKeyEnrolled)), enrolled)
    if (holder.key_id, holder.practitioner) != (enrolled.key_id, signer):
        what = (
            f"has the public key that {holder.practitioner!r} enrolled before as {holder.key_id!r}, expected a new one"
        )
        return KeyProblem("signer-unknown", what)
    revoked = next((line for line in lines if isinstance(line, SigningKeyRevoked)), None)
    if revoked is not None:
        return KeyProblem("signer-revoked", f"was revoked ({revoked.reason}), expected a key that may sign")
    return public_key


def public_key_of(enrolled: SigningKeyEnrolled) -> PublicKey | None:
    """The key that is enrolled; `None` when this ledger cannot check what it signs."""
    if enrolled.algorithm.lower() == "ed25519":
        point = _decoded(enrolled.public_key)
        return PublicKey(point) if point is not None and len(point) == ED25519_BYTES else None
    if enrolled.algorithm.lower() == WEBAUTHN:
        site, _, encoded = enrolled.public_key.partition("+")
        point = _base64(encoded)
        is_key = point is not None and len(point) == P256_BYTES and _SITE.fullmatch(site)
        return PublicKey(point, site) if point is not None and is_key else None
    return None


def device_key_text(site: str, point: bytes) -> str:
    """For `SigningKeyEnrolled`: how the `public_key` of a key on a device is spelled."""
    return f"{site}+{b64encode(point).decode()}"


def weakness(key: PublicKey) -> str | None:
    """Why this key can stand for nobody; `None` when nothing is known against it."""
    return _weakness_p256(key.point) if key.site is not None else _weakness_ed25519(key.point)


def _unfit(key: PublicKey) -> str | None:
    """As `weakness`, but for points that are on no curve: a signature is never right under them, and named for that."""
    if key.site is not None and key.point[0] == 4 and max(_coordinates(key.point)) < _P256:
        return None
    weak = weakness(key)
    return None if weak is None else f"is {weak}"


def _coordinates(point: bytes) -> tuple[int, int]:
    return int.from_bytes(point[1:33]), int.from_bytes(point[33:])


def _weakness_ed25519(point: bytes) -> str | None:
    number = int.from_bytes(point, "little")
    y, sign = number & (2**255 - 1), number >> 255
    if y >= _P:
        return "y is not below 2^255-19, a second spelling of another key (RFC 8032 section 5.1.3)"
    if y in _LOW_ORDER:
        spelled = ", and x = 0 has its sign bit set" if sign and y in (1, _P - 1) else ""
        return f"a point of low order ({_LOW_ORDER[y]}), under which one signature fits many statements{spelled}"
    return None


def _weakness_p256(point: bytes) -> str | None:
    x, y = _coordinates(point)
    if point[0] != 4 or max(x, y) >= _P256 or (y * y - x * x * x + 3 * x - _P256_B) % _P256:
        return "no point of P-256 in 65 bytes (0x04, x, y), under which no signature is right"
    return None


def _decoded(text: str) -> bytes | None:
    """Canonical base64 with padding, or 64 hexadecimal digits."""
    return bytes.fromhex(text) if _HEX.fullmatch(text) else _base64(text)


def _base64(text: str) -> bytes | None:
    try:
        key = b64decode(text, validate=True)
    except ValueError:
        return None
    return key if b64encode(key).decode() == text else None
