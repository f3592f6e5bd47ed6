import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.proof import EMPTY_ROOT, MAX_SIZE, Frontier, ProofError, root


def test_the_root_at_every_size(leaves):
    frontier = Frontier()
    assert frontier.root() == EMPTY_ROOT
    for size, leaf in enumerate(leaves, 1):
        frontier.append(leaf)
        assert frontier.size == size
        assert frontier.root() == root(leaves[:size])
        assert len(frontier.nodes) == size.bit_count()


@given(cut=st.integers(0, 40))
def test_it_goes_on_from_where_it_was(leaves, cut):
    first = Frontier()
    first.extend(leaves[:cut])
    second = Frontier(first.size, first.nodes)
    second.extend(leaves[cut:])
    assert second.root() == root(leaves)
    assert first.size == cut


@pytest.mark.parametrize(
    ("size", "nodes"), [(1, ()), (2, (b"h" * 32, b"h" * 32)), (-1, ()), (None, ()), (1, (b"short",)), (1, None)]
)
def test_what_is_no_frontier(size, nodes):
    with pytest.raises(ProofError):
        Frontier(size, nodes)


def test_what_is_no_leaf_is_not_added():
    frontier = Frontier()
    with pytest.raises(ProofError):
        frontier.append(b"short")
    assert frontier.size == 0
    with pytest.raises(ProofError):
        Frontier(MAX_SIZE, (b"h" * 32,) * 63).append(b"h" * 32)
