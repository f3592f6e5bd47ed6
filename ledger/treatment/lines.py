"""The lines of one subject where they lie, to be asked for what a field of one of them was before a place.

Signatures are held against the record as it was before them. A thing may have thousands of lines and thousands of
signatures; so its lines are looked at once, and a question costs no more for there being many. In which order lines
lie (a log's, a journal's, a call's) is the caller's to say: places are numbers, or whatever else can be compared.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from ledger.treatment.facts import EntryCorrected, Fact
from ledger.treatment.statements import spoken
from ledger.treatment.subjects import LINE_FIELDS

ON_SHEET: Final = ("item", "site", "method")
"""What a session takes from its order on the sheet."""

_spell = msgspec.json.Encoder(order="sorted").encode  # two values are one when they are spelled alike


def key_of(value: Any) -> bytes:
    """By this values are compared."""
    return _spell(value)


def order_key(order: Any, *field: Any) -> bytes:
    """By this a sheet's `orders` are asked for an order, or for a field of it with this value (field, value)."""
    return _spell([order, *field])


class Lines:
    """Lines with their places, in ascending order of these."""

    def __init__(self, placed: Iterable[tuple[Any, Fact]]) -> None:
        placed = list(placed)
        self._places = [place for place, _ in placed]
        self._facts = [fact for _, fact in placed]
        self._first: dict[type[Fact], int] | None = None  # type → number of its first line
        self._given: dict[tuple[str, str], dict[bytes, Any]] = {}  # (target, field) → value → first place
        self._written: dict[tuple[int, str], frozenset[bytes]] = {}

    def before(self, place: Any) -> "Before":
        """What lies before a place."""
        return Before(self, place)

    def facts(self, place: Any) -> Sequence[Fact]:
        """The lines before a place."""
        return self._facts[: bisect_left(self._places, place)]

    def holds(self, place: Any, line: type[Fact]) -> bool:
        """Whether a line of this type lies before the place."""
        return self._line(place, line) is not None

    def had(self, place: Any, line: type[Fact], field: str, key: bytes, about: str) -> bool:
        """Whether before the place the field of the first line of this type had this value: as written, or by a
        correction aimed at it: by the line's own id, or by the name of what it is `about`, unless every line has the
        field (journal.md, "Corrections").
        """
        number = self._line(place, line)
        if number is None:
            return False
        if (number, field) not in self._written:
            self._written[number, field] = frozenset(_keys(field, spoken(self._facts[number]).get(field)))
        if key in self._written[number, field]:
            return True
        targets = [self._facts[number].id, None if field in LINE_FIELDS else about]
        given = (self._given.get((target, field), {}) for target in targets if target is not None)
        return any(key in places and places[key] < place for places in given)

    def _line(self, place: Any, line: type[Fact]) -> int | None:
        if self._first is None:
            self._first = {}
            for number, fact in enumerate(self._facts):
                self._first.setdefault(type(fact), number)
                if isinstance(fact, EntryCorrected):
                    given = self._given.setdefault((fact.target, fact.field), {})
                    for key in _keys(fact.field, fact.new):
                        given.setdefault(key, self._places[number])
        first = self._first.get(line)
        return first if first is not None and self._places[first] < place else None


class Before(NamedTuple):
    """The lines of a subject that lie before a place."""

    lines: Lines
    place: Any

    def facts(self) -> Sequence[Fact]:
        """The lines themselves."""
        return self.lines.facts(self.place)

    def holds(self, line: type[Fact]) -> bool:
        """Whether there is a line of this type."""
        return self.lines.holds(self.place, line)

    def had(self, line: type[Fact], field: str, key: bytes, about: str) -> bool:
        """Whether the field of the first line of this type had this value; see `Lines.had`."""
        return self.lines.had(self.place, line, field, key, about)


def _keys(field: str, value: Any) -> Iterator[bytes]:
    if field != "orders":
        yield key_of(value)
        return
    for order in value if isinstance(value, list) else ():
        if isinstance(order, dict):
            name = order.get("order")
            yield order_key(name)
            for part in ON_SHEET:
                yield order_key(name, part, order.get(part))
