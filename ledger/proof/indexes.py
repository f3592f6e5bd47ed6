"""Ascending indexes as few bytes: of most entries of a stream, the distance to the one before fits one or two.

Unsigned LEB128 (little-endian base 128) of the first index, then of each distance less one, so that every byte string
that is taken is ascending indexes, and every list of them has one spelling. FORMAT.md, "Bundle".
"""

from collections.abc import Sequence

from ledger.proof.hashes import MAX_SIZE, ProofError, require_size

_LONGEST = 9  # bytes of 7 bits that 2⁶³ − 1 needs


def format_indexes(indexes: Sequence[int]) -> bytes:
    """The bytes of indexes that ascend, each once. ProofError for others."""
    spelled = bytearray()
    before = -1
    for place, index in enumerate(indexes):
        distance = require_size(index, f"indexes[{place}]") - before - 1
        if distance < 0:
            raise ProofError(f"indexes[{place}]: {index} comes after {before}; they ascend, each stands once")
        while distance > 0x7F:
            spelled.append(distance & 0x7F | 0x80)
            distance >>= 7
        spelled.append(distance)
        before = index
    return bytes(spelled)


def parse_indexes(spelled: bytes, name: str) -> list[int]:
    """The indexes of these bytes; ProofError, naming `name`, for bytes that are not the one spelling of any."""
    indexes: list[int] = []
    before, value, length = -1, 0, 0
    for byte in spelled:
        value |= (byte & 0x7F) << 7 * length
        length += 1
        if byte & 0x80:
            if length == _LONGEST:
                raise ProofError(f"{name}: number {len(indexes) + 1} is longer than {_LONGEST} bytes")
            continue
        if byte == 0 and length > 1:
            raise ProofError(f"{name}: number {len(indexes) + 1} is spelled longer than it need be")
        before += value + 1
        if before > MAX_SIZE:
            raise ProofError(f"{name}: number {len(indexes) + 1} leads beyond 2^63 - 1")
        indexes.append(before)
        value = length = 0
    if length:
        raise ProofError(f"{name}: the last number is cut short")
    return indexes
