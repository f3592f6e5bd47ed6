"""Marks: six bits an entry that say *where* a file was damaged. They prove nothing; the sealed index does that.

One proof for all streams can only say that they do not all fit. A mark binds an entry to its index, so that a reader
of a damaged file is told which entry was altered, is missing or stands elsewhere. FORMAT.md, "Marks".
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256

from ledger.proof.hashes import require_hash, require_size

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def mark_letter(index: int, leaf_hash: bytes) -> str:
    """The first six bits of SHA-256(index as unsigned 64-bit big-endian ‖ leaf), a character of base64's alphabet."""
    require_size(index, "index")
    return _LETTERS[sha256(index.to_bytes(8, "big") + require_hash(leaf_hash, "leaf_hash")).digest()[0] >> 2]


def mark_letters(indexes: Iterable[int], leaf_hashes: Sequence[bytes]) -> str:
    """The marks of these entries, one after the other."""
    return "".join(mark_letter(index, leaf_hash) for index, leaf_hash in zip(indexes, leaf_hashes, strict=True))
