"""Labels against values computed by other means: `openssl dgst -mac HMAC` and coreutils' `base32`."""

import base64
import hmac
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.proof import ProofError
from ledger.proof.labels import format_label_key, label, normal_id, parse_label_key
from tests.verify.committed import NORMAL_IDS

KEY = bytes(range(32))
VECTORS = {
    "31010519560402123X": "nftjgdfpxcoreswoqgclfwud46xyddq2jrmwtdjda4ndi2vzh7fq",
    "110101199003071234": "77e7rpvk3a4pfammfo3vg67gu5mdxvpda5phy6fotwfobin6p7wa",
}


@pytest.mark.parametrize(("insured_id", "expected"), VECTORS.items())
def test_vectors(insured_id: str, expected: str) -> None:
    assert label(KEY, insured_id) == expected
    digest = hmac.new(KEY, b"treatment-ledger patient label/1\n" + insured_id.encode(), sha256).digest()
    assert base64.b32decode(expected.upper() + "====") == digest


def test_a_label_is_an_id_of_the_journal() -> None:
    made = label(KEY, "沪A-1")
    assert len(made) == 52
    assert set(made) <= set("abcdefghijklmnopqrstuvwxyz234567")


def test_everything_counts() -> None:
    labels = {label(KEY, "1"), label(KEY, "2"), label(KEY, "01"), label(KEY[::-1], "1"), label(KEY, "11")}
    assert len(labels) == 5


@pytest.mark.parametrize(("typed", "spelled"), NORMAL_IDS.items())
def test_an_id_has_one_spelling_or_none(typed: str, spelled: str | None) -> None:
    if spelled is None:
        with pytest.raises(ProofError):
            normal_id(typed)
    else:
        assert normal_id(typed) == spelled
        assert label(KEY, typed) == label(KEY, spelled)


@given(st.text(max_size=40))
def test_the_normal_form_is_its_own(typed: str) -> None:
    try:
        spelled = normal_id(typed)
    except ProofError:
        return
    assert normal_id(spelled) == spelled
    assert normal_id(f" {typed}\n") == spelled


@pytest.mark.parametrize("insured_id", ["", " ", "1 1", "1\x001", "\u200b1", "1\ud800", "1" * 257])
def test_an_id_that_somebody_copied_badly(insured_id: str) -> None:
    with pytest.raises(ProofError, match="insured person's id") as refused:
        label(KEY, insured_id)
    assert "1" not in str(refused.value)


@pytest.mark.parametrize("key", [b"", KEY[:31], KEY + b"\0", "x" * 32])
def test_no_key(key) -> None:
    with pytest.raises(ProofError, match="label key: 32 bytes are expected"):
        label(key, "1")


def test_the_keys_file() -> None:
    text = format_label_key(KEY)
    assert text == "LABEL+KEY+AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"
    assert parse_label_key(text) == parse_label_key(text.strip()) == parse_label_key(text.replace("\n", "\r\n")) == KEY


@pytest.mark.parametrize(
    "text",
    [
        "",
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        "LABEL+KEY+AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
        "LABEL+KEY+AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9=",
        "LABEL+KEY+AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHg==",
        " LABEL+KEY+AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        "LABEL+KEY+AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n\n",
        "PEOPLE+KEY+AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
    ],
)
def test_what_is_no_key_is_not_repeated(text: str) -> None:
    with pytest.raises(ProofError, match="label key") as refused:
        parse_label_key(text)
    assert "AAECAw" not in str(refused.value)
