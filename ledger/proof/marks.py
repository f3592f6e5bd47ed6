"""Marks: three bytes a value that say *where* a file was damaged. They prove nothing; the root does that.

One proof for many leaves can only say that they do not all fit. A mark binds a hash to its place, so that a reader
of a damaged file is told which entry was altered, is missing or stands elsewhere. FORMAT.md, "Marks".
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256

from ledger.proof.hashes import require_hash, require_size

MARK_BYTES = 3


def mark(place: int, hash_: bytes) -> bytes:
    """The first three bytes of SHA-256(place as unsigned 64-bit big-endian ‖ hash)."""
    require_size(place, "place")
    return sha256(place.to_bytes(8, "big") + require_hash(hash_, "hash")).digest()[:MARK_BYTES]


def marks(places: Iterable[int], hashes: Sequence[bytes]) -> bytes:
    """The marks of these hashes at these places, one after the other."""
    return b"".join(mark(place, hash_) for place, hash_ in zip(places, hashes, strict=True))
