"""The sealed index against a naive one, and against whoever would hide or invent a stream."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.proof import ProofError
from ledger.proof.trie import (
    EMPTY_TRIE,
    PathEnd,
    SealedStream,
    bit,
    check_tags,
    prove_tags,
    stream_leaf,
    tag_key,
    tag_leaf,
    trie_node,
    trie_root,
)
from tests.proof.whole_trie import look_among


def stream(n: int) -> SealedStream:
    return SealedStream(n + 1, sha256(b"stream %d" % n).digest())


def index(count: int) -> dict[bytes, SealedStream]:
    return {tag_key(f"patient:P{n}"): stream(n) for n in range(count)}


def naive(leaves: dict[bytes, SealedStream], prefix: str = "") -> bytes:
    """FORMAT.md's words, read as strings of bits."""
    bits = {f"{int.from_bytes(key, 'big'):0256b}": key for key in leaves}
    under = [key for text, key in bits.items() if text.startswith(prefix)]
    if not under:
        return bytes(32)
    if len(under) == 1:
        count, root = leaves[under[0]]
        return sha256(b"\x02" + under[0] + count.to_bytes(8, "big") + root).digest()
    return sha256(b"\x03" + naive(leaves, prefix + "0") + naive(leaves, prefix + "1")).digest()


def root_of(leaves: dict[bytes, SealedStream]) -> bytes:
    return trie_root([(key, tag_leaf(key, leaves[key])) for key in sorted(leaves)])


@pytest.mark.parametrize("count", [0, 1, 2, 3, 7, 50])
def test_the_root_is_that_of_the_format_page(count: int) -> None:
    assert root_of(index(count)) == naive(index(count)) == (root_of({}) if not count else naive(index(count)))
    assert root_of({}) == EMPTY_TRIE


def test_keys_and_leaves_are_those_of_the_format_page() -> None:
    key = tag_key("patient:P1")
    assert key == sha256(b"patient:P1").digest()
    assert [bit(b"\xa0" + bytes(31), n) for n in range(4)] == [1, 0, 1, 0]
    assert stream_leaf(5, bytes(32)) == sha256(b"\x00" + bytes(7) + b"\x05" + bytes(32)).digest()
    assert tag_leaf(key, stream(0)) == sha256(b"\x02" + key + bytes(7) + b"\x01" + stream(0).root).digest()
    assert trie_node(b"l" * 32, b"r" * 32) == sha256(b"\x03" + b"l" * 32 + b"r" * 32).digest()


NAMES = st.sets(st.integers(0, 80), max_size=40)


@given(NAMES, st.sets(st.integers(0, 120), min_size=1, max_size=8))
def test_what_is_proven_checks_whatever_is_asked(names: set[int], asked: set[int]) -> None:
    leaves = {tag_key(f"patient:P{n}"): stream(n) for n in names}
    keys = [tag_key(f"patient:P{n}") for n in asked]
    places, nodes = prove_tags(keys, look_among(leaves))
    check_tags(places, nodes, root_of(leaves))
    for key in keys:
        assert (places[key].key == key) == (key in leaves)
        assert places[key].key != key or places[key].stream == leaves[key]


@given(NAMES.filter(lambda names: len(names) > 2), st.data())
def test_no_other_answer_leads_to_the_root(names: set[int], data: st.DataObject) -> None:
    leaves = {tag_key(f"patient:P{n}"): stream(n) for n in names}
    asked = data.draw(st.lists(st.sampled_from(range(120)), min_size=1, max_size=4, unique=True))
    places, nodes = prove_tags([tag_key(f"patient:P{n}") for n in asked], look_among(leaves))
    key = data.draw(st.sampled_from(sorted(places)))
    depth, there, found = places[key]
    other = data.draw(
        st.sampled_from(
            [
                PathEnd(depth, key, stream(999)),
                PathEnd(depth, there, SealedStream(found.count + 1, found.root))
                if found
                else PathEnd(depth, key, stream(0)),
                PathEnd(depth) if there else PathEnd(depth, key, stream(3)),
                PathEnd(depth + 1, there, found),
                PathEnd(max(0, depth - 1), there, found),
            ]
        )
    )
    forged = {**places, key: other}
    if forged != places:
        with pytest.raises(ProofError):
            check_tags(forged, nodes, root_of(leaves))
    with pytest.raises(ProofError):
        check_tags(places, [*nodes, bytes(32)], root_of(leaves))
    for place in range(len(nodes)):
        with pytest.raises(ProofError):
            check_tags(places, nodes[:place] + nodes[place + 1 :], root_of(leaves))
        with pytest.raises(ProofError):
            check_tags(places, [*nodes[:place], bytes(31) + b"\x01", *nodes[place + 1 :]], root_of(leaves))


def test_an_index_without_tags_proves_absence() -> None:
    key = tag_key("patient:P404")
    assert prove_tags([key], look_among({})) == ({key: PathEnd(0)}, [])
    check_tags({key: PathEnd(0)}, [], EMPTY_TRIE)
    with pytest.raises(ProofError, match="root"):
        check_tags({key: PathEnd(0)}, [], root_of(index(1)))


def test_a_leaf_off_the_path_proves_nothing() -> None:
    leaves = index(2)
    first, second = sorted(leaves)
    depth = next(n for n in range(256) if bit(first, n) != bit(second, n)) + 1
    places, nodes = prove_tags([first], look_among(leaves))
    assert places[first].depth == depth
    # The other tag's leaf does stand there, but not where this key's path leads.
    with pytest.raises(ProofError, match="path"):
        check_tags({first: PathEnd(depth, second, leaves[second])}, nodes, root_of(leaves))


def test_the_deepest_place_is_checked_without_a_deep_stack() -> None:
    key = bytes(32)
    nodes = [bytes(32)] * 256
    root = tag_leaf(key, stream(0))
    for _ in range(256):
        root = trie_node(root, bytes(32))
    check_tags({key: PathEnd(256, key, stream(0))}, nodes, root)


@pytest.mark.parametrize(
    ("places", "nodes", "what"),
    [
        ({}, [], "none"),
        ({b"short": PathEnd(0)}, [], "key"),
        ({bytes(32): PathEnd(257)}, [], "depth"),
        ({bytes(32): PathEnd(-1)}, [], "depth"),
        ({bytes(32): PathEnd(0, bytes(32), SealedStream(0, bytes(32)))}, [], "count"),
        ({bytes(32): PathEnd(0, bytes(32), SealedStream(1, b"short"))}, [], "stream root"),
        ({bytes(32): PathEnd(0, bytes(32), None)}, [], "its key and its stream"),
        ({bytes(32): PathEnd(1)}, [], "fewer"),
        ({bytes(32): PathEnd(0)}, [b"short"], "nodes"),
    ],
)
def test_what_is_no_proof_is_refused(places: dict[bytes, PathEnd], nodes: list[bytes], what: str) -> None:
    with pytest.raises(ProofError, match=what):
        check_tags(places, nodes, EMPTY_TRIE)
