"""Invented people who sign: keys made from their names, so that the same test signs the same bytes every day."""

from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.treatment.statements import pack
from tests.devices import SITE, Device


class Person:
    """A practitioner with a key of their own."""

    def __init__(self, practitioner: str, key_id: str) -> None:
        self.practitioner = practitioner
        self.key_id = key_id
        self.private_key = Ed25519PrivateKey.from_private_bytes(sha256(key_id.encode()).digest())
        self.public_key = self.private_key.public_key().public_bytes_raw()

    def enrolment(self) -> dict[str, str]:
        """The fields of SigningKeyEnrolled."""
        return {
            "practitioner": self.practitioner, "key_id": self.key_id, "algorithm": "Ed25519",
            "public_key": self.public_key.hex(),
        }  # fmt: skip

    def sign(self, statement: bytes) -> str:
        """The text for a fact's `signature`."""
        return pack(statement, self.private_key.sign(statement))


class DevicePerson(Person):
    """A practitioner whose key is on a device of theirs; the device is made from the name of the key."""

    def __init__(self, practitioner: str, key_id: str, site: str = SITE) -> None:
        super().__init__(practitioner, key_id)
        self.device = Device(key_id, site)
        self.public_key = self.device.point

    def enrolment(self) -> dict[str, str]:
        return {
            "practitioner": self.practitioner, "key_id": self.key_id, "algorithm": "WebAuthn-ES256",
            "public_key": self.device.public_key,
        }  # fmt: skip

    def sign(self, statement: bytes) -> str:
        return self.device.signature(statement)
