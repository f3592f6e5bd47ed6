"""The sealed index: a Merkle prefix trie from tags to their streams, and what it proves of a tag.

A log proves that an entry is in it, never that none was left out. The index does: under each tag's key stand the
count and the root of all entries that bear the tag, at one place that the key alone decides, so that a root has one
answer for every tag, also "none". FORMAT.md, "Sealed index".

Knows keys, counts and hashes; not what a tag says, nor where nodes are kept (`Subtrees`).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import NamedTuple

from ledger.proof.hashes import HASH_BYTES, ProofError, require_hash, require_hashes, require_size

KEY_BITS = 8 * HASH_BYTES
EMPTY_TRIE = bytes(HASH_BYTES)
"""What stands for a trie without tags: no hash of anything."""


class SealedStream(NamedTuple):
    """A tag's entries as the index has them: how many, and the RFC 6962 root over their `stream_leaf` hashes."""

    count: int  # type: ignore[assignment]  # a tuple's own `count` is not missed
    root: bytes


class PathEnd(NamedTuple):
    """Where a key's path ends: at which depth, and which tag's leaf stands there; None where the place is empty."""

    depth: int
    key: bytes | None = None
    stream: SealedStream | None = None


class TagProof(NamedTuple):
    """What proves several tags at once: where each path ends, and the nodes beside the paths, as they are walked."""

    places: dict[bytes, PathEnd]
    nodes: list[bytes]


Look = Callable[[int, int], PathEnd | bytes]
"""What stands at a prefix, given as a number and its length in bits: its hash where two tags or more lie under it,
else the `PathEnd` with the one tag or none."""


def tag_key(tag: str) -> bytes:
    """SHA-256 of the tag in UTF-8: its path, from the most significant bit of the first byte.

    Of bytes that are no UTF-8, read as lone surrogates, of these very bytes: no entry bears such a tag.
    """
    return sha256(tag.encode(errors="surrogateescape")).digest()


def stream_leaf(index: int, leaf_hash: bytes) -> bytes:
    """SHA-256(0x00 ‖ index as u64 big-endian ‖ leaf of the entry): what an entry is in its streams, bound to its place
    in the log.
    """
    require_size(index, "index")
    require_hash(leaf_hash, "leaf_hash")
    return sha256(b"\x00" + index.to_bytes(8, "big") + leaf_hash).digest()


def tag_leaf(key: bytes, stream: SealedStream) -> bytes:
    """SHA-256(0x02 ‖ key ‖ count as u64 big-endian ‖ stream root)."""
    return sha256(b"\x02" + key + stream.count.to_bytes(8, "big") + stream.root).digest()


def trie_node(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x03 ‖ left ‖ right)."""
    return sha256(b"\x03" + left + right).digest()


def trie_root(leaves: Sequence[tuple[bytes, bytes]], depth: int = 0) -> bytes:
    """The root over (key, tag leaf), sorted by key, that share their first `depth` bits. Linear time."""
    if not leaves:
        return EMPTY_TRIE
    if len(leaves) == 1:
        return leaves[0][1]
    cut = split_keys([key for key, _ in leaves], depth)
    return trie_node(trie_root(leaves[:cut], depth + 1), trie_root(leaves[cut:], depth + 1))


def split_keys(keys: Sequence[bytes], depth: int) -> int:
    """How many of these sorted keys, alike before bit `depth`, have a 0 there."""
    low, high = 0, len(keys)
    while low < high:
        middle = (low + high) // 2
        if bit(keys[middle], depth):
            high = middle
        else:
            low = middle + 1
    return low


def bit(key: bytes, depth: int) -> int:
    """The key's bit number `depth`, from the most significant of the first byte."""
    return key[depth >> 3] >> (7 - (depth & 7)) & 1


