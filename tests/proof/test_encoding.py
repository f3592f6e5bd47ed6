import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.proof import ProofError, format_base64, parse_base64


@given(st.binary())
def test_there_and_back(value):
    assert parse_base64(format_base64(value), "value") == value


@pytest.mark.parametrize(
    "text",
    ["A", "AA", "AA=", "AB==", "AAB=", "AA==\n", " AA==", "AA==AA==", "A_8=", "ＡＡ==", "AAA==", "=", None, 5, b"AA=="],
)
def test_any_other_spelling_is_refused(text):
    with pytest.raises(ProofError, match=r"^value: "):
        parse_base64(text, "value")
