"""Public keys as enrolments spell them: 32 bytes of Ed25519, in hex or base64 (FORMAT.md, "People's signatures", 2).

Whether they stand for one point, and no weak one, `ledger.proof.ed25519` says.
"""

import re
from collections.abc import Mapping

from ledger.proof import ProofError, parse_base64

_BYTES = 32
_HEX = re.compile(r"[0-9A-Fa-f]{64}", re.ASCII)


def public_key_of(enrolled: Mapping[str, object]) -> bytes | None:
    """The bytes of the Ed25519 key that a `SigningKeyEnrolled` names; None where it names none, or says so wrongly."""
    algorithm, text = enrolled.get("algorithm"), enrolled.get("public_key")
    if not isinstance(algorithm, str) or algorithm.lower() != "ed25519" or not isinstance(text, str):
        return None
    if _HEX.fullmatch(text):
        return bytes.fromhex(text)
    try:
        key = parse_base64(text, "public key")
    except ProofError:
        return None
    return key if len(key) == _BYTES else None
