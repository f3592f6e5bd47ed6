"""What is said, is said in both languages at once: a `Said` cannot be made with one of them missing.

Sentences are without a full stop, so that they can be joined. This module knows no rule, only how words are put
together in each language.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Literal

import msgspec

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")
NAMED = 12
"""Acts named one by one; a line of ninety ids helps nobody."""
UNITS: Mapping[str, tuple[str, str]] = {
    "session": ("次", "session"),
    "assessment": ("次", "assessment"),
    "day": ("天", "day"),
    "month": ("个月", "month"),
    "year": ("年", "year"),
}
"""What limits are counted in, in both languages."""


class Said(msgspec.Struct, frozen=True):
    """The same in Chinese and in English."""

    zh: str
    en: str

    def in_language(self, language: Language) -> str:
        """One of the two."""
        return self.zh if language == "zh" else self.en

    def __add__(self, other: "Said") -> "Said":
        return Said(self.zh + other.zh, self.en + other.en)

    def __bool__(self) -> bool:
        return bool(self.zh or self.en)


NOTHING = Said("", "")


def alike(text: str) -> Said:
    """What is the same in both: an id, a number, a date."""
    return Said(text, text)


def listed(parts: Iterable[Said]) -> Said:
    """`甲、乙` and `a, b`."""
    said = list(parts)
    return Said("、".join(part.zh for part in said), ", ".join(part.en for part in said))


def joined(parts: Iterable[Said]) -> Said:
    """Sentences one after another: `甲；乙` and `a; b`; empty ones are left out."""
    said = [part for part in parts if part]
    return Said("；".join(part.zh for part in said), "; ".join(part.en for part in said))


def either(parts: Iterable[Said]) -> Said:
    """`甲或乙` and `a or b`."""
    said = list(parts)
    return Said("或".join(part.zh for part in said), " or ".join(part.en for part in said))


def named(ids: Iterable[str]) -> Said:
    """`S1、S2` and `S1, S2`."""
    return listed(map(alike, ids))


def acts(ids: Iterable[str]) -> Said:
    """The first acts by their ids, and how many more there are; in brackets `（S1、S2）` and ` (S1, S2)`."""
    names = list(ids)
    if not names:
        return NOTHING
    first, more = named(names[:NAMED]), len(names) - NAMED
    if more > 0:
        return Said(f"（{first.zh} 等 {len(names)} 次）", f" ({first.en} and {more} more)")
    return Said(f"（{first.zh}）", f" ({first.en})")


def days(first: date, last: date | None) -> Said:
    """A stretch of days, both named."""
    if last is None:
        return Said(f"{first} 起", f"from {first} on")
    if first == last:
        return Said(f"{first} 这一天", f"on {first}")
    return Said(f"{first} 至 {last}", f"from {first} to {last}")


def amount(number: int, unit: str | None) -> Said:
    """`2 次` and `2 sessions`, `1 天` and `1 day`."""
    zh, en = UNITS.get(unit or "", ("次", unit or "act"))
    return Said(f"{number} {zh}", f"{number} {en}{'' if number == 1 else 's'}")
