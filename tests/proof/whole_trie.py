"""The trie of a few tags that are all at hand: what stands where, looked up among them each time."""

from collections.abc import Mapping

from ledger.proof import KEY_BITS, Look, PathEnd, SealedStream, tag_leaf, trie_root


def look_among(leaves: Mapping[bytes, SealedStream]) -> Look:
    """What stands where in the trie of these tags."""
    keys = sorted(leaves)

    def look(prefix: int, depth: int) -> PathEnd | bytes:
        under = [key for key in keys if not depth or int.from_bytes(key, "big") >> (KEY_BITS - depth) == prefix]
        if len(under) < 2:
            return PathEnd(depth, under[0], leaves[under[0]]) if under else PathEnd(depth)
        return trie_root([(key, tag_leaf(key, leaves[key])) for key in under], depth)

    return look
