"""Proofs over a Merkle log: plain values in, verdict out; every refusal is a `ProofError` that says why.

Knows no entry, no file, no clock and no other room. Sources: RFC 6962/9162 §2.1, c2sp.org/signed-note,
c2sp.org/tlog-checkpoint; what is this project's own is written down in ledger/FORMAT.md.
"""

from ledger.proof.checkpoints import Checkpoint, format_checkpoint, open_checkpoint, parse_checkpoint
from ledger.proof.consistency import check_consistency, check_subtree_consistency, derive_roots
from ledger.proof.encoding import format_base64, parse_base64
from ledger.proof.forks import FORK_FORMAT, Fork, format_fork, prove_fork
from ledger.proof.frontier import Frontier
from ledger.proof.hashes import EMPTY_ROOT, HASH_BYTES, MAX_SIZE, ProofError, leaf_hash, node_hash
from ledger.proof.inclusion import check_inclusion, check_subtree_inclusion
from ledger.proof.indexes import format_indexes, parse_indexes
from ledger.proof.many import check_many, many_ranges, prove_many
from ledger.proof.marks import MARK_CHARACTERS, mark, marks
from ledger.proof.notes import (
    COSIGNATURE_V1,
    ED25519,
    Note,
    NoteSignature,
    VerifierKey,
    check_note,
    cosign_note,
    parse_note,
    parse_vkey,
    sign_note,
    vkey,
)
from ledger.proof.tree import consistency_ranges, inclusion_ranges, prove_consistency, prove_inclusion, root
from ledger.proof.trie import (
    EMPTY_TRIE,
    KEY_BITS,
    Look,
    PathEnd,
    SealedStream,
    TagProof,
    check_tags,
    prove_tags,
    split_keys,
    stream_leaf,
    tag_key,
    tag_leaf,
    trie_node,
    trie_root,
)

__all__ = [
    "COSIGNATURE_V1",
    "ED25519",
    "EMPTY_ROOT",
    "EMPTY_TRIE",
    "FORK_FORMAT",
    "HASH_BYTES",
    "KEY_BITS",
    "MARK_CHARACTERS",
    "MAX_SIZE",
    "Checkpoint",
    "Fork",
    "Frontier",
    "Look",
    "Note",
    "NoteSignature",
    "PathEnd",
    "ProofError",
    "SealedStream",
    "TagProof",
    "VerifierKey",
    "check_consistency",
    "check_inclusion",
    "check_many",
    "check_note",
    "check_subtree_consistency",
    "check_subtree_inclusion",
    "check_tags",
    "consistency_ranges",
    "cosign_note",
    "derive_roots",
    "format_base64",
    "format_checkpoint",
    "format_fork",
    "format_indexes",
    "inclusion_ranges",
    "leaf_hash",
    "many_ranges",
    "mark",
    "marks",
    "node_hash",
    "open_checkpoint",
    "parse_base64",
    "parse_checkpoint",
    "parse_indexes",
    "parse_note",
    "parse_vkey",
    "prove_consistency",
    "prove_fork",
    "prove_inclusion",
    "prove_many",
    "prove_tags",
    "root",
    "sign_note",
    "split_keys",
    "stream_leaf",
    "tag_key",
    "tag_leaf",
    "trie_node",
    "trie_root",
    "vkey",
]
