"""One act that was performed, with the lines that say so.

`rules.acts.Act` is what the rules see of an act; an auditor also looks at what was written: notes, signatures, when
each line was taken down.
"""

from datetime import datetime
from typing import NamedTuple

from ledger.treatment.facts import Fact, SessionStarted, SessionStopped
from ledger.treatment.values import at_home
from projections.rules.acts import Act


class Entry(NamedTuple):
    """What is known of a line besides what it says: where it lies in the log (position, from 1), when the ledger
    took it in, and whether its `at` was corrected, so that the time it was written down says nothing about it any more.
    """

    position: int | None = None
    appended_at: datetime | None = None
    moved: bool = False


UNKNOWN = Entry()
"""Of a line of which nothing is known besides."""


class Line(NamedTuple):
    """A line, and what is known of it besides."""

    fact: Fact
    entry: Entry

    @property
    def written(self) -> datetime:
        """When the source system wrote it down."""
        return self.fact.recorded_at or self.fact.at


class Signature(NamedTuple):
    """Who signed, when as claimed, when it was written down, and what."""

    person: str
    at: datetime
    written: datetime
    act: "Performed"


class Performed:
    """A session or an assessment with an item that was not voided. Instants are at +08:00."""

    __slots__ = ("act", "at", "end", "id", "institution", "item", "line", "lines", "patient", "staff", "stopped")

    def __init__(self, act: Act, line: Line) -> None:
        self.act = act
        self.id = act.id
        self.patient = act.patient
        self.item = act.item
        self.at = act.at
        self.institution = act.institution.id
        self.staff = tuple(person.id for person in act.staff)
        self.line = line
        # Those of its lines that say when they were written down, and the one that opens it: others say `at` alone.
        self.lines = [line]
        self.stopped: SessionStopped | None = None
        # The stop, if it is later than the start: without one nobody knows how long it took.
        later = act.stop is not None and act.stop > act.at
        self.end: datetime | None = at_home(act.stop) if later and act.stop is not None else None

    @property
    def position(self) -> int | None:
        """Where the line that opens it lies in the log."""
        return self.line.entry.position

    @property
    def started(self) -> SessionStarted:
        """The line that opens a session."""
        assert isinstance(self.line.fact, SessionStarted), "asked of sessions alone"  # noqa: S101
        return self.line.fact

    @property
    def therapist(self) -> str:
        """Who gave a session."""
        return self.staff[0]

    @property
    def is_group(self) -> bool:
        """Whether the session was charged as one of a group."""
        return self.act.mode == "group"
