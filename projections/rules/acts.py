"""What is judged: acts, with the prescription, stay and patient they belong to.

An act is a session, or an assessment with an item. Everything later lines say about it (stop, signature, voiding)
stands on it already, because it counts at the act's own place in the order of judging.
"""

from datetime import date, datetime, timedelta
from typing import Literal, Self

from ledger.treatment.values import EmploymentCategory, Mode, Outcome, Setting, Sex
from projections.rules.register import Institution, Practitioner

ASSESSMENT_LASTS = timedelta(seconds=60)
"""An assessment has no stop; where intervals are compared it is this long (reading `together`)."""


class Sheet:
    """A prescription sheet: whose, in which episode, by whom, from when until which day."""

    __slots__ = ("episode", "id", "issued", "issued_day", "patient", "physician", "valid_until")

    def __init__(
        self, id: str, patient: str, episode: str, physician: Practitioner, issued: datetime, valid_until: date | None
    ) -> None:
        self.id = id
        self.patient = patient
        self.episode = episode
        self.physician = physician
        self.issued = issued
        self.issued_day = issued.date()
        self.valid_until = valid_until


class Order:
    """One order of a sheet; `sessions` are those performed on it, in the order of judging."""

    __slots__ = ("item", "sessions", "sheet", "site", "stopped", "times")

    def __init__(self, sheet: Sheet, item: str, times: int | None, site: str = "") -> None:
        self.sheet = sheet
        self.item = item
        self.site = site
        self.times = times
        self.stopped: datetime | None = None
        self.sessions: list[str] = []

    def stop(self, at: datetime) -> None:
        """Stopped from `at` on; of several stops the first counts."""
        if self.stopped is None or at < self.stopped:
            self.stopped = at


class Stay:
    """An admission: from its instant to that of the discharge, both inside; without one, open."""

    __slots__ = ("begin", "end", "id", "institution", "patient")

    def __init__(self, id: str, patient: str, institution: str, begin: datetime) -> None:
        self.id = id
        self.patient = patient
        self.institution = institution
        self.begin = begin
        self.end: datetime | None = None

    def covers(self, at: datetime) -> bool:
        """Whether the moment lies in the stay."""
        return self.begin <= at and (self.end is None or at <= self.end)


class Person:
    """A patient: what every file of theirs agrees on, their stays and their orders."""

    __slots__ = ("born", "category", "id", "orders", "sex", "stays")

    def __init__(self, id: str) -> None:
        self.id = id
        self.sex: Sex | None = None
        self.born: date | None = None
        self.category: EmploymentCategory | None = None
        self.stays: list[Stay] = []
        self.orders: list[Order] = []

    def stay_at(self, institution: str, at: datetime) -> Stay | None:
        """The admission at this institution that the moment lies in; of two, the later begun."""
        found: Stay | None = None
        for stay in self.stays:
            if stay.institution == institution and stay.covers(at) and (found is None or found.begin <= stay.begin):
                found = stay
        return found


StayProblem = Literal["unknown stay", "a stay of another patient", "started outside the stay", "not recorded"]


class Act:
    """A session or an assessment as the rules see it.

    `day` is the natural day of `at`; `seen` the instant up to which its episode is seen, the act's own `at`;
    `episode` the declared episode (a session's is its prescription's); `stay` the stay it belongs to; `staff` the
    therapist, or the assessors in order; `presumed` marks a hypothetical act, whose record is taken to be in order.
    An assessment without an item is evidence and has `item` "".
    """

    __slots__ = (
        "at", "day", "earlier", "episode", "id", "institution", "item", "kind", "mode", "order", "outcome",
        "patient", "presumed", "recorded", "results", "scales", "seen", "serves", "setting", "signature_problem",
        "signed", "staff", "stay", "stay_problem", "stop", "voided",
    )  # fmt: skip

    id: str
    kind: Literal["session", "assessment"]
    patient: str
    item: str
    at: datetime
    day: date
    seen: datetime
    episode: str
    institution: Institution
    stay: str | None
    stay_problem: StayProblem | None
    staff: tuple[Practitioner, ...]
    voided: bool
    presumed: bool
    recorded: datetime  # when the line that opens it was written down
    signed: datetime | None  # when its own therapist, or one of its assessors, signed it first
    # sessions
    order: Order | None
    earlier: int  # sessions performed on the same order before this one
    stop: datetime | None
    signature_problem: str | None
    setting: Setting | None
    mode: Mode
    # assessments
    scales: int  # distinct scales among the results
    results: int
    outcome: Outcome | None
    serves: str | None

    @property
    def end(self) -> datetime | None:
        """The end of the half-open interval the act takes; None for a session without a stop later than its start."""
        if self.kind == "assessment":
            try:
                return self.at + ASSESSMENT_LASTS
            except OverflowError:
                return self.at
        return self.stop if self.stop is not None and self.stop > self.at else None

    def later(self, day: date) -> Self:
        """The same act at the same time of day on `day`: of the same stay and staff, at the same institution.

        It sees no more than the original does. Nobody performed it, so it is for asking and never committed.
        """
        other = type(self)()
        for name in self.__slots__:
            setattr(other, name, getattr(self, name))
        other.move(day)
        return other

    def move(self, day: date) -> None:
        """Put this copy on another day: the search asks one copy on many days."""
        self.day = day
        self.at = self.at.replace(year=day.year, month=day.month, day=day.day)
