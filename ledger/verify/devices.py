"""Signatures by keys on people's devices: what a security key and a browser signed in place of a statement (WebAuthn).

A device signs data of its own and the hash of what the browser says that it was asked; the challenge in there is the
hash of the statement. So the statement is signed if all of it fits: the site that the key was made for, that its owner
was there and was asked who they are, and that the key is one that cannot be copied to other devices.

FORMAT.md, "Keys on devices". Sources: w3.org/TR/webauthn-2 §6.1 (authenticator data), §5.8.1 (client data), §7.2.
"""

import re
from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Final

from ledger.proof import ProofError
from ledger.proof.es256 import check_signature
from ledger.verify.strict_json import is_all_text, read_json

PRESENT_AND_VERIFIED: Final = 0x05
"""The flags of the authenticator data: somebody was there, and it is who they say; the key stays on the device."""
_DATA_BYTES: Final = 37  # hash of the site, flags, counter
_ORIGIN: Final = re.compile(r"(https?)://([a-z0-9.-]+)(?::[0-9]{1,5})?", re.ASCII)


def check_device_signature(
    site: str, point: bytes, signature: bytes, statement: bytes, authenticator_data: bytes, client_data: bytes
) -> None:
    """The statement was signed by the key of P-256 with this `point` (65 bytes) on a device, made for this `site`.

    `signature`: r ‖ s, 64 bytes. ProofError saying what is wrong.
    """
    check_signature(point, signature, authenticator_data + sha256(client_data).digest())
    if len(authenticator_data) != _DATA_BYTES:
        raise ProofError(f"authenticator data: {_DATA_BYTES} bytes are expected")
    if authenticator_data[:32] != sha256(site.encode()).digest():
        raise ProofError(f"authenticator data: of another site than {site}")
    if (flags := authenticator_data[32]) != PRESENT_AND_VERIFIED:
        raise ProofError(f"authenticator data: {_wrong_flags(flags)}")
    _check_client_data(client_data, site, statement)


def _wrong_flags(flags: int) -> str:
    if not flags & 0x01:
        return "nobody was there"
    if not flags & 0x04:
        return "who was there was not asked to show who they are (a finger, a PIN)"
    if flags & 0x18:
        return "the key may be copied to other devices, so it is not its owner's alone"
    return f"the flags 0x{flags:02x}, 0x{PRESENT_AND_VERIFIED:02x} are expected"


def _check_client_data(data: bytes, site: str, statement: bytes) -> None:
    try:
        value, doubts = read_json(data.decode())
    except ValueError as error:
        raise ProofError(f"client data: not UTF-8 JSON: {error}") from None
    if doubts:
        raise ProofError(f"client data: {doubts[0].where}: {doubts[0].what}")
    if not isinstance(value, dict) or not is_all_text(value):
        raise ProofError("client data: an object is expected, and whole characters in its texts")
    if value.get("type") != "webauthn.get":
        raise ProofError("client data: type webauthn.get is expected")
    challenge = urlsafe_b64encode(sha256(statement).digest()).decode().rstrip("=")
    if value.get("challenge") != challenge:
        raise ProofError("client data: the challenge is not the hash of this statement")
    if not _is_of(site, value.get("origin")):
        raise ProofError(f"client data: origin of another site than {site}")
    if value.get("crossOrigin", False) is not False:
        raise ProofError("client data: asked for by a page within another site's")


def _is_of(site: str, origin: object) -> bool:
    match = _ORIGIN.fullmatch(origin) if isinstance(origin, str) else None
    if match is None:
        return False
    scheme, host = match.groups()
    return (host == site or host.endswith(f".{site}")) and (scheme == "https" or site == "localhost")
