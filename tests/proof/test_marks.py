from hashlib import sha256

import pytest

from ledger.proof import ProofError, mark, marks


def test_a_mark_binds_a_hash_to_its_place():
    assert mark(258, b"h" * 32) == sha256(bytes([0, 0, 0, 0, 0, 0, 1, 2]) + b"h" * 32).digest()[:3]
    assert mark(1, b"h" * 32) != mark(2, b"h" * 32)
    assert marks([4, 9], [b"a" * 32, b"b" * 32]) == mark(4, b"a" * 32) + mark(9, b"b" * 32)


@pytest.mark.parametrize(("place", "hash_"), [(-1, b"h" * 32), (2**63, b"h" * 32), (0, b"short"), ("0", b"h" * 32)])
def test_what_has_no_mark(place, hash_):
    with pytest.raises(ProofError):
        mark(place, hash_)
