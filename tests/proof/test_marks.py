from hashlib import sha256

import pytest

from ledger.proof import ProofError, mark_letter, mark_letters

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def test_a_mark_binds_an_entry_to_its_index():
    digest = sha256(bytes([0, 0, 0, 0, 0, 0, 1, 2]) + b"h" * 32).digest()
    assert mark_letter(258, b"h" * 32) == LETTERS[digest[0] // 4]
    assert mark_letters([4, 9], [b"a" * 32, b"b" * 32]) == mark_letter(4, b"a" * 32) + mark_letter(9, b"b" * 32)
    assert {mark_letter(index, b"h" * 32) for index in range(2000)} == set(LETTERS)


@pytest.mark.parametrize(("index", "hash_"), [(-1, b"h" * 32), (2**63, b"h" * 32), (0, b"short"), ("0", b"h" * 32)])
def test_what_has_no_mark(index, hash_):
    with pytest.raises(ProofError):
        mark_letter(index, hash_)
