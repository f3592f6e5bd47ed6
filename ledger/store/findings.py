"""What an audit says: a finding's name, where, what. Values: an audit goes on to the end whatever it meets."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

MOST = 10_000
"""Findings told of one name; of more than that only the number."""


class Finding(NamedTuple):
    """One thing that is not as it must be: the finding's name (spec: `entry-altered` …), where, what."""

    name: str
    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.name}: {self.where}: {self.what}"

    @classmethod
    def of_entry(cls, name: str, index: int, what: str) -> "Finding":
        """One about the entry with this index."""
        return cls(name, f"index {index}", what)

    @property
    def at(self) -> int | None:
        """The index of the entry that it is about; None where it is about something else."""
        place = self.where.removeprefix("index ")
        return int(place) if place != self.where and place.isdecimal() else None


def at_most(findings: Iterable[Finding], most: int = MOST) -> Iterator[Finding]:
    """The findings as they come, `most` of each name about entries and as many about what else; then how many more.

    So whoever collects them needs no more memory, however much someone damaged.
    """
    told: dict[tuple[str, bool], int] = {}
    for finding in findings:
        kind = (finding.name, finding.at is None)
        told[kind] = told.get(kind, 0) + 1
        if told[kind] <= most:
            yield finding
    for (name, _), count in told.items():
        if count > most:
            yield Finding(name, "ledger", f"and {count - most} more findings of this name")
