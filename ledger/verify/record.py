"""What the bundle's entries record, found by what it is about: the lines that signatures and keys are held against.

Everything here may come from a log whose operator lies: a field can be of any kind, or missing.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from ledger.verify.entries import Entry


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
    "SigningKeyEnrolled": "key_id",
    "SigningKeyRevoked": "key_id",
    "EntryCorrected": "target",
}
"""The facts that are looked up, and the field by whose value they are."""


class Record:
    """The entries of a bundle, to be asked for the lines of one type about one thing."""

    def __init__(self, entries: Mapping[int, Entry]) -> None:
        self._lines: defaultdict[tuple[object, object], list[Line]] = defaultdict(list)
        for index, entry in entries.items():
            kind = entry.fact["type"]
            named = entry.fact.get(_ABOUT.get(str(kind), ""))
            if isinstance(named, str):
                self._lines[kind, named].append(Line(index, entry.fact))

    def lines(self, kind: str, about: object, below: int) -> list[Line]:
        """The lines of this type about this thing at indexes below `below`, in log order."""
        if not isinstance(about, str):
            return []
        return [line for line in self._lines.get((kind, about), ()) if line.index < below]

    def given(self, field: str, targets: Collection[object], below: int) -> Iterator[object]:
        """The values that corrections below this index gave to the field of any of these targets."""
        for target in targets:
            for line in self.lines("EntryCorrected", target, below):
                if line.fact.get("field") == field:
                    yield line.fact.get("new")
