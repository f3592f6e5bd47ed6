import pytest

from ledger.verify import printable


@pytest.mark.parametrize("text", ["", "plain", "虚构医院 — “好转”", "全角　空格", "a b", "é", "😀"])
def test_what_is_shown_stays(text):
    assert printable(text) == text


@pytest.mark.parametrize(
    ("character", "spelled"),
    [
        ("\x00", "\\x00"),
        ("\x1b", "\\x1b"),
        ("\r", "\\x0d"),
        ("\n", "\\x0a"),
        ("\t", "\\x09"),
        ("\x7f", "\\x7f"),
        ("\x85", "\\x85"),
        ("\x9b", "\\x9b"),
        *((chr(number), f"\\u{number:04x}") for number in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))),
        ("\u2028", "\\u2028"),
        ("\u2029", "\\u2029"),
        ("\u200f", "\\u200f"),
        ("\ud800", "\\ud800"),
        ("\U000e0041", "\\U000e0041"),
    ],
)
def test_what_a_terminal_obeys_is_spelled(character, spelled):
    assert printable(f"甲{character}b") == f"甲{spelled}b"


def test_what_is_to_stay_stays():
    assert printable("a\nb\x1b", keep="\n") == "a\nb\\x1b"
