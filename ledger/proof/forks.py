"""Two histories under one key: what proves, to anybody and for ever, that a log signed a contradiction.

Two checkpoints of one size with two roots contradict each other as they are. Of two sizes, a consistency proof tells
which root the first entries of the larger tree have: if it leads to the larger checkpoint's root, and from another
root than the smaller checkpoint's, both cannot be of one history. FORMAT.md, "Fork proof", says how it is written;
whoever reads such a file (`ledger.verify.forks`) does so with code of its own.
"""

import json
from collections.abc import Sequence
from typing import NamedTuple

from ledger.proof.checkpoints import Checkpoint, open_checkpoint
from ledger.proof.consistency import derive_roots
from ledger.proof.encoding import format_base64
from ledger.proof.hashes import ProofError

FORK_FORMAT = "treatment-ledger-fork/1"


class Fork(NamedTuple):
    """Two notes that contradict each other, the smaller first.

    `root`: what the larger tree has over as many entries as the smaller, proven by `consistency`; None, and no nodes,
    where both have one size.
    """

    first: str
    second: str
    root: bytes | None = None
    consistency: tuple[bytes, ...] = ()


def prove_fork(one: str, other: str, vkey: str, consistency: Sequence[bytes] = ()) -> Fork | None:
    """The proof that the key signed two histories, if these notes and nodes are one; None where they are not.

    `consistency`: nodes of a proof from the smaller to the larger size, as whoever rewrote the log makes them. They
    tell nothing where the smaller size is a power of two. ProofError when the key did not sign both notes.
    """
    (first, older), (second, newer) = sorted(
        ((note, _open(note, vkey)) for note in (one, other)), key=lambda pair: pair[1].size
    )
    if older.size == newer.size:
        return Fork(first, second) if older.root != newer.root else None
    try:
        root, top = derive_roots(older.size, newer.size, consistency)
    except ProofError:
        return None
    return Fork(first, second, root, tuple(consistency)) if top == newer.root and root != older.root else None


def format_fork(fork: Fork) -> str:
    """The proof as a file (FORMAT.md, "Fork proof"), a key a line."""
    value: dict[str, object] = {"format": FORK_FORMAT, "first": fork.first, "second": fork.second}
    if fork.root is not None:
        value |= {"root": format_base64(fork.root), "consistency": [format_base64(node) for node in fork.consistency]}
    lines = (f"{json.dumps(key)}: {json.dumps(part, ensure_ascii=False)}" for key, part in value.items())
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _open(note: str, vkey: str) -> Checkpoint:
    checkpoint = open_checkpoint(note, vkey)
    if checkpoint.origin != vkey.partition("+")[0]:
        raise ProofError(f"checkpoint: it is of {checkpoint.origin!r}, the key is {vkey.partition('+')[0]!r}")
    return checkpoint
