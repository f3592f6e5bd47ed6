"""What is encrypted how: AES-256-GCM-SIV (RFC 8452), a random nonce in front, everything bound to its patient.

GCM-SIV, because a nonce that came up twice (a cloned machine, a restored snapshot) then shows that two plaintexts were
equal, and no more. The associated data name this format, the patient and the field, so that a ciphertext moved to
another patient or another field does not open. The cryptography is the library's.
"""

import os
from typing import Final, NoReturn

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

from ledger.people.key import KEY_BYTES, MasterKey
from ledger.people.refusals import PeopleError

FORMAT: Final = "treatment-ledger-person/1"
_NONCE_BYTES: Final = 12
_TAG_BYTES: Final = 16
WRAPPED_BYTES: Final = _NONCE_BYTES + KEY_BYTES + _TAG_BYTES


class DataKey:
    """One patient's key."""

    def __init__(self, patient: str, secret: bytes) -> None:
        self._patient = patient
        self._secret = secret

    @classmethod
    def generate(cls, patient: str) -> "DataKey":
        """A new key, of 256 random bits."""
        return cls(patient, os.urandom(KEY_BYTES))

    @classmethod
    def unwrap(cls, patient: str, wrapped: bytes, master: MasterKey) -> "DataKey":
        """The key that `wrap` has made into these bytes. PeopleError if they are not what it made."""
        return cls(patient, _open(master.secret, wrapped, patient, "key"))

    def wrap(self, master: MasterKey) -> bytes:
        """The key under the master key: always 60 bytes."""
        return _seal(master.secret, self._secret, self._patient, "key")

    def encrypt(self, field: str, plaintext: bytes) -> bytes:
        """nonce ‖ ciphertext ‖ tag."""
        return _seal(self._secret, plaintext, self._patient, field)

    def decrypt(self, field: str, ciphertext: bytes) -> bytes:
        """What was encrypted as this field of this patient. PeopleError if this was not."""
        return _open(self._secret, ciphertext, self._patient, field)


def _seal(key: bytes, plaintext: bytes, patient: str, field: str) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCMSIV(key).encrypt(nonce, plaintext, _bound_to(patient, field))


def _open(key: bytes, sealed: bytes, patient: str, field: str) -> bytes:
    if len(sealed) < _NONCE_BYTES + _TAG_BYTES:
        _refuse(patient, field)
    try:
        return AESGCMSIV(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _bound_to(patient, field))
    except (InvalidTag, ValueError):
        _refuse(patient, field)


def _bound_to(patient: str, field: str) -> bytes:
    return f"{FORMAT}\n{patient}\n{field}".encode()  # no id has a line feed, so this can be read in one way only


def _refuse(patient: str, field: str) -> NoReturn:
    raise PeopleError(
        f"patient {patient!r}: {field}: does not open; the store was altered, restore it from a backup"
    ) from None
