import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.proof import ProofError, check_inclusion, check_subtree_inclusion, prove_inclusion, root

HASH = b"h" * 32


def test_every_leaf_of_every_tree(leaves):
    for size in range(1, len(leaves) + 1):
        top = root(leaves[:size])
        for index in range(size):
            check_inclusion(index, size, leaves[index], prove_inclusion(index, leaves, size), top)


@given(data=st.data())
def test_one_change_anywhere_is_refused(leaves, data):
    size = data.draw(st.integers(1, len(leaves)))
    index = data.draw(st.integers(0, size - 1))
    good = {
        "index": index,
        "size": size,
        "leaf_hash": leaves[index],
        "proof": prove_inclusion(index, leaves, size),
        "root": root(leaves[:size]),
    }
    other = data.draw(st.binary(min_size=32, max_size=32))
    proof = good["proof"]
    changes = [
        {"leaf_hash": other},
        {"root": other},
        {"proof": [*proof, other]},
        {"proof": [other, *proof]},
        {"index": data.draw(st.integers(0, 100))},
    ]
    for place in range(len(proof)):
        changes.append({"proof": [*proof[:place], other, *proof[place + 1 :]]})
        changes.append({"proof": proof[:place] + proof[place + 1 :]})
    for change in changes:
        if good | change != good:
            with pytest.raises(ProofError):
                check_inclusion(**(good | change))


@given(data=st.data())
def test_subtrees(leaves, data):
    size = data.draw(st.integers(1, 40))
    width = 1 << (size - 1).bit_length()
    start = width * data.draw(st.integers(0, max(0, (len(leaves) - size) // width)))
    if start + size > len(leaves):
        start = 0
    part = leaves[start : start + size]
    index = data.draw(st.integers(0, size - 1))
    proof = prove_inclusion(index, part)
    check_subtree_inclusion(start + index, start, start + size, part[index], proof, root(part))
    with pytest.raises(ProofError):
        check_subtree_inclusion(start + index, start, start + size, HASH, proof, root(part))
    with pytest.raises(ProofError):
        check_subtree_inclusion(start + size, start, start + size, part[index], proof, root(part))


@pytest.mark.parametrize(
    "arguments",
    [
        (0, 0, HASH, [], HASH),
        (1, 1, HASH, [], HASH),
        (-1, 1, HASH, [], HASH),
        (0, -1, HASH, [], HASH),
        (0, 2**63, HASH, [HASH] * 63, HASH),
        (10**5000, 10**5001, HASH, [], HASH),
        (None, 1, HASH, [], HASH),
        ("0", 1, HASH, [], HASH),
        (False, 1, HASH, [], HASH),
        (0.0, 1, HASH, [], HASH),
        (0, 1, HASH, None, HASH),
        (0, 1, HASH, b"", HASH),
        (0, 1, HASH, "", HASH),
        (0, 1, HASH, {}, HASH),
        (0, 1, HASH, 5, HASH),
        (0, 2, HASH, [b"short"], HASH),
        (0, 2, HASH, [None], HASH),
        (0, 2, HASH, ["x" * 32], HASH),
        (0, 2, HASH, [HASH + b"h"], HASH),
        (0, 1, b"short", [], b"short"),
        (0, 1, HASH, [], b""),
        (0, 1, "h" * 32, [], HASH),
        (0, 1, HASH, [], None),
        (0, 1, bytearray(HASH), [], HASH),
    ],
)
def test_what_is_no_proof_is_a_proof_error(arguments):
    with pytest.raises(ProofError):
        check_inclusion(*arguments)


@pytest.mark.parametrize(("start", "end"), [(1, 3), (2, 5), (4, 9), (3, 2), (-1, 1), (None, 1), (0, "1"), (0, 2**63)])
def test_what_is_no_subtree_is_a_proof_error(start, end):
    with pytest.raises(ProofError):
        check_subtree_inclusion(2, start, end, HASH, [HASH], HASH)


def test_what_looks_like_a_tree_is_no_subtree_where_no_tree_has_it(leaves):
    part = leaves[1:3]
    with pytest.raises(ProofError, match="not a subtree"):
        check_subtree_inclusion(1, 1, 3, part[0], [part[1]], root(part))


def test_a_message_says_which_value_and_why():
    with pytest.raises(ProofError, match=r"^proof\[1\]: a hash is 32 bytes, this has 5$"):
        check_inclusion(0, 4, HASH, [HASH, b"short"], HASH)
    with pytest.raises(ProofError, match="index: 4 is not in a tree of size 4"):
        check_inclusion(4, 4, HASH, [], HASH)
    with pytest.raises(ProofError, match="too few"):
        check_inclusion(0, 4, HASH, [HASH], HASH)
    with pytest.raises(ProofError, match="more than"):
        check_inclusion(0, 4, HASH, [HASH] * 3, HASH)