def prove_tags(keys: Sequence[bytes], look: Look) -> TagProof:
    """The proof of what the index has under each of these keys."""
    proof = TagProof({}, [])

    def walk(prefix: int, depth: int, wanted: Sequence[bytes]) -> None:
        here = look(prefix, depth)
        if not wanted:
            proof.nodes.append(_hash_of(here))
        elif isinstance(here, PathEnd):
            proof.places.update(dict.fromkeys(wanted, here))
        else:
            cut = split_keys(wanted, depth)
            walk(prefix << 1, depth + 1, wanted[:cut])
            walk(prefix << 1 | 1, depth + 1, wanted[cut:])

    walk(0, 0, sorted(set(keys)))
    return proof


def check_tags(places: Mapping[bytes, PathEnd], nodes: Sequence[bytes], root: bytes) -> None:
    """Returns when the index of this root has under each key what its place says: its own stream, another's, nothing.

    A key is present where its place bears the key itself; then the stream is the one to believe. Raises ProofError
    for anything else, also for one node more or fewer than the places ask for. No place is believed that is deeper
    than two keys need: the walk ends where the depths say, and only the right depths lead to the root.
    """
    require_hash(root, "root")
    require_hashes(nodes, "nodes")
    if not places:
        raise ProofError("places: none; a proof is about at least one tag")
    for key, place in places.items():
        _require_place(key, place)
    following = iter(nodes)
    # Not by recursion: 256 levels are deep for a stack, and a hostile file may ask for all of them.
    if _fold(places, following) != root:
        raise ProofError("root: the streams and nodes do not lead to it")
    if next(following, None) is not None:
        raise ProofError("nodes: more of them than the places ask for")


def _fold(places: Mapping[bytes, PathEnd], following: Iterator[bytes]) -> bytes:
    done: list[bytes] = []
    # (keys, depth) is to be visited; None joins the last two results.
    pending: list[tuple[Sequence[bytes], int] | None] = [(sorted(places), 0)]
    while pending:
        task = pending.pop()
        if task is None:
            right = done.pop()
            done.append(trie_node(done.pop(), right))
            continue
        keys, depth = task
        if not keys:
            node = next(following, None)
            if node is None:
                raise ProofError("nodes: fewer of them than the places ask for")
            done.append(node)
        elif any(places[key].depth == depth for key in keys):
            done.append(_ending(keys, depth, places))
        else:
            cut = split_keys(keys, depth)
            pending += [None, (keys[cut:], depth + 1), (keys[:cut], depth + 1)]
    return done[0]


def _ending(keys: Sequence[bytes], depth: int, places: Mapping[bytes, PathEnd]) -> bytes:
    """The hash of what stands where these keys' paths end; they must agree on it."""
    place = places[keys[0]]
    if any(places[key] != place for key in keys):
        raise ProofError(f"places: paths that end together at depth {depth} end at different things")
    return _hash_of(place)


def _hash_of(here: PathEnd | bytes) -> bytes:
    if isinstance(here, bytes):
        return here
    return EMPTY_TRIE if here.key is None or here.stream is None else tag_leaf(here.key, here.stream)


def _require_place(key: bytes, place: PathEnd) -> None:
    require_hash(key, "key")
    if not isinstance(place.depth, int) or not 0 <= place.depth <= KEY_BITS:
        raise ProofError(f"depth: a number from 0 to {KEY_BITS} is expected")
    if (place.key is None) != (place.stream is None):
        raise ProofError("places: a tag's leaf has its key and its stream")
    if place.key is None or place.stream is None:
        return
    require_hash(place.key, "key of the leaf there")
    require_hash(place.stream.root, "stream root")
    if require_size(place.stream.count, "count") == 0:
        raise ProofError("count: a tag without entries has no leaf")
    shift = KEY_BITS - place.depth
    if int.from_bytes(key, "big") >> shift != int.from_bytes(place.key, "big") >> shift:
        raise ProofError(f"places: the leaf at depth {place.depth} is not on the key's path")
