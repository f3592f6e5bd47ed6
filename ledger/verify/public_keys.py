"""Public keys as enrolments spell them: of Ed25519, or of P-256 on a device (FORMAT.md, "People's signatures", 2).

Whether they stand for one point, and no weak one, `ledger.proof.ed25519` and `ledger.proof.es256` say.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from ledger.proof import ProofError, ed25519, es256, parse_base64

_HEX = re.compile(r"[0-9A-Fa-f]{64}", re.ASCII)
_SITE = re.compile(r"[a-z0-9.-]{1,253}", re.ASCII)


class PublicKey(NamedTuple):
    """32 bytes of Ed25519; or, with the `site` that the device made it for, 65 bytes of P-256."""

    point: bytes
    site: str | None

    def require_point(self) -> None:
        """It can stand for one person. ProofError saying why it cannot."""
        (ed25519 if self.site is None else es256).require_public_key(self.point)


def public_key_of(enrolled: Mapping[str, object]) -> PublicKey | None:
    """The key that a `SigningKeyEnrolled` names; None where it names none, or says so wrongly."""
    algorithm, text = enrolled.get("algorithm"), enrolled.get("public_key")
    if not isinstance(algorithm, str) or not isinstance(text, str):
        return None
    if algorithm.lower() == "ed25519":
        point = bytes.fromhex(text) if _HEX.fullmatch(text) else _base64(text)
        return PublicKey(point, None) if point is not None and len(point) == ed25519.KEY_BYTES else None
    if algorithm.lower() == "webauthn-es256":
        site, _, encoded = text.partition("+")
        point = _base64(encoded)
        is_key = point is not None and len(point) == es256.KEY_BYTES and _SITE.fullmatch(site)
        return PublicKey(point, site) if point is not None and is_key else None
    return None


def _base64(text: str) -> bytes | None:
    try:
        return parse_base64(text, "public key")
    except ProofError:
        return None
