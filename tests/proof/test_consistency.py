import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.proof import (
    EMPTY_ROOT,
    ProofError,
    check_consistency,
    check_subtree_consistency,
    prove_consistency,
    root,
)

HASH = b"h" * 32


def test_every_pair_of_sizes(leaves):
    for new in range(len(leaves) + 1):
        for old in range(new + 1):
            check_consistency(old, new, prove_consistency(old, new, leaves), root(leaves[:old]), root(leaves[:new]))


def test_every_subtree_of_every_tree(naive, leaves):
    checked = 0
    for size in range(1, 25):
        for start in range(size):
            for end in range(start + 1, size + 1):
                if start % (1 << (end - start - 1).bit_length()) == 0:
                    proof = naive.subtree_subproof(start, end, leaves[:size], True)
                    part, top = root(leaves[start:end]), root(leaves[:size])
                    check_subtree_consistency(start, end, size, proof, part, top)
                    checked += 1
                    for bad in ([*proof, HASH], proof[1:], proof[:-1]):
                        if bad != proof:
                            with pytest.raises(ProofError):
                                check_subtree_consistency(start, end, size, bad, part, top)
    assert checked > 500


@given(data=st.data())
def test_one_change_anywhere_is_refused(leaves, data):
    new = data.draw(st.integers(1, len(leaves)))
    old = data.draw(st.integers(0, new))
    other = data.draw(st.binary(min_size=32, max_size=32))
    proof = prove_consistency(old, new, leaves)
    good = [old, new, proof, root(leaves[:old]), root(leaves[:new])]
    changes = [(2, [*proof, other]), (2, [other, *proof]), (3, other), (0, data.draw(st.integers(0, 100)))]
    if old:  # a root does not bind its size (33 and 34 leaves have proofs of one shape): that is the checkpoint's part
        changes.append((4, other))
    for place in range(len(proof)):
        changes.append((2, [*proof[:place], other, *proof[place + 1 :]]))
        changes.append((2, proof[:place] + proof[place + 1 :]))
    for position, value in changes:
        if value != good[position]:
            changed = [*good[:position], value, *good[position + 1 :]]
            with pytest.raises(ProofError):
                check_consistency(*changed)


def test_the_empty_tree_is_continued_by_every_tree():
    check_consistency(0, 0, [], EMPTY_ROOT, EMPTY_ROOT)
    check_consistency(0, 5, [], EMPTY_ROOT, HASH)
    with pytest.raises(ProofError):
        check_consistency(0, 0, [], EMPTY_ROOT, HASH)
    with pytest.raises(ProofError):
        check_consistency(0, 5, [], HASH, HASH)
    with pytest.raises(ProofError):
        check_consistency(0, 5, [HASH], EMPTY_ROOT, HASH)


@pytest.mark.parametrize(("start", "end", "size"), [(0, 2, 1), (0, 1, 0), (2, 4, 3), (1, 1, 0), (3, 2, 5), (1, 3, 8)])
def test_a_subtree_that_the_tree_does_not_have(start, end, size):
    with pytest.raises(ProofError):
        check_subtree_consistency(start, end, size, [], HASH, HASH)
    with pytest.raises(ProofError):
        check_subtree_consistency(start, end, size, [], EMPTY_ROOT, EMPTY_ROOT)


@pytest.mark.parametrize(
    "arguments",
    [
        (1, 1, [], b"short", b"short"),
        (2, 1, [], HASH, HASH),
        (1, 1, [], HASH, EMPTY_ROOT),
        (1, 1, [HASH], HASH, HASH),
        (1, 2, [], HASH, HASH),
        (-1, 1, [], HASH, HASH),
        (1, 2**63, [HASH] * 63, HASH, HASH),
        (None, 1, [], HASH, HASH),
        (1, "1", [], HASH, HASH),
        (True, 1, [], HASH, HASH),
        (1, 1.0, [], HASH, HASH),
        (1, 1, None, HASH, HASH),
        (1, 1, b"", HASH, HASH),
        (1, 2, [b"short"], HASH, HASH),
        (1, 2, [5], HASH, HASH),
        (1, 1, [], None, HASH),
        (1, 1, [], HASH, "h" * 32),
        (0, 0, [], EMPTY_ROOT, None),
    ],
)
def test_what_is_no_proof_is_a_proof_error(arguments):
    with pytest.raises(ProofError):
        check_consistency(*arguments)
