from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.proof import MAX_SIZE, ProofError, check_many, many_ranges, prove_inclusion, prove_many, root

HASH = b"h" * 32


def draw(data, leaves):
    size = data.draw(st.integers(1, len(leaves)))
    indexes = sorted(data.draw(st.sets(st.integers(0, size - 1), min_size=1)))
    return size, indexes


@given(data=st.data())
def test_the_nodes_are_the_naive_ones_and_check(naive, leaves, data):
    size, indexes = draw(data, leaves)
    nodes = prove_many(indexes, leaves[:size])
    assert nodes == naive.uncovered(indexes, leaves[:size])
    check_many(indexes, size, [leaves[i] for i in indexes], nodes, root(leaves[:size]))


@given(data=st.data())
def test_one_change_anywhere_is_refused(leaves, data):
    size, indexes = draw(data, leaves)
    chosen, nodes, top = [leaves[i] for i in indexes], prove_many(indexes, leaves[:size]), root(leaves[:size])
    other = data.draw(st.binary(min_size=32, max_size=32))
    changes = [(indexes, size, chosen, nodes, other), (indexes, size, chosen, [*nodes, other], top)]
    for n in range(len(indexes)):
        moved = [*indexes[:n], data.draw(st.integers(0, size)), *indexes[n + 1 :]]
        changes += [
            (moved, size, chosen, nodes, top),
            (indexes[:n] + indexes[n + 1 :], size, chosen, nodes, top),
            (indexes[:n] + indexes[n + 1 :], size, chosen[:n] + chosen[n + 1 :], nodes, top),
            (indexes, size, [*chosen[:n], other, *chosen[n + 1 :]], nodes, top),
            (indexes, size, chosen[:n] + chosen[n + 1 :], nodes, top),
        ]
    for n in range(len(nodes)):
        changes.append((indexes, size, chosen, [*nodes[:n], other, *nodes[n + 1 :]], top))
        changes.append((indexes, size, chosen, nodes[:n] + nodes[n + 1 :], top))
        changes.append((indexes, size, chosen, [nodes[n], *nodes], top))
    for change in changes:
        if change != (indexes, size, chosen, nodes, top):
            with pytest.raises(ProofError):
                check_many(*change)


def test_of_one_leaf_it_is_the_inclusion_proof_from_left_to_right(leaves):
    for index in range(len(leaves)):
        assert sorted(prove_many([index], leaves)) == sorted(prove_inclusion(index, leaves))


@given(st.sets(st.integers(0, MAX_SIZE - 1), min_size=1, max_size=20))
def test_ranges_and_indexes_tile_a_tree_of_any_size(chosen):
    indexes = sorted(chosen)
    covered = sorted([*many_ranges(indexes, MAX_SIZE), *((i, i + 1) for i in indexes)])
    assert [covered[0][0], covered[-1][1]] == [0, MAX_SIZE]
    assert all(left[1] == right[0] for left, right in pairwise(covered))


@pytest.mark.parametrize(
    "arguments",
    [
        ([], 5, [], [HASH], HASH),
        ([5], 5, [HASH], [], HASH),
        ([-1], 5, [HASH], [], HASH),
        ([1, 1], 5, [HASH] * 2, [HASH] * 2, HASH),
        ([2, 1], 5, [HASH] * 2, [HASH] * 2, HASH),
        ([0], 0, [HASH], [], HASH),
        ([0], None, [HASH], [], HASH),
        (None, 1, [HASH], [], HASH),
        ("0", 1, [HASH], [], HASH),
        (b"\x00", 1, [HASH], [], HASH),
        ({0}, 1, [HASH], [], HASH),
        ({0: 0}, 1, [HASH], [], HASH),
        ([True], 2, [HASH], [HASH], HASH),
        (["0"], 1, [HASH], [], HASH),
        ([0], 1, None, [], HASH),
        ([0], 1, [b"short"], [], b"short"),
        ([0], 1, [HASH], None, HASH),
        ([0], 1, [HASH], [], None),
        ([0], 1, [HASH], [], b"short"),
    ],
)
def test_what_is_no_proof_is_a_proof_error(arguments):
    with pytest.raises(ProofError):
        check_many(*arguments)
