"""Invented people who sign: their keys, how they are enrolled, and what they make of a statement."""

import base64
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.treatment.facts import Fact
from ledger.treatment.statements import pack
from tests.application.world import fact


class Signer(NamedTuple):
    """A practitioner with a signing key."""

    name: str
    key_id: str
    key: Ed25519PrivateKey

    def enrolled(self, minutes: float = 5) -> Fact:
        public = base64.b64encode(self.key.public_key().public_bytes_raw()).decode()
        return fact("SigningKeyEnrolled", minutes, practitioner=self.name, key_id=self.key_id, algorithm="ed25519",
                    public_key=public)  # fmt: skip

    def sign(self, statement: bytes) -> str:
        return pack(statement, self.key.sign(statement))


def signer(name: str, key_id: str | None = None) -> Signer:
    """One with a key made from the name: every run the same."""
    secret = f"{name} {key_id} of the tests, not secret".encode().ljust(32, b".")[:32]
    return Signer(name, key_id or f"K-{name}", Ed25519PrivateKey.from_private_bytes(secret))
