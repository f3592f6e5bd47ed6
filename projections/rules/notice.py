"""The words a rulebook quotes, held against the document they come from.

All comparisons leave white space out: the notice is a table printed on pages, and lines break inside words. A text
that differs from the printed one by any other character is refused, and so is a character of a text that no clause
quotes, because a clause nobody wrote down is a limit nobody applies.
"""

import re
from collections.abc import Iterable, Sequence

PUNCTUATION = frozenset("，。；、：（）“”‘’《》〔〕！？,.;:()\"'!?")

_PAGE_FURNITURE = re.compile(r"https?://\S+")
_TABLE_HEAD = "序号项目名称医保支付规范"


def condensed(text: str) -> str:
    """The text without white space of any kind, ideographic space included."""
    return "".join(text.split())


def annex_1(document: str) -> str:
    """The table of annex 1, condensed: number, name and text of each item one after another.

    Page addresses and the table's head, which every page repeats, are left out. Empty when there is no annex 1.
    """
    pages = condensed(_PAGE_FURNITURE.sub("", document))
    begin = pages.rfind("附件1上海市")
    end = pages.find("附件2", begin)
    if begin < 0 or end < 0:
        return ""
    title, _, table = pages[begin:end].partition(_TABLE_HEAD)
    return table.replace(_TABLE_HEAD, "") if title else ""


def compare_items(table: str, items: Sequence[tuple[int, str, str]]) -> Iterable[tuple[int, str]]:
    """Differences between items (number, name, text) and the printed table, as (number, reason).

    The items have to make up the whole table, in its order. Comparison stops at the first difference: what follows
    a missing character would only repeat it.
    """
    position = 0
    for number, name, text in items:
        for what, words in (("number", str(number)), ("name", name), ("text", text)):
            expected = condensed(words)
            printed = table[position : position + len(expected)]
            if printed != expected:
                yield number, _difference(what, expected, printed)
                return
            position += len(expected)
    if position < len(table):
        yield items[-1][0], f"the notice goes on after the last item: …{table[position : position + 20]}"


def _difference(what: str, ours: str, printed: str) -> str:
    at = next((k for k, (a, b) in enumerate(zip(ours, printed, strict=False)) if a != b), len(printed))
    return (
        f"{what} differs from the notice at character {at + 1}: the notice has "
        f"“{printed[at : at + 12] or 'nothing more'}”, the file “{ours[at : at + 12]}”"
    )


def unclaimed(text: str, quotes: Iterable[str]) -> str:
    """The first stretch of the text, punctuation apart, that no quote claims; empty when all of it is claimed."""
    bare = condensed(text)
    claimed = bytearray(len(bare))
    for quote in quotes:
        words = condensed(quote)
        at = bare.find(words) if words else -1
        while at >= 0:
            claimed[at : at + len(words)] = b"\x01" * len(words)
            at = bare.find(words, at + 1)
    open_ = [k for k, c in enumerate(bare) if not claimed[k] and c not in PUNCTUATION]
    if not open_:
        return ""
    begin = open_[0]
    end = begin
    while end + 1 < len(bare) and not claimed[end + 1]:
        end += 1
    return bare[begin : end + 1]
