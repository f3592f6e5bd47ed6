import pytest

from ledger.verify.public_keys import PublicKey, public_key_of

KEY = bytes(range(32))
BASE64 = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="


@pytest.mark.parametrize("text", [KEY.hex(), KEY.hex().upper(), BASE64])
@pytest.mark.parametrize("algorithm", ["ed25519", "Ed25519", "ED25519"])
def test_a_key_in_either_spelling(text, algorithm):
    assert public_key_of({"algorithm": algorithm, "public_key": text}) == PublicKey(KEY, None)


@pytest.mark.parametrize(
    "text", [None, 5, [], "", "zz" * 32, KEY.hex()[2:], BASE64[:-1], "AAAA", "B" * 63 + "=", f" {BASE64}"]
)
def test_no_key(text):
    assert public_key_of({"algorithm": "ed25519", "public_key": text}) is None


@pytest.mark.parametrize("algorithm", [None, 5, ["ed25519"], "", "es256"])
def test_another_algorithm(algorithm):
    assert public_key_of({"algorithm": algorithm, "public_key": BASE64}) is None
    assert public_key_of({"public_key": BASE64}) is None
