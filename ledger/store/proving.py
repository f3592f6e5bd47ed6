"""What is proven under one checkpoint, read in one moment: its seal, tags in the index that it seals, tree nodes.

The tables of the index move when a newer seal is made; what is proven of tags must be of the seal that the checkpoint
covers. So all is read in one transaction, and whoever comes too late is told to seal again.
"""

from collections.abc import Sequence
from typing import NamedTuple

from ledger.proof import (
    Checkpoint,
    ProofError,
    TagProof,
    check_inclusion,
    check_tags,
    consistency_ranges,
    inclusion_ranges,
    leaf_hash,
    many_ranges,
    prove_tags,
    tag_key,
)
from ledger.store.connections import Connections
from ledger.store.index_tables import IndexTables
from ledger.store.sealing import read_seal, seal_at
from ledger.store.tree import Tree


class Proven(NamedTuple):
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
) -> Proven | None:
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
            proven = Proven(
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
