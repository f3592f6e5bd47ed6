"""Each tag's stream is that of a frontier over its own entries, at one size and at every size asked for."""

from collections.abc import Iterable, Sequence
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.proof import Frontier, stream_leaf, tag_key
from ledger.store.index_tables import Held
from ledger.store.refusals import Unsound
from ledger.store.streams import changes_of, stream_leaves


def naive_streams(tags: Iterable[tuple[str, int]], leaves: Sequence[bytes]) -> dict[str, Held]:
    """Each tag on its own, from (tag, position) and the leaves of the log."""
    frontiers: dict[str, Frontier] = {}
    for tag, position in tags:
        frontiers.setdefault(tag, Frontier()).append(stream_leaf(position - 1, leaves[position - 1]))
    return {tag: Held(tag_key(tag), one.size, b"".join(one.nodes)) for tag, one in frontiers.items()}


@pytest.mark.parametrize("count", [1, 2, 3, 8, 100])
def test_streams_are_those_of_a_frontier(count: int) -> None:
    leaves = [bytes([n]) * 32 for n in range(count)]
    joined = stream_leaves(enumerate(leaves, 1))
    assert joined == b"".join(stream_leaf(n, leaf) for n, leaf in enumerate(leaves))
    tags = [("a:1", n) for n in range(1, count + 1)] + [("b:2", count)]
    streams = naive_streams(tags, leaves)
    assert streams["b:2"] == Held(tag_key("b:2"), 1, stream_leaf(count - 1, leaves[-1]))
    for buffer in (joined, bytes(joined), memoryview(joined)):
        assert list(changes_of(tags, buffer, [count])) == [(0, streams["a:1"]), (0, streams["b:2"])]
    assert list(changes_of([], joined, [count])) == []
    assert list(changes_of([], b"", [0])) == []


@given(
    st.lists(st.lists(st.integers(0, 9).map(lambda n: f"t:{n}"), max_size=4, unique=True), min_size=1, max_size=40),
    st.sets(st.integers(0, 40), max_size=6),
)
def test_a_stream_is_told_at_each_size_that_finds_it_grown(log: list[list[str]], at: set[int]) -> None:
    sizes = sorted({*(size for size in at if size < len(log)), len(log)})
    leaves = [sha256(b"%d" % n).digest() for n in range(len(log))]
    rows = sorted((tag, position) for position, tags in enumerate(log, 1) for tag in tags)
    told = list(changes_of(rows, stream_leaves(enumerate(leaves, 1)), sizes))
    before: dict[str, Held] = {}
    for number, size in enumerate(sizes):
        now = naive_streams([(tag, position) for tag, position in rows if position <= size], leaves)
        grown = [held for tag, held in now.items() if before.get(tag) != held]
        assert sorted(held for place, held in told if place == number) == sorted(grown)
        before = now


@pytest.mark.parametrize("leaves", [[(2, bytes(32))], [(1, bytes(32)), (3, bytes(32))], [(1, bytes(31))]])
def test_leaves_that_are_not_all_there(leaves: list[tuple[int, bytes]]) -> None:
    with pytest.raises(Unsound, match=r"entry-missing: index \d: there is no entry, or no leaf of it"):
        stream_leaves(leaves)
