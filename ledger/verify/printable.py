"""Text that nobody vouches for, made fit for a screen: a terminal obeys some characters instead of showing them.

An escape sequence clears the screen and writes another verdict on it; a bidirectional control turns a line round; a
line separator begins a line of its own. Such characters are shown by their number instead.
"""

import unicodedata

_OBEYED = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))
"""Unicode's categories of characters that are obeyed, not shown: controls (C0 and C1), formats (bidirectional and
other invisible ones), halves of surrogate pairs, separators of lines and paragraphs."""


def printable(text: str, *, keep: str = "") -> str:
    """The text with every character that a terminal might obey spelled as `\\x1b`, `\\u202e`; those in `keep` stay."""
    if text.isprintable():
        return text
    return "".join(
        _spelled(character) if unicodedata.category(character) in _OBEYED and character not in keep else character
        for character in text
    )


def _spelled(character: str) -> str:
    number = ord(character)
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
