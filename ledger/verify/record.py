"""What the bundle's entries record, found by what it is about: the lines that signatures and keys are held against.

Everything here may come from a log whose operator lies: a field can be of any kind, or missing, and there may be very
many lines about one thing. So each entry is looked at once, and a question costs no more for there being many.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ledger.verify.entries import Entry
from ledger.verify.public_keys import public_key_of
from ledger.verify.strict_json import canonical


@dataclass(frozen=True, slots=True)
class Line:
    """A fact, and the index of its entry."""

    index: int
    fact: dict[str, object]


_ABOUT = {
    "SessionStarted": "session",
    "SessionStopped": "session",
    "PrescriptionIssued": "prescription",
    "AssessmentRecorded": "assessment",
    "SessionVoided": "session",
    "AssessmentVoided": "assessment",
}
"""The lines that are asked for, and the field by whose value they are found."""

ON_SHEET = ("item", "site", "method")
"""What a session takes from its order on the sheet."""


@dataclass(slots=True)
class _Given:
    """What corrections of one field of one target gave, in log order: as keys, and where each key was given first."""

    indexes: list[int] = field(default_factory=list)
    keys: list[frozenset[str]] = field(default_factory=list)
    first: dict[str, int] = field(default_factory=dict)

    def add(self, index: int, keys: frozenset[str]) -> None:
        self.indexes.append(index)
        self.keys.append(keys)
        for key in keys:
            self.first.setdefault(key, index)


class Record:
    """The entries of a bundle, to be asked for the lines about one thing, and for what a field of them was.

    Fields are asked for by the *key* of a value: its canonical text, or, of a list of `orders`, `order_key`.
    """

    def __init__(self, entries: Mapping[int, Entry]) -> None:
        self._lines: dict[tuple[str, str], Line] = {}
        self._second: dict[tuple[str, str], int] = {}
        self._given: dict[tuple[str, str], _Given] = {}
        self._touched: dict[str, int] = {}  # target → the last index at which it was corrected
        self._enrolled: dict[tuple[str, str], Line] = {}
        self._key_held: dict[bytes, int] = {}
        self._revoked: dict[str, int] = {}
        self._written: dict[tuple[int, str], frozenset[str]] = {}
        for index, entry in entries.items():
            self._take(index, entry.fact)

    def _take(self, index: int, fact: dict[str, object]) -> None:
        kind, key_id = str(fact["type"]), fact.get("key_id")
        if kind in _ABOUT:
            about = fact.get(_ABOUT[kind])
            if isinstance(about, str) and self._lines.setdefault((kind, about), Line(index, fact)).index != index:
                self._second.setdefault((kind, about), index)
        elif kind == "EntryCorrected":
            target, name = fact.get("target"), fact.get("field")
            if isinstance(target, str):
                self._touched[target] = index
                if isinstance(name, str):
                    keys = frozenset(_keys(name, fact.get("new")))
                    self._given.setdefault((target, name), _Given()).add(index, keys)
        elif kind == "SigningKeyEnrolled":
            signer = fact.get("practitioner")
            if isinstance(key_id, str) and isinstance(signer, str):
                self._enrolled.setdefault((key_id, signer), Line(index, fact))
            key = public_key_of(fact)
            if key is not None:
                self._key_held.setdefault(key.point, index)
        elif kind == "SigningKeyRevoked" and isinstance(key_id, str):
            self._revoked.setdefault(key_id, index)

    def line(self, kind: str, about: object) -> Line | None:
        """The first line of this type about this thing."""
        return self._lines.get((kind, about)) if isinstance(about, str) else None

    def second(self, kind: str, about: object) -> int | None:
        """The index of the second line of this type about this thing."""
        return self._second.get((kind, about)) if isinstance(about, str) else None

    def enrolled(self, key_id: str, signer: str, below: int) -> Line | None:
        """The first enrolment of this key for this signer, if it stands below the index."""
        line = self._enrolled.get((key_id, signer))
        return line if line is not None and line.index < below else None

    def holds_first(self, key: bytes, line: Line) -> bool:
        """Whether nobody enrolled this public key before this line did."""
        return self._key_held.get(key) == line.index

    def revoked(self, key_id: str, below: int) -> bool:
        """Whether the key was revoked below the index."""
        return self._revoked.get(key_id, below) < below

    def had(self, line: Line, about: object, name: str, key: str, below: int) -> bool:
        """Whether the line's field had this value: as written, or by a correction below the index that is aimed at it.

        `about`: what the line is about; by its name all fields but `at` are corrected, by the line's own `id` all.
        """
        return key in self._as_written(line, name) or any(
            given.first.get(key, below) < below for given in self._aimed(line, about, name)
        )

    def stands(self, line: Line, about: object, name: str, key: str, below: int) -> bool:
        """Whether the line's field has this value below the index: by the last such correction, else as written."""
        last, keys = -1, self._as_written(line, name)
        for given in self._aimed(line, about, name):
            place = bisect_left(given.indexes, below) - 1
            if place >= 0 and given.indexes[place] > last:
                last, keys = given.indexes[place], given.keys[place]
        return key in keys

    def corrected(self, line: Line, about: object, name: str, below: int) -> bool:
        """Whether the line's field was corrected below the index."""
        return any(given.indexes[0] < below for given in self._aimed(line, about, name))

    def corrected_after(self, target: object, index: int, name: str | None = None) -> bool:
        """Whether a correction of this target stands above the index; of this field, if one is named."""
        if not isinstance(target, str):
            return False
        if name is None:
            return self._touched.get(target, index) > index
        given = self._given.get((target, name))
        return given is not None and given.indexes[-1] > index

    def _as_written(self, line: Line, name: str) -> frozenset[str]:
        keys = self._written.get((line.index, name))
        if keys is None:
            keys = self._written[line.index, name] = frozenset(_keys(name, line.fact.get(name)))
        return keys

    def _aimed(self, line: Line, about: object, name: str) -> Iterator[_Given]:
        own = line.fact.get("id")
        for target in (own,) if name == "at" or about == own else (own, about):
            given = self._given.get((target, name)) if isinstance(target, str) else None
            if given is not None:
                yield given


def order_key(order: object, name: str | None = None, value: object = None) -> str:
    """The key by which a sheet's `orders` are asked for an order, or for a field of it with this value."""
    return canonical([order] if name is None else [order, name, value])


def _keys(name: str, value: object) -> Iterator[str]:
    if name != "orders":
        yield canonical(value)
        return
    elements = [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
    numbers = Counter(order_key(element.get("order")) for element in elements)
    for element in elements:
        order = element.get("order")
        if numbers[order_key(order)] == 1:  # which of two would be meant, nobody can tell
            yield order_key(order)
            for part in ON_SHEET:
                yield order_key(order, part, element.get(part))
