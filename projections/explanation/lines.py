"""Lines of a width in columns, where a Chinese character takes two: English breaks between words, Chinese anywhere.

A number stays with its unit (`2 次`). Whoever writes for a terminal may use it, the command line too.

Source: Unicode Standard Annex 11 (East Asian Width); punctuation that ends something stays with it.
"""

import re
import unicodedata
from collections.abc import Iterator

_WIDE = "WF"
_STAYS = "，。；：、）”》」！？,.;:)"
_WORD = re.compile(r"\s+|[^\s⺀-￿]+|[⺀-￿]")
"""White space, a run of narrow characters, or one wide character (from the CJK radicals on)."""

_NUMBER = re.compile(r"\W?\d+\s")
_UNIT = re.compile(r"[⺀-￿]")


def columns(text: str) -> int:
    """How many columns a terminal gives the text."""
    return sum(2 if unicodedata.east_asian_width(character) in _WIDE else 1 for character in text)


def wrapped(text: str, width: int, first: str = "", then: str | None = None) -> Iterator[str]:
    """The text in lines of at most `width` columns, the first begun with `first`, the others with `then`."""
    begin = first if then is None else then
    line, used, empty = first, columns(first), True
    for part in _parts(text):
        size = columns(part)
        if not empty and used + columns(part.rstrip()) > width:
            yield line.rstrip()
            line, used, empty = begin, columns(begin), True
            part = part.lstrip()
            size = columns(part)
        if part:
            line, used, empty = line + part, used + size, False
    yield line.rstrip()


def _parts(text: str) -> Iterator[str]:
    """What may stand on a line by itself: a word with the space and the punctuation after it."""
    held = ""
    for part in _WORD.findall(text):
        unit = _NUMBER.fullmatch(held) and _UNIT.match(part)
        if held and not (unit or part.isspace() or part[0] in _STAYS or held[-1] in "（“《「("):
            yield held
            held = ""
        held += part
    if held:
        yield held
