"""Marks: twelve bits an entry that say *where* a file was damaged. They prove nothing; the sealed index does that.

One proof for all streams can only say that they do not all fit. A mark binds an entry to its index, so that a reader
of a damaged file is told which entry was altered, is missing or stands elsewhere. FORMAT.md, "Marks".
"""

from base64 import b64encode
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Final

from ledger.proof.hashes import require_hash, require_size

MARK_CHARACTERS: Final = 2


def mark(index: int, leaf_hash: bytes) -> str:
    """The first twelve bits of SHA-256(index as unsigned 64-bit big-endian ‖ leaf): two characters of base64."""
    require_size(index, "index")
    digest = sha256(index.to_bytes(8, "big") + require_hash(leaf_hash, "leaf_hash")).digest()
    return b64encode(digest[:3]).decode()[:MARK_CHARACTERS]


def marks(indexes: Iterable[int], leaf_hashes: Sequence[bytes]) -> str:
    """The marks of these entries, one after the other."""
    return "".join(mark(index, leaf_hash) for index, leaf_hash in zip(indexes, leaf_hashes, strict=True))
