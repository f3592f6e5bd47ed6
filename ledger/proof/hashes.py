"""The three hashes everything else is made of, and the one error of this room.

Source: RFC 6962 §2.1 (= RFC 9162 §2.1.1): SHA-256, a leaf is hashed behind 0x00 and a node behind 0x01, so that
neither can be taken for the other. Bytes and integers in, verdict out: this package knows no entry, no file, no clock.
"""

from collections.abc import Sequence
from hashlib import sha256

HASH_BYTES = 32
MAX_SIZE = 2**63 - 1  # tree sizes travel as signed 64-bit integers in every C2SP implementation
EMPTY_ROOT = sha256(b"").digest()  # RFC 6962 §2.1: MTH({}) = SHA-256()


class ProofError(Exception):
    """What was offered as proof does not prove it, or is not a proof at all. The message says which and why."""


def leaf_hash(entry: bytes) -> bytes:
    """SHA-256(0x00 ‖ entry): the leaf of one entry, 32 bytes."""
    if not isinstance(entry, bytes):
        raise ProofError(f"an entry is bytes, not {type(entry).__name__}")
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 ‖ left ‖ right): the node above two subtrees, 32 bytes."""
    require_hash(left, "left")
    require_hash(right, "right")
    return sha256(b"\x01" + left + right).digest()


def require_hash(value: object, name: str) -> bytes:
    """The value, when it is 32 bytes; else ProofError that names it."""
    if not isinstance(value, bytes):
        raise ProofError(f"{name}: a hash is {HASH_BYTES} bytes, not {type(value).__name__}")
    if len(value) != HASH_BYTES:
        raise ProofError(f"{name}: a hash is {HASH_BYTES} bytes, this has {len(value)}")
    return value


def require_hashes(values: object, name: str) -> Sequence[bytes]:
    """The values, when they are a sequence of 32-byte hashes; else ProofError that names the first that is not."""
    if not isinstance(values, Sequence) or isinstance(values, str | bytes | bytearray | memoryview):
        raise ProofError(f"{name}: a list of hashes is expected, not {type(values).__name__}")
    for position, value in enumerate(values):
        if type(value) is not bytes or len(value) != HASH_BYTES:
            require_hash(value, f"{name}[{position}]")
    return values


def require_size(value: object, name: str) -> int:
    """The value, when it is a whole number from 0 to 2⁶³ − 1; else ProofError that names it."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise ProofError(f"{name}: a whole number is expected, not {type(value).__name__}")
    if not 0 <= value <= MAX_SIZE:
        raise ProofError(f"{name}: a number from 0 to 2^63 - 1 is expected, not {_short(value)}")
    return value


def _short(value: int) -> str:
    # Python refuses to print integers of more than 4,300 digits, with ValueError.
    return str(value) if value.bit_length() < 256 else f"one of {value.bit_length()} bits"
