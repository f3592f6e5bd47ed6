"""The words of a mirror: what its columns number. One list of each kind for the whole mirror, and it only grows.

So a rulebook is made into a table once a mirror, not once a file, and a file that was written stays right.
"""

from collections.abc import Hashable, Iterable, Sequence
from typing import Any, NamedTuple, TypeVar

import msgspec
import numpy as np

from projections.mirror.columns import NONE, PER_PATIENT, Columns, Ints, Rows

Word = TypeVar("Word", bound=Hashable)


class Words(msgspec.Struct, frozen=True):
    """The words in the order of their numbers. An order set is spelled as its items, sorted."""

    items: tuple[str, ...] = ()
    institutions: tuple[str, ...] = ()
    orders: tuple[tuple[str, ...], ...] = ()
    practitioners: tuple[str, ...] = ()


class Codes(dict[Word, int]):
    """Places in a list that grows as it is asked."""

    def __init__(self, words: Iterable[Word] = ()) -> None:
        super().__init__((word, place) for place, word in enumerate(words))

    def __missing__(self, word: Word) -> int:
        self[word] = place = len(self)
        return place

    def places(self, words: Sequence[Word]) -> Ints:
        """The place of each, new ones at the end."""
        return np.fromiter((self[word] for word in words), np.int64, len(words))


class Numbered(NamedTuple):
    """What `Rows` number, by their places in the mirror's own lists."""

    items: tuple[str, ...]
    institutions: tuple[str, ...]
    orders: tuple[frozenset[str], ...]
    practitioners: tuple[str, ...]


class Vocabulary:
    """A mirror's words while it is written."""

    def __init__(self, words: Words | None = None) -> None:
        before = words or Words()
        self.items: Codes[str] = Codes(before.items)
        self.institutions: Codes[str] = Codes(before.institutions)
        self.orders: Codes[frozenset[str]] = Codes(map(frozenset, before.orders))
        self.practitioners: Codes[str] = Codes(before.practitioners)

    def words(self) -> Words:
        """As they are kept."""
        return Words(
            tuple(self.items),
            tuple(self.institutions),
            tuple(tuple(sorted(items)) for items in self.orders),
            tuple(self.practitioners),
        )

    def numbered(self) -> Numbered:
        """As rows have them."""
        return Numbered(tuple(self.items), tuple(self.institutions), tuple(self.orders), tuple(self.practitioners))

    def recoded(self, rows: Rows) -> Rows:
        """The same rows by the numbers of this mirror, to which new words are added."""
        columns = rows.columns
        maps: dict[str, tuple[Codes[Any], Sequence[Any], int]] = {
            "item": (self.items, rows.items, 0),
            "serves": (self.items, rows.items, -1),
            "institution": (self.institutions, rows.institutions, 0),
            "in_force": (self.orders, rows.orders, NONE),
            "staff": (self.practitioners, rows.practitioners, -1),
        }
        changed = {
            name: _mapped(getattr(columns, name), codes.places(words), none)
            for name, (codes, words, none) in maps.items()
        }
        numbered = self.numbered()
        return rows._replace(columns=columns._replace(**changed), **numbered._asdict())


def numbered(words: Words) -> Numbered:
    """Kept words as rows have them."""
    return Numbered(words.items, words.institutions, tuple(map(frozenset, words.orders)), words.practitioners)


def _mapped(column: Ints, places: Ints, none: int) -> Ints:
    """Each number replaced by its place; `none` where the column has a number below 0."""
    found: Ints = np.full(len(column), none, column.dtype)
    there = column >= 0
    found[there] = places[column[there]]
    return found


def of_patients(rows: Rows, wanted: Sequence[int] | Ints) -> Columns:
    """The columns of these patients of the rows alone, by their numbers, ascending; numbered anew."""
    columns = rows.columns
    counts = np.bincount(columns.patient, minlength=len(rows.patients))
    keep = np.zeros(len(rows.patients), bool)
    keep[np.asarray(wanted, np.int64)] = True
    number = np.cumsum(keep, dtype=np.int32) - 1
    where = np.repeat(keep, counts)
    cut = {
        name: column[keep] if name in PER_PATIENT else column[where]
        for name, column in zip(columns._fields, columns, strict=True)
    }
    cut["patient"] = number[cut["patient"]].astype(np.int32)
    return Columns(**cut)
