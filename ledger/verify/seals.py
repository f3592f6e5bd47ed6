"""The seal: the log's last entry under the checkpoint, which says what the index from tags to entries was.

Everything that the bundle proves of its streams hangs on it; so it is the first entry that is held against the log.
FORMAT.md, "Sealed index".
"""

from dataclasses import dataclass

from ledger.proof import Checkpoint, ProofError, check_inclusion, leaf_hash, parse_base64
from ledger.verify.entries import Entry, read_entry
from ledger.verify.reading import Bundle
from ledger.verify.verdict import Finding

WHERE = "seal"


@dataclass(frozen=True, slots=True)
class Seal:
    """The index was sealed over the entries below index `size`; `root` is that of its trie."""

    size: int
    root: bytes
    entry: Entry


def read_seal(bundle: Bundle, head: Checkpoint) -> Seal | Finding:
    """The seal that is the last entry of this tree, or what is wrong."""
    try:
        check_inclusion(head.size - 1, head.size, leaf_hash(bundle.seal), bundle.seal_proof, head.root)
    except ProofError as error:
        return Finding("seal-not-in-log", WHERE, f"it is not the last entry of the log at this checkpoint ({error})")
    entry = read_entry(bundle.seal)
    if not isinstance(entry, Entry):
        return Finding("seal-not-in-log", WHERE, f"the last entry of the log is no seal: {entry}")
    if entry.fact["type"] != "IndexSealed":
        what = f"the last entry of the log is a {entry.fact['type']}: the checkpoint was signed without a seal"
        return Finding("seal-not-in-log", WHERE, what)
    size = entry.fact["size"]
    if size != head.size - 1 or not isinstance(size, int):
        what = f"it seals {size} entries; those before it are {head.size - 1}"
        return Finding("seal-not-in-log", WHERE, what)
    return Seal(size, parse_base64(entry.fact["root"], "root"), entry)
