"""AES-256-GCM-SIV: the published vectors, and that nothing opens under another patient, field or key."""

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

from ledger.people import MasterKey, PeopleError
from ledger.people.ciphers import WRAPPED_BYTES, DataKey


def test_the_library_is_rfc_8452s() -> None:
    """RFC 8452 appendix C.2: AEAD_AES_256_GCM_SIV with 8 bytes of plaintext, and with 1 byte of associated data."""
    key, nonce = bytes([1]) + bytes(31), bytes([3]) + bytes(11)
    assert AESGCMSIV(key).encrypt(nonce, bytes.fromhex("0100000000000000"), None).hex() == (
        "c2ef328e5c71c83b843122130f7364b761e0b97427e3df28"
    )
    assert AESGCMSIV(key).encrypt(nonce, bytes.fromhex("0200000000000000"), b"\x01").hex() == (
        "1de22967237a813291213f267e3b452f02d01ae33e4ec854"
    )


MASTER, OTHER = MasterKey.generate(), MasterKey.generate()


def test_there_and_back() -> None:
    key = DataKey.generate("P1")
    wrapped = key.wrap(MASTER)
    assert len(wrapped) == WRAPPED_BYTES == 60
    again = DataKey.unwrap("P1", wrapped, MASTER)
    for text in (b"", b"x", "张三".encode() * 100):
        assert again.decrypt("person", key.encrypt("person", text)) == text


def test_the_same_is_never_encrypted_to_the_same() -> None:
    key = DataKey.generate("P1")
    assert len({key.encrypt("person", b"x") for _ in range(50)} | {key.wrap(MASTER) for _ in range(50)}) == 100


def test_another_master_key() -> None:
    with pytest.raises(PeopleError, match="patient 'P1': key: does not open"):
        DataKey.unwrap("P1", DataKey.generate("P1").wrap(MASTER), OTHER)


def test_a_key_moved_to_another_patient() -> None:
    with pytest.raises(PeopleError, match="does not open"):
        DataKey.unwrap("P2", DataKey.generate("P1").wrap(MASTER), MASTER)


def test_a_ciphertext_moved_to_another_field_or_key() -> None:
    key = DataKey.generate("P1")
    sealed = key.encrypt("person", b"x" * 32)
    for mover, field in ((key, "salt"), (DataKey.generate("P1"), "person")):
        with pytest.raises(PeopleError, match=f"patient 'P1': {field}: does not open"):
            mover.decrypt(field, sealed)


def test_a_ciphertext_under_the_same_key_as_another_patients() -> None:
    secret = bytes(32)
    sealed = DataKey("P1", secret).encrypt("person", b"x")
    with pytest.raises(PeopleError, match="does not open"):
        DataKey("P2", secret).decrypt("person", sealed)


def test_every_bit_counts() -> None:
    key = DataKey.generate("P1")
    sealed = key.encrypt("person", b"invented")
    for place in range(len(sealed)):
        damaged = bytearray(sealed)
        damaged[place] ^= 1
        with pytest.raises(PeopleError, match="does not open"):
            key.decrypt("person", bytes(damaged))
    for length in range(len(sealed)):
        with pytest.raises(PeopleError, match="does not open"):
            key.decrypt("person", sealed[:length])
