"""What a log asks a witness with: the body of `add-checkpoint`, the same over HTTP and in a file that is carried over.

Source: c2sp.org/tlog-witness: a line `old SIZE`, the hashes of a consistency proof in base64, an empty line, the note.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from ledger.proof import HASH_BYTES, ProofError, format_base64, parse_base64

MAX_REQUEST_BYTES = 2**16
"""Far more than 63 hashes and a note with the signatures of a dozen witnesses."""

MAX_PROOF_LINES = 63  # the specification's; as many as a tree of 2^63 leaves can need
_OLD = re.compile(r"old (0|[1-9][0-9]{0,18})", re.ASCII)


class Request(NamedTuple):
    """The size that the witness cosigned last, as the log believes; the proof from it; the checkpoint's note."""

    old: int
    proof: tuple[bytes, ...]
    note: str


def format_request(old: int, proof: Sequence[bytes], note: str) -> bytes:
    """The body that asks for a cosignature."""
    return "\n".join([f"old {old}", *map(format_base64, proof), "", note]).encode()


def parse_request(body: bytes) -> Request:
    """The request in these bytes; of the note nothing is looked at yet. ProofError says what is not as it must be."""
    if len(body) > MAX_REQUEST_BYTES:
        raise ProofError(f"request: {len(body):,} bytes, at most {MAX_REQUEST_BYTES:,} are read")
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise ProofError("request: this is not UTF-8 text") from None
    head, cut, note = text.partition("\n\n")
    old, *lines = head.split("\n")
    size = _OLD.fullmatch(old)
    if not cut or size is None:
        raise ProofError("request: `old SIZE`, the lines of a proof, an empty line and a checkpoint are expected")
    if int(size[1]) >= 2**63:
        raise ProofError("request: line 1: no tree has so many entries")
    if len(lines) > MAX_PROOF_LINES:
        raise ProofError(f"request: {len(lines)} lines of a proof, at most {MAX_PROOF_LINES} are read")
    return Request(int(size[1]), tuple(_hash(line, number) for number, line in enumerate(lines, 2)), note)


def _hash(line: str, number: int) -> bytes:
    value = parse_base64(line, f"request: line {number}")
    if len(value) != HASH_BYTES:
        raise ProofError(f"request: line {number}: a hash of {HASH_BYTES} bytes is expected, not {len(value)}")
    return value
