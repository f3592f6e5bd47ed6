from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.proof import (
    EMPTY_ROOT,
    MAX_SIZE,
    ProofError,
    check_inclusion,
    consistency_ranges,
    inclusion_ranges,
    leaf_hash,
    prove_consistency,
    prove_inclusion,
    root,
)

hashes = st.lists(st.binary(min_size=32, max_size=32), max_size=70)

# RFC 6962 test data of certificate-transparency: eight inputs, and the root after each.
INPUTS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def test_known_roots():
    leaf_hashes = [leaf_hash(bytes.fromhex(text)) for text in INPUTS]
    assert [root(leaf_hashes[:size]).hex() for size in range(1, 9)] == ROOTS
    assert root([]) == EMPTY_ROOT


@given(hashes)
def test_root_is_the_naive_one(naive, leaf_hashes):
    assert root(leaf_hashes) == naive.root(leaf_hashes)
    assert root(tuple(leaf_hashes)) == naive.root(leaf_hashes)


def test_every_inclusion_proof_is_the_naive_one(naive, leaves):
    for size in range(1, len(leaves) + 1):
        for index in range(size):
            assert prove_inclusion(index, leaves, size) == naive.path(index, leaves[:size])


def test_every_consistency_proof_is_the_naive_one(naive, leaves):
    for new in range(1, len(leaves) + 1):
        assert prove_consistency(0, new, leaves) == []
        for old in range(1, new + 1):
            assert prove_consistency(old, new, leaves) == naive.subproof(old, leaves[:new], True)
    assert prove_consistency(0, 0, []) == []


def test_the_whole_of_the_leaves_is_the_default(leaves):
    assert prove_inclusion(5, leaves) == prove_inclusion(5, leaves, len(leaves))


@given(st.integers(1, MAX_SIZE), st.data())
def test_ranges_tile_the_tree(size, data):
    index = data.draw(st.integers(0, size - 1))
    covered = sorted([*inclusion_ranges(index, size), (index, index + 1)])
    assert covered[0][0] == 0
    assert covered[-1][1] == size
    assert all(left[1] == right[0] for left, right in pairwise(covered))
    old = data.draw(st.integers(0, size))
    ranges = consistency_ranges(old, size)
    assert sum(end - start for start, end in ranges if start >= old) == (size - old if old else 0)
    assert len(ranges) <= 64


def test_a_proof_of_a_tree_too_large_to_build():
    # Every node is the same here, so that the root of 2^40 equal leaves takes 40 hashes.
    node, path = leaf_hash(b"same"), []
    for _ in range(40):
        path.append(node)
        node = leaf_hash_pair(node)
    check_inclusion(2**39 + 12345, 2**40, leaf_hash(b"same"), path, node)


def leaf_hash_pair(node: bytes) -> bytes:
    return root([node, node])


@pytest.mark.parametrize(
    "call",
    [
        lambda leaves: root(None),
        lambda leaves: root(b"x" * 32),
        lambda leaves: root("x"),
        lambda leaves: root([*leaves, b"short"]),
        lambda leaves: root([*leaves, None]),
        lambda leaves: root({1: b"x"}),
        lambda leaves: prove_inclusion(0, []),
        lambda leaves: prove_inclusion(-1, leaves),
        lambda leaves: prove_inclusion(40, leaves),
        lambda leaves: prove_inclusion(3, leaves, 3),
        lambda leaves: prove_inclusion(3, leaves, 41),
        lambda leaves: prove_inclusion(3.0, leaves),
        lambda leaves: prove_inclusion(True, leaves),
        lambda leaves: prove_consistency(4, 3, leaves),
        lambda leaves: prove_consistency(4, 41, leaves),
        lambda leaves: prove_consistency(-1, 4, leaves),
        lambda leaves: prove_consistency("1", 4, leaves),
        lambda leaves: prove_consistency(1, None, leaves),
        lambda leaves: inclusion_ranges(0, 2**63),
        lambda leaves: inclusion_ranges(0, 10**5000),
        lambda leaves: consistency_ranges(1, -1),
    ],
)
def test_what_makes_no_sense_is_a_proof_error(call, leaves):
    with pytest.raises(ProofError):
        call(leaves)
