"""What is proven under one checkpoint, read in one moment: its seal, tags in the index that it seals, tree nodes.

The tables of the index move when a newer seal is made; what is proven of tags must be of the seal that the checkpoint
covers. So all is read in one transaction, and whoever comes too late is told to seal again.

Kept nodes are a projection, and a row of it may be damaged: no proof that rests on them leaves here unchecked. What is
asked for besides bundles is then proven from the leaves.
"""

import sqlite3
from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple, TypeVar

from ledger.proof import (
    EMPTY_ROOT,
    Checkpoint,
    Frontier,
    ProofError,
    TagProof,
    check_consistency,
    check_inclusion,
    check_tags,
    consistency_ranges,
    inclusion_ranges,
    leaf_hash,
    many_ranges,
    prove_tags,
    tag_key,
)
from ledger.proof.tree import Range
from ledger.store.connections import Connections
from ledger.store.index_tables import IndexTables
from ledger.store.missing import entry_missing
from ledger.store.refusals import Unsound
from ledger.store.seals import read_seal, seal_at
from ledger.store.soundness import unsound
from ledger.store.tree import Tree

T = TypeVar("T")


class BundleProofs(NamedTuple):
    """The proofs that a bundle is made of; see `ledger.store.bundle.format_bundle`."""

    seal: bytes
    seal_proof: list[bytes]
    tags: TagProof
    consistency: list[bytes] | None
    inclusion: list[bytes] | None


class KeptDamaged(Exception):
    """The kept projections do not lead to what is sealed and signed; they are to be made again."""


def prove(
    connections: Connections,
    checkpoint: Checkpoint,
    tags: Sequence[str],
    *,
    since: int | None = None,
    indexes: Sequence[int] | None = None,
) -> BundleProofs | None:
    """The proofs for these tags under a checkpoint of ours; None where the index in the tables is not of its seal.

    `since`: the size from which consistency is to be proven; `indexes`: entries to be proven as leaves of the tree.
    Raises KeptDamaged when seal or tags do not come out, ProofError when `since` or `indexes` cannot be.
    """
    with connections.read() as connection:
        connection.execute("BEGIN")
        try:
            seal = seal_at(connection, checkpoint.size)
            tables, tree = IndexTables(connection), Tree(connection)
            state = tables.state()
            if seal is None or state is None or state.covers != checkpoint.size - 1:
                return None
            place = checkpoint.size - 1
            proven = BundleProofs(
                seal,
                tree.nodes(inclusion_ranges(place, checkpoint.size)),
                _prove_tags(tables, tags, read_seal(seal).root),
                None if since is None else tree.nodes(consistency_ranges(since, checkpoint.size)),
                tree.nodes(many_ranges(indexes, checkpoint.size)) if indexes else None,
            )
        finally:
            connection.execute("COMMIT")
    try:
        check_inclusion(place, checkpoint.size, leaf_hash(seal), proven.seal_proof, checkpoint.root)
    except ProofError as error:
        raise KeptDamaged(str(error)) from error
    return proven


def _prove_tags(tables: IndexTables, tags: Sequence[str], root: bytes) -> TagProof:
    try:
        proof = prove_tags([tag_key(tag) for tag in tags], tables.look)
        check_tags(proof.places, proof.nodes, root)
    except ProofError as error:
        raise KeptDamaged(str(error)) from error
    return proof


def proof_nodes(connections: Connections, ranges: Sequence[Range], check: Callable[[list[bytes]], None]) -> list[bytes]:
    """The nodes that cover these leaves, as they are kept; where `check` raises ProofError, those of the leaves alone.

    ProofError where it raises of these, too: then it is the log that is damaged, or not what `check` holds them
    against. Unsound where a leaf is missing, or is no hash.
    """

    def checked(tree: Tree) -> list[bytes]:
        nodes = tree.nodes(ranges)
        check(nodes)
        return nodes

    with connections.read() as connection:
        return _of_tree(connection, checked)


class NotAsSigned(ProofError):
    """The leaves do not have the root that was signed of the first `size` of them."""

    def __init__(self, size: int, why: object) -> None:
        super().__init__(f"root: the first {size} leaves do not have the one that was signed ({why})")
        self.size = size


def root_at(connections: Connections, size: int, open_kept: Callable[[str, str], Checkpoint]) -> bytes:
    """The root of the first `size` entries, in the tree that was signed; behind the last checkpoint, of the leaves.

    A root below a checkpoint comes out of kept nodes, as what the checkpoint's tree continues; behind the last one, its
    frontier goes on over the leaves that came since. All leaves are read only where kept nodes are damaged, or nothing
    was ever signed.

    `open_kept(note, where)` opens a note that is kept, as `Checkpoints.open_kept`. NotAsSigned where what was signed is
    not of these leaves; Unsound where a leaf is missing, or a note is none.
    """
    if size == 0:
        return EMPTY_ROOT
    with connections.read() as connection:
        signed = _signed(connection, ">= ? ORDER BY size", size, open_kept)
        if signed is not None and signed.size == size:
            return signed.root
        if signed is not None:
            return _of_tree(connection, partial(_root_below, size=size, signed=signed))
        signed = _signed(connection, "< ? ORDER BY size DESC", size, open_kept)
        frontier = Frontier() if signed is None else _of_tree(connection, lambda tree: _frontier(tree, signed))
        sql = "SELECT position, leaf FROM entries NOT INDEXED WHERE position > ? AND position <= ? ORDER BY position"
        for position, leaf in connection.execute(sql, (frontier.size, size)):
            if position != frontier.size + 1:
                break
            frontier.append(leaf)
    if frontier.size != size:
        raise entry_missing(frontier.size + 1)
    return frontier.root()


def _signed(
    connection: sqlite3.Connection, which: str, size: int, open_kept: Callable[[str, str], Checkpoint]
) -> Checkpoint | None:
    """The first checkpoint kept of a size that is so, opened."""
    sql = f"SELECT size, note FROM checkpoints NOT INDEXED WHERE size {which} LIMIT 1"  # noqa: S608  (our own words)
    row = connection.execute(sql, (size,)).fetchone()
    if row is None:
        return None
    signed = open_kept(row[1], where := f"checkpoint (size {row[0]})")
    if signed.size != row[0]:
        raise unsound("malformed", where, f"the note is of size {signed.size}")
    return signed


def _root_below(tree: Tree, size: int, signed: Checkpoint) -> bytes:
    # The root is taken as it comes: it leads, with the proof, to no other tree's root than that of its own leaves.
    *proof, root = tree.nodes([*consistency_ranges(size, signed.size), (0, size)])
    try:
        check_consistency(size, signed.size, proof, root, signed.root)
    except ProofError as error:
        raise NotAsSigned(signed.size, error) from None
    return root


def _frontier(tree: Tree, signed: Checkpoint) -> Frontier:
    frontier = tree.frontier(signed.size)
    if frontier.root() != signed.root:
        raise NotAsSigned(signed.size, "their frontier leads to another")
    return frontier


def _of_tree(connection: sqlite3.Connection, derived: Callable[[Tree], T]) -> T:
    """What is derived from kept nodes; where these lead nowhere, from the leaves alone."""
    try:
        return derived(Tree(connection))
    except (ProofError, Unsound):
        return derived(Tree(connection, kept=False))
