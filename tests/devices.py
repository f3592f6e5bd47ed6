"""Invented devices that sign by WebAuthn: keys made from their names, so that the same test signs the same every day.

What a device and a browser put together is built here from the standard's page (w3.org/TR/webauthn-2, §6.1 and §5.8.1),
with nothing of ours, so that a test can also build what no honest device would.
"""

import json
from base64 import b64encode, urlsafe_b64encode
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

SITE = "rehab.example"
"""The site (RP ID) that the devices' keys are made for. Invented."""
PRESENT_AND_VERIFIED = 0x05


class Device:
    """A key of P-256 in a device, made for one site."""

    def __init__(self, name: str, site: str = SITE) -> None:
        self.site = site
        self._key = ec.derive_private_key(int.from_bytes(sha256(name.encode()).digest()), ec.SECP256R1())
        self.uses = 0

    @property
    def point(self) -> bytes:
        """0x04, x and y: 65 bytes."""
        return self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    @property
    def public_key(self) -> str:
        """As an enrolment has it."""
        return f"{self.site}+{_b64(self.point)}"

    def sign(self, data: bytes) -> bytes:
        """Any bytes: r and s, each 32 bytes."""
        r, s = decode_dss_signature(self.sign_der(data))
        return r.to_bytes(32) + s.to_bytes(32)

    def sign_der(self, data: bytes) -> bytes:
        """Any bytes, as devices give their signatures."""
        return self._key.sign(data, ec.ECDSA(SHA256(), deterministic_signing=True))

    def authenticator_data(
        self, *, flags: int = PRESENT_AND_VERIFIED, site: str | None = None, rest: bytes = b""
    ) -> bytes:
        """37 bytes and what follows them; the counter counts the uses."""
        self.uses += 1
        site_hash = sha256((site or self.site).encode()).digest()
        return site_hash + bytes([flags]) + self.uses.to_bytes(4) + rest

    def client_data(self, statement: bytes, **other: Any) -> bytes:
        """As browsers write it; `other` values in it are a liar's."""
        challenge = urlsafe_b64encode(sha256(statement).digest()).decode().rstrip("=")
        said = {"type": "webauthn.get", "challenge": challenge, "origin": f"https://{self.site}", "crossOrigin": False}
        return json.dumps(said | other, separators=(",", ":"), ensure_ascii=False).encode()

    def signature(self, statement: bytes, *, authenticator: bytes | None = None, client: bytes | None = None) -> str:
        """The text for a fact's `signature`, over whatever authenticator and client data."""
        authenticator = self.authenticator_data() if authenticator is None else authenticator
        client = self.client_data(statement) if client is None else client
        signed = self.sign(authenticator + sha256(client).digest())
        return ".".join(map(_b64, (statement, signed, authenticator, client)))


def _b64(data: bytes) -> str:
    return b64encode(data).decode()
