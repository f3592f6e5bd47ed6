"""Bytes as text: RFC 4648 §4 base64, where every value has exactly one spelling.

Python's decoder lets unused bits of the last character and odd padding pass; then two texts would be one value, and
an altered text would go unnoticed. Here what does not encode back to itself is refused.
"""

from base64 import b64decode, b64encode

from ledger.proof.hashes import ProofError


def format_base64(value: bytes) -> str:
    """The bytes as standard base64 with padding."""
    return b64encode(value).decode("ascii")


def parse_base64(text: object, name: str) -> bytes:
    """The bytes of a base64 text; ProofError, naming `name`, for any text that is not their one spelling."""
    if not isinstance(text, str):
        raise ProofError(f"{name}: base64 text is expected, not {type(text).__name__}")
    try:
        value = b64decode(text, validate=True)
    except ValueError:
        raise ProofError(f"{name}: this is not base64: {text[:60]!r}") from None
    if format_base64(value) != text:
        raise ProofError(f"{name}: this is not the one spelling of its base64: {text[:60]!r}")
    return value
