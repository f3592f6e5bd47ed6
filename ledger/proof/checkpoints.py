"""Checkpoints: a log says, signed, how many entries it has and what their root is.

Source: c2sp.org/tlog-checkpoint. The body is three lines, origin, size and root. Extension lines, which the
specification allows, are refused: witnesses do not cover them, so nothing that matters may stand there.
"""

import re
from dataclasses import dataclass

from ledger.proof.encoding import format_base64, parse_base64
from ledger.proof.hashes import EMPTY_ROOT, ProofError, require_hash, require_size
from ledger.proof.notes import check_note, parse_note, parse_vkey

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A tree head: the log's `origin`, its `size` in entries, the 32-byte RFC 6962 `root` over them."""

    origin: str
    size: int
    root: bytes


def format_checkpoint(origin: str, size: int, root: bytes) -> str:
    """The body of a checkpoint's note, ready to be signed."""
    if not isinstance(origin, str) or not origin or "\n" in origin:
        raise ProofError("origin: one line of text is expected")
    require_size(size, "size")
    require_hash(root, "root")
    return f"{origin}\n{size}\n{format_base64(root)}\n"


def parse_checkpoint(body: str) -> Checkpoint:
    """The tree head in the body of a note; ProofError names the line that is wrong. Verifies no signature."""
    lines = body.split("\n")
    if len(lines) != 4 or lines[3]:
        raise ProofError(f"checkpoint: three lines are expected (origin, size, root), not {len(lines) - 1}")
    origin, size, root, _ = lines
    if not origin:
        raise ProofError("checkpoint: line 1, the origin, is empty")
    if not _SIZE.fullmatch(size):
        raise ProofError(f"checkpoint: line 2, a size without leading zeroes is expected, not {size[:40]!r}")
    root_hash = require_hash(parse_base64(root, "checkpoint: line 3, root"), "checkpoint: line 3, root")
    if size == "0" and root_hash != EMPTY_ROOT:
        raise ProofError("checkpoint: line 3, the root of an empty log is SHA-256 of nothing")
    return Checkpoint(origin, require_size(int(size), "checkpoint: line 2, size"), root_hash)


def open_checkpoint(note: str, vkey: str) -> Checkpoint:
    """The tree head of this note, when the key signed it: a log's Ed25519 key, or a witness's (cosignature/v1).

    Signatures by other keys are left unchecked, as the specification asks. Raises ProofError when the key or the
    note is malformed, or the signature missing or wrong.
    """
    key = parse_vkey(vkey)
    parsed = parse_note(note)
    check_note(parsed, key)
    return parse_checkpoint(parsed.body)
