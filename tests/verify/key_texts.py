"""What may stand around a verifier key, and what may not: every code point that FORMAT.md names, and its lookalikes.

One list for the field of the page, for its witnesses and for the command line. Nothing here knows a verifier.
"""

import re
from pathlib import Path

_PAGE = (Path(__file__).parents[2] / "ledger/FORMAT.md").read_text("utf-8")
_SENTENCE = re.search(r"Around a verifier key white space.*?: (U\+.*?)\.", _PAGE)
assert _SENTENCE is not None


def _named(ranges: str) -> list[str]:
    pairs = re.findall(r"U\+([0-9A-F]{4})(?: to U\+([0-9A-F]{4}))?", ranges)
    return [chr(code) for first, last in pairs for code in range(int(first, 16), int(last or first, 16) + 1)]


AROUND = _named(_SENTENCE[1])
"""The code points that are no part of a key which they stand around, as the format page lists them."""
FOREIGN = ["\x00", "\x08", *"\x1c\x1d\x1e\x1f", "\xad", "\u180e", "\u200b", "\u200d", "\u2060", "\ufffe", "_"]
"""What looks like white space, or is taken for it elsewhere (Python's `str.isspace`), and is a part of the text."""

KEY_TEXTS = {
    **{f"U+{ord(one):04X} on both sides": (f"{one}{{}}{one}", True) for one in AROUND},
    "all of it, twice": ("".join(AROUND) * 2 + "{}" + "".join(AROUND) * 2, True),
    "as an editor of Windows saves it": ("\ufeff{}\r\n", True),
    "a blank of full width, as an input method leaves it": ("{}\u3000", True),
    "nothing else": ("{}", True),
    **{f"U+{ord(one):04X} before it": (f"{one}{{}}", False) for one in FOREIGN},
    **{f"U+{ord(one):04X} behind it": (f"{{}}{one}", False) for one in FOREIGN},
    "a lookalike between white space": (" {} \u200b ", False),
}
"""name → (a text with `{}` for the key, whether it is that key)."""


def broken(vkey: str, one: str) -> str:
    """The key with white space within it: no key, whichever it is."""
    return vkey.replace("+", f"+{one}", 1)
