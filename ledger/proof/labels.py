"""Labels: the pseudonym that a regulator can compute for a patient, and nobody without the regulator's key.

A hospital that chose its pseudonyms freely could keep one insured person under two of them, and hand over the history
of one. A label leaves it no choice: the regulator computes it from the insured person's id, asks for the stream of
that name, and gets it whole, or the proof that there is none. What it does not prove stands in FORMAT.md ("Labels").

A keyed hash, because insured persons' ids are few enough to be tried out: without the key a label tells nothing.
"""

import base64
import hmac
from typing import Final

from ledger.proof.encoding import format_base64, parse_base64
from ledger.proof.hashes import ProofError

KEY_BYTES: Final = 32
_PREFIX: Final = "LABEL+KEY+"
_CONTEXT: Final = b"treatment-ledger patient label/1\n"


def label(key: bytes, insured_id: str) -> str:
    """The label of the person insured under this id: 52 characters of `a-z2-7`.

    Base32 (RFC 4648 section 6, lower case, no padding) of HMAC-SHA-256 (RFC 2104) over a fixed context and the id in
    UTF-8, exactly as given. ProofError if the key has not 32 bytes, or the id is empty or has blanks or control
    characters: an id copied with a line's end would get another label, which nobody would notice.
    """
    if not isinstance(key, bytes) or len(key) != KEY_BYTES:
        raise ProofError(f"label key: {KEY_BYTES} bytes are expected")
    if not insured_id or not insured_id.isprintable() or any(character.isspace() for character in insured_id):
        raise ProofError("insured person's id: printable characters without blanks are expected, at least one")
    try:
        digest = hmac.digest(key, _CONTEXT + insured_id.encode(), "sha256")
    except UnicodeEncodeError:
        raise ProofError("insured person's id: it cannot be spelled in UTF-8") from None
    return base64.b32encode(digest).decode().rstrip("=").lower()


def format_label_key(key: bytes) -> str:
    """The text of a label key's file: one line."""
    return f"{_PREFIX}{format_base64(key)}\n"


def parse_label_key(text: str) -> bytes:
    """The key of such a text. ProofError when it is none; what stands in it is never repeated in the message."""
    line = text.removesuffix("\n").removesuffix("\r")
    if not line.startswith(_PREFIX):
        raise ProofError(f"label key: it does not begin with {_PREFIX}; make one with `label --new-key FILE`")
    try:
        key = parse_base64(line.removeprefix(_PREFIX), "label key")
    except ProofError:
        raise ProofError("label key: no base64 stands behind its beginning") from None
    if len(key) != KEY_BYTES:
        raise ProofError(f"label key: {KEY_BYTES} bytes are expected, there are {len(key)}")
    return key
