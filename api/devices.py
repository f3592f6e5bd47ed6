"""What browsers say of keys on people's devices (WebAuthn), turned into what the ledger records.

`credential.toJSON()` in a browser gives a registration or an assertion as JSON. Out of the first comes the line that
enrols the key, out of the second the text for a fact's `signature`. Whether a signature is right, and over what is
recorded, is asked by the ledger's door. Who made the device is not asked: that the key cannot leave it is what its
flags say, and whose it is, is the word of whoever enrols it, as of every key.

Sources: w3.org/TR/webauthn-3 §5.1.9 and §5.1.10 (JSON), §6.1 (authenticator data); RFC 5480 (public keys in DER).
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from hashlib import sha256

import msgspec
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from ledger.proof import ProofError
from ledger.proof.es256 import raw_signature
from ledger.treatment.facts import SigningKeyEnrolled
from ledger.treatment.refusal import Refusal
from ledger.treatment.signing_keys import WEBAUTHN, device_key_text, public_key_of
from ledger.treatment.statements import DeviceData, pack, parse_statement

_BASE64URL = re.compile(r"[A-Za-z0-9_-]*={0,2}", re.ASCII)
_PRESENT, _VERIFIED, _MAY_BE_COPIED = 0x01, 0x04, 0x08


class DeviceError(Exception):
    """What a browser said cannot be used. The message says what, why and what to do."""


class _RegistrationResponse(msgspec.Struct, rename="camel"):
    authenticator_data: str
    public_key: str


class _Registration(msgspec.Struct):
    response: _RegistrationResponse


class AssertionResponse(msgspec.Struct, rename="camel"):
    """The part of it that counts, each of the three in base64url."""

    client_data: str = msgspec.field(name="clientDataJSON")
    authenticator_data: str
    signature: str


class Assertion(msgspec.Struct):
    """What `navigator.credentials.get` gave, as `toJSON()` spells it; more fields do not matter."""

    response: AssertionResponse


class AssertedStatement(msgspec.Struct):
    """A statement's bytes (in JSON, base64), and what a device made of its challenge."""

    statement: bytes
    assertion: Assertion


def challenge_of(statement: bytes) -> str:
    """What the device is asked to sign: base64url, without padding, of the statement's SHA-256.

    DeviceError when it is no statement: what a device signs in place of one would be for nothing.
    """
    _require_statement(statement)
    return urlsafe_b64encode(sha256(statement).digest()).decode().rstrip("=")


def enrolment(registration: bytes, site: str, practitioner: str, key_id: str, at: datetime) -> SigningKeyEnrolled:
    """The line that enrols the key which `navigator.credentials.create` made for this site (RP ID).

    DeviceError when it is no registration of a key of P-256 for that site, by somebody who was asked who they are, on
    one device alone.
    """
    try:
        said = msgspec.json.decode(registration, type=_Registration).response
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DeviceError(f"no registration: {error}; expected credential.toJSON() of credentials.create()") from None
    data = _bytes(said.authenticator_data, "authenticatorData")
    if data[:32] != sha256(site.encode()).digest():
        raise DeviceError(f"the key was made for another site than {site}")
    flags = data[32] if len(data) > 32 else 0
    if not flags & _PRESENT or not flags & _VERIFIED:
        raise DeviceError("the device did not ask who is there; ask it to: userVerification: 'required'")
    if flags & _MAY_BE_COPIED:
        raise DeviceError(
            "the key may be copied to other devices (a synced passkey), so that it is not its owner's alone; make it "
            "on a security key, or on a device that keeps it"
        )
    try:
        key = load_der_public_key(_bytes(said.public_key, "publicKey"))
    except ValueError:
        key = None
    if not isinstance(key, EllipticCurvePublicKey) or not isinstance(key.curve, SECP256R1):
        raise DeviceError("the key is not of P-256; ask for it: pubKeyCredParams: [{type: 'public-key', alg: -7}]")
    point = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    line = SigningKeyEnrolled(
        at=at, practitioner=practitioner, key_id=key_id, algorithm=WEBAUTHN, public_key=device_key_text(site, point)
    )
    if public_key_of(line) is None:
        raise DeviceError(f"site {site}: letters a-z, digits, dots and hyphens are expected; no other key would sign")
    return line


def read_assertion(assertion: bytes) -> Assertion:
    """The assertion in this JSON. DeviceError when it is none."""
    try:
        return msgspec.json.decode(assertion, type=Assertion)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DeviceError(f"no assertion: {error}; expected credential.toJSON() of credentials.get()") from None


def signature_text(statement: bytes, assertion: Assertion) -> str:
    """The text for a fact's `signature`. DeviceError when the assertion is not over this statement."""
    said = assertion.response
    client_data = _bytes(said.client_data, "clientDataJSON")
    if challenge_of(statement).encode() not in client_data:
        raise DeviceError("the device signed another challenge than this statement's; ask it again")
    try:
        signature = raw_signature(_bytes(said.signature, "signature"))
    except ProofError as error:
        raise DeviceError(f"{error}; was the key made with alg: -7?") from None
    return pack(statement, signature, DeviceData(_bytes(said.authenticator_data, "authenticatorData"), client_data))


def _require_statement(data: bytes) -> None:
    try:
        parse_statement(data)
    except Refusal as refusal:
        raise DeviceError(f"not a statement: {refusal.what}") from None


def _bytes(text: str, name: str) -> bytes:
    try:
        if _BASE64URL.fullmatch(text):
            return urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        pass
    raise DeviceError(f"{name}: no base64url")
