from collections import Counter
from hashlib import sha256

import pytest

from ledger.proof import MARK_CHARACTERS, ProofError, mark, marks

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def test_a_mark_binds_an_entry_to_its_index():
    digest = sha256(bytes([0, 0, 0, 0, 0, 0, 1, 2]) + b"h" * 32).digest()
    twelve = int.from_bytes(digest[:2], "big") >> 4
    assert mark(258, b"h" * 32) == LETTERS[twelve // 64] + LETTERS[twelve % 64]
    assert marks([4, 9], [b"a" * 32, b"b" * 32]) == mark(4, b"a" * 32) + mark(9, b"b" * 32)
    made = {mark(index, b"h" * 32) for index in range(2000)}
    assert {len(one) for one in made} == {MARK_CHARACTERS}
    assert {one[0] for one in made} == {one[1] for one in made} == set(LETTERS)


def test_one_of_4096_fits_by_chance():
    counts = Counter(mark(index, b"h" * 32) for index in range(4096 * 8))
    assert len(counts) == 4096
    assert max(counts.values()) < 8 * 4


@pytest.mark.parametrize(("index", "hash_"), [(-1, b"h" * 32), (2**63, b"h" * 32), (0, b"short"), ("0", b"h" * 32)])
def test_what_has_no_mark(index, hash_):
    with pytest.raises(ProofError):
        mark(index, hash_)
