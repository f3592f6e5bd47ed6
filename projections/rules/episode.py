"""Declared episodes (疾病过程): what is known of a patient in one, moment by moment.

`DeclaredEpisode` is what the facts say, for all time; `EpisodeView` is what can be seen of it at a moment: findings
and assessments with `at` not after it, whatever the order of their lines. A view moves forward only.
"""

from bisect import bisect_left
from collections.abc import Callable
from copy import copy
from datetime import date, datetime
from operator import attrgetter
from typing import NamedTuple, Self

from projections.rules.acts import Act
from projections.rules.decision import NOT_RECORDED

Event = tuple[datetime, int, dict[str, bool | str], Act | None]
"""When, place in the journal, the findings recorded, and the assessment that they come from, if any."""


_DAY = attrgetter("day")


class Mark(NamedTuple):
    """A comprehensive assessment that says something on an extension."""

    day: date
    act: str
    outcome: str

    @property
    def improved(self) -> bool:
        """Whether it found improvement."""
        return self.outcome == "improved"


class DeclaredEpisode:
    """An episode of the record. `anchor` is its onset, else its opening day; `events` are sorted by (at, place)."""

    __slots__ = ("anchor", "events", "id", "institution", "opened", "patient")

    def __init__(self, id: str) -> None:
        self.id = id
        self.patient = ""
        self.institution = ""
        self.opened: datetime | None = None
        self.anchor: date | None = None
        self.events: list[Event] = []


class EpisodeView:
    """An episode as it can be seen at a moment.

    `findings` by name, as last recorded; `latest` and `improved` are the latest comprehensive assessments that
    qualify for an extension; assessments that show progress on a scale are kept in order of time, for the gates.
    To say what is missing where nothing qualifies: `assessed` is the latest assessment of all, and `passed_over` the
    latest comprehensive one that was not marked when it came into view.
    """

    __slots__ = ("_next", "_progress", "assessed", "episode", "findings", "improved", "latest", "passed_over")

    def __init__(self, episode: DeclaredEpisode) -> None:
        self.episode = episode
        self.findings: dict[str, bool | str] = {}
        self.latest: Mark | None = None
        self.improved: Mark | None = None
        self.assessed: Act | None = None
        self.passed_over: Act | None = None
        self._progress: list[Act] = []
        self._next = 0

    def advance(self, at: datetime, note: Callable[["EpisodeView", Act], None]) -> None:
        """Let in what has `at` not after the moment; each assessment is handed to `note`."""
        events = self.episode.events
        while self._next < len(events) and events[self._next][0] <= at:
            _, _, findings, assessment = events[self._next]
            self._next += 1
            if findings:
                # Never changed in place: the first line's findings are shared with the evidence, and with forks.
                self.findings = self.findings | findings if self.findings else findings
            if assessment is not None:
                self.assessed = assessment
                note(self, assessment)
                if assessment.outcome == "improved" and assessment.results:
                    self._progress.append(assessment)

    def mark(self, assessment: Act) -> None:
        """An assessment that qualifies as proof of (continued) improvement; later ones come later."""
        mark = Mark(assessment.day, assessment.id, assessment.outcome or NOT_RECORDED)
        self.latest = mark
        if mark.improved:
            self.improved = mark

    def first_progress(self, since: date, items: frozenset[str] | None, spent: set[str]) -> str | None:
        """The earliest assessment dated `since` or later with an improved result, of these items (None: of any),
        that has not opened a gate yet.
        """
        for k in range(bisect_left(self._progress, since, key=_DAY), len(self._progress)):
            assessment = self._progress[k]
            if assessment.id not in spent and (items is None or assessment.item in items):
                return assessment.id
        return None

    def fork(self) -> Self:
        """A view that moves on by itself."""
        other = copy(self)
        other._progress = list(self._progress)
        return other
