"""What devices sign, honest or not, and what a verifier must say of it: one line more in the invented log.

The variants themselves are in device_signatures.py, device_client_data.py and device_enrolments.py. Held against
FORMAT.md, "Keys on devices" and "People's signatures". Nothing here knows a verifier.
"""

from base64 import b64decode, b64encode
from typing import Any, NamedTuple

from tests.devices import SITE, Device
from tests.verify.world import (
    ASSESSED,
    AT,
    GONE,
    S9,
    SHEET,
    Hand,
    Log,
    assessment_signed,
    entries,
    erased,
    hands,
    sheet,
    signed,
)

P = 2**256 - 2**224 + 2**192 + 2**96 - 1
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551

SOUND, INVALID, UNKNOWN, FOREIGN = "sound", "signature-invalid", "signer-unknown", "foreign"
"""FOREIGN: no finding, and counted as a signature that was not checked."""


class Variant(NamedTuple):
    """What is appended to the invented log; `expected` of the last line."""

    how: str
    expected: str
    lines: list[bytes]

    @property
    def log(self) -> Log:
        return Log([*entries(), *self.lines])


def enrolled(hand: Hand, public_key: Any, algorithm: Any = "webauthn-es256") -> bytes:
    return hand.enrolled(algorithm=algorithm, public_key=public_key)


def log_of_devices() -> Log:
    """The invented log, in which physician and therapist sign with devices all that they signed."""
    physician, therapist = hands()
    device, other = Device("DR1"), Device("T1")
    lines = {
        6: enrolled(therapist, other.public_key),
        7: enrolled(physician, device.public_key, "WebAuthn-ES256"),
        10: sheet(
            device.signature(physician.statement("prescription", {"type": "PrescriptionIssued", "at": AT, **SHEET}))
        ),
        15: signed(other.signature(therapist.statement("session", S9))),
        18: assessment_signed(
            other.signature(therapist.statement("assessment", {"type": "AssessmentRecorded", "at": AT, **ASSESSED}))
        ),
        23: erased(
            device.signature(physician.statement("erasure", GONE)),
            other.signature(therapist.statement("erasure", GONE)),
        ),
    }
    return Log([lines.get(place, line) for place, line in enumerate(entries())])


def statement(key_id: str = "K3") -> bytes:
    """What T1 signs first with this key: the session S10, which in the invented log has a foreign signature alone."""
    return Hand("T1", key_id).statement("session", S9 | {"session": "S10", "stopped": None, "effect": None})


def last_line(text: str) -> bytes:
    """The session S10 with this signature."""
    return signed(text, "S10", ("P1",))


def variant(how: str, expected: str, text: str, *, site: str = SITE, public_key: Any = None, **other: Any) -> Variant:
    """T1 enrols a device and signs with it; `site`, `public_key`, `algorithm`: of the enrolment."""
    key = Device("T1", site).public_key if public_key is None else public_key
    return Variant(how, expected, [enrolled(Hand("T1", "K3"), key, **other), last_line(text)])


def unused_bits(part: str) -> str:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    body = part.rstrip("=")
    return part if body == part else body[:-1] + alphabet[alphabet.index(body[-1]) + 1] + part[len(body) :]


def pair(one: int, other: int) -> bytes:
    return one.to_bytes(32) + other.to_bytes(32)


def text_of(raw: bytes) -> str:
    return b64encode(raw).decode()


def bytes_of(text: str) -> bytes:
    return b64decode(text)
