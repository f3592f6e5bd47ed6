"""The index of every seal is derived again: however a log grew between its seals, and wherever one of them is false."""

import json
from collections.abc import Sequence
from hashlib import sha256

import pytest
from eventsourcing.dcb.api import DCBEvent
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.proof import EMPTY_TRIE, tag_key, trie_root
from ledger.store.audit_seals import GrowingTrie
from ledger.store.entry import format_entry
from ledger.store.index_tables import Held, Node, fold
from ledger.store.seals import SEAL_TAG, SEAL_TYPE
from ledger.store.streams import changes_of, stream_leaves
from tests.invariants import index_root
from tests.store.stored import NOW, StoredLedger, spell_seal
from tests.store.test_streams import naive_streams

LOGS = st.lists(st.lists(st.integers(0, 40).map(lambda n: f"t:{n}"), max_size=4, unique=True), max_size=40)


def by_tag(log: Sequence[Sequence[str]], size: int) -> list[tuple[str, int]]:
    return sorted((tag, position) for position, tags in enumerate(log[:size], 1) for tag in tags)


@settings(max_examples=60, deadline=None)
@given(LOGS, st.sets(st.integers(0, 40), max_size=6))
def test_streams_and_trie_at_every_size(log: list[list[str]], at: set[int]) -> None:
    """The streams, roots and subtrees are those of the log cut off at each size, derived on its own."""
    sizes = sorted({*(size for size in at if size < len(log)), len(log)})
    hashes = [sha256(b"%d" % position).digest() for position in range(1, len(log) + 1)]
    changes = list(changes_of(by_tag(log, len(log)), stream_leaves(enumerate(hashes, 1)), sizes))
    trie = GrowingTrie()
    held: dict[bytes, Held] = {}
    for number, size in enumerate(sizes):
        grown = sorted(one for changed, one in changes if changed == number)
        before = dict(held)
        held.update((one.key, one) for one in grown)
        assert sorted(held.values()) == sorted(naive_streams(by_tag(log, size), hashes).values())
        assert all(before.get(one.key) != one for one in grown), "only what has changed is told"
        trie.grow([one.leaf() for one in grown])
        all_ = [one.leaf() for one in sorted(held.values())]
        assert (trie.tags, trie.hash) == (len(all_), trie_root(all_))
        nodes: list[Node] = []
        fold(all_, 0, nodes.append)
        assert sorted(trie.nodes()) == sorted(nodes)
        entries = [(tags, sha256(b"%d" % position).digest()) for position, tags in enumerate(log[:size], 1)]
        assert (trie.tags, trie.hash) == index_root(entries)


@pytest.mark.parametrize("depth", [0, 1, 9])
def test_a_part_of_the_trie(depth: int) -> None:
    """Keys alike in their first bits; an empty part is zeros, of one tag its leaf."""
    alike = int("101101101", 2) >> 9 - depth
    keys = [key for n in range(8000) if int.from_bytes((key := tag_key(f"t:{n}"))[:2], "big") >> 16 - depth == alike][
        :9
    ]
    assert len(keys) == 9
    part = GrowingTrie(alike, depth)
    assert (part.tags, part.hash, part.nodes()) == (0, EMPTY_TRIE, [])
    leaves: dict[bytes, bytes] = {}
    for n, key in enumerate([*keys, keys[0], keys[5]]):
        leaves[key] = sha256(b"%d" % n).digest()
        part.grow([(key, leaves[key])])
        assert (part.tags, part.hash) == (len(leaves), trie_root(sorted(leaves.items()), depth))
    part.grow([])
    nodes: list[Node] = []
    assert fold(sorted(leaves.items()), depth, nodes.append) == part.hash
    assert sorted(part.nodes()) == sorted(nodes)


def put_seal(stored: StoredLedger, tags: int, root: bytes) -> None:
    """A seal of all entries that says this, right or wrong."""
    fact = spell_seal(NOW, stored.recorder.size(), tags, root)
    data = format_entry(SEAL_TYPE, "2021-03-01T15:31:02.123456+08:00", [SEAL_TAG], fact)
    stored.recorder.append([DCBEvent(SEAL_TYPE, data, [SEAL_TAG])])


FALSE = sha256(b"another index").digest()


@pytest.mark.parametrize("false", [[], [0], [2], [0, 3], [1, 2, 3]])
def test_a_false_seal_is_named_wherever_it_is(stored: StoredLedger, false: list[int]) -> None:
    places = []
    for number in range(5):
        stored.grow(7 + number)
        if number in false:
            places.append(stored.recorder.size())
            put_seal(stored, 3, FALSE)
            stored.sign_whatever()
            stored.grow(1)
        stored.sign()
    found = stored.audit()
    assert [(one.name, one.where) for one in found] == [("index-mismatch", f"index {place}") for place in places]
    for one in found:
        assert f"sealed are 3 and {FALSE.hex()}" in one.what
        assert "`checkpoint --anew`" in one.what
    stored.damaged = bool(false)


def test_a_seal_with_the_right_root_and_another_number_of_tags(stored: StoredLedger) -> None:
    stored.grow(9)
    entries = [(json.loads(row.tags_json), row.leaf) for row in stored.recorder.rows(upto=9)]
    tags, root = index_root(entries)
    put_seal(stored, tags + 1, root)
    stored.sign_whatever()
    stored.grow(1)
    stored.sign()
    (found,) = stored.audit()
    assert (found.name, found.where) == ("index-mismatch", "index 9")
    assert f"have {tags} tags" in found.what
    assert f"sealed are {tags + 1} and" in found.what
    stored.damaged = True


def test_a_seal_of_what_the_columns_say_is_false(stored: StoredLedger) -> None:
    """Column and tag index agree that an entry is somebody else's, and so did who sealed them; the bytes do not."""
    stored.grow(30)
    stored.sign()
    stored.damage(
        "UPDATE entries SET tags = '[\"id:zzz\"]' WHERE position = 27",
        "DELETE FROM tags WHERE position = 27",
        "INSERT INTO tags VALUES ('id:zzz', 27, 'session-voided.v1')",
    )
    stored.grow(1)
    entries = [(json.loads(row.tags_json), row.leaf) for row in stored.recorder.rows(upto=32)]
    put_seal(stored, *index_root(entries))
    assert [(one.name, one.where) for one in stored.audit()] == [
        ("malformed", "index 26"),
        ("index-mismatch", "index 32"),
    ]


def test_behind_a_missing_entry_no_seal_is_judged(stored: StoredLedger) -> None:
    for _ in range(4):
        stored.grow(5)
        stored.sign()
    stored.damage("DELETE FROM entries WHERE position = 14", "DELETE FROM tags WHERE position = 14")
    assert "index-mismatch" not in {one.name for one in stored.audit()}
