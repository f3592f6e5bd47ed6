"""Who and where: practitioners and institutions, and what they may do on a given day.

`valid_from` and `valid_until` decide, both days inclusive, not when a line was written. What is asked is put together
at the first question, when every line has been read: the lists are not added to after that.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from operator import itemgetter

from ledger.treatment.values import InstitutionKind, InstitutionScope, PractitionerScope, Profession
from projections.rules.calendar import add_days
from projections.rules.stretches import Highest, Stretch, Stretches, in_all

TREATING: tuple[PractitionerScope, ...] = ("rehabilitation", "tcm")
"""The scopes that let somebody, or an institution, give the treatments of the notice (二.1, 二.2)."""

# What bars an institution on a day: nothing, suspensions (the one written last, to be lifted), or no qualification.
_Bar = tuple[()] | tuple[int, datetime, int] | tuple[int]
_NOTHING: _Bar = ()
_SUSPENSION = 1
_UNQUALIFIED: _Bar = (2,)


class Practitioner:
    """A member of staff with the scopes held, each from a day to a day (or with no end)."""

    __slots__ = ("_held", "_treating", "id", "profession", "scopes")

    def __init__(self, id: str, profession: Profession | None = None) -> None:
        self.id = id
        self.profession = profession
        self.scopes: list[tuple[PractitionerScope, date, date | None]] = []
        self._held: dict[PractitionerScope, Stretches] = {}
        self._treating: Stretches | None = None

    def held(self, scope: PractitionerScope) -> Stretches:
        """The days on which the scope is held."""
        held = self._held.get(scope)
        if held is None:
            held = self._held[scope] = Stretches((begin, end) for name, begin, end in self.scopes if name == scope)
        return held

    @property
    def treating(self) -> Stretches:
        """The days on which rehabilitation or tcm is held."""
        treating = self._treating
        if treating is None:
            treating = self._treating = Stretches((begin, end) for name, begin, end in self.scopes if name in TREATING)
        return treating

    def holds(self, scope: PractitionerScope, day: date) -> bool:
        """Whether the scope is held on the day."""
        return self.held(scope).covers(day)

    def treats(self, day: date) -> bool:
        """Whether rehabilitation or tcm is held on the day."""
        return (self._treating or self.treating).covers(day)


def all_treating(staff: Sequence[Practitioner]) -> Stretches:
    """The days on which every one of them may treat. `staff` is not empty."""
    return staff[0].treating if len(staff) == 1 else in_all([person.treating for person in staff])


def enough_treating(staff: Sequence[Practitioner], persons: int) -> Stretches:
    """The days on which at least so many distinct ones of them may treat."""
    steps: dict[date, int] = {}
    for person in {person.id: person for person in staff}.values():
        for turn in person.treating.turns():
            steps[turn] = steps.get(turn, 0) + (1 if person.treats(turn) else -1)
    count = sum(person.treats(date.min) for person in {person.id: person for person in staff}.values())
    begin = date.min if count >= persons else None
    found: list[Stretch] = []
    for day in sorted(steps):
        count += steps[day]
        if begin is None and count >= persons:
            begin = day
        elif begin is not None and count < persons:
            found.append((begin, add_days(day, -1)))
            begin = None
    return Stretches([*found, (begin, None)] if begin is not None else found)


def scope_turns(staff: Iterable[Practitioner], scopes: Iterable[PractitionerScope], after: date) -> list[date]:
    """The days later than `after` on which one of them begins, or ceases, to hold one of the scopes."""
    wanted = tuple(scopes)
    return [turn for person in staff for scope in wanted for turn in person.held(scope).turns(after)]


class Institution:
    """An institution: level, kind and departments, the scopes it holds, its suspensions and reinstatements."""

    __slots__ = (
        "_barred", "_lifting", "_qualified", "_suspended", "departments", "id", "kind", "level", "qualified",
        "reinstated", "suspended",
    )  # fmt: skip

    def __init__(
        self,
        id: str,
        level: int | None = None,
        kind: InstitutionKind | None = None,
        departments: tuple[str, ...] = (),
    ) -> None:
        self.id = id
        self.level = level
        self.kind = kind
        self.departments = departments
        self.qualified: list[tuple[InstitutionScope, date, date | None]] = []
        # (at, place in the journal) tells which line was written before which
        self.suspended: list[tuple[tuple[datetime, int], date, date | None]] = []
        self.reinstated: list[tuple[datetime, int]] = []
        self._qualified: Stretches | None = None
        self._suspended: Highest[_Bar] | None = None
        self._barred: Highest[_Bar] | None = None
        self._lifting: list[tuple[datetime, int]] | None = None

    def is_qualified(self, day: date) -> bool:
        """Whether rehabilitation or tcm is held on the day."""
        return self._qualifying().covers(day)

    def is_suspended(self, at: datetime, day: date) -> bool:
        """Whether a suspension covers the day that no reinstatement written after it has lifted by the moment."""
        if self._suspended is None:
            self._suspended = Highest(self._suspensions(), _NOTHING)
        # Of the suspensions that cover the day, the one written last is the last to be lifted.
        return self._suspended.at(day) > self._lifted(at)

    def first_free(self, at: datetime, day: date) -> date | None:
        """The first day not before `day` on which it is qualified and not suspended, as things stand at the moment."""
        return self._barring().first(day, self._lifted(at))

    def turns(self) -> list[date]:
        """The days on which a scope or a suspension begins, or is over."""
        return self._barring().turns()

    def _qualifying(self) -> Stretches:
        if self._qualified is None:
            self._qualified = Stretches((begin, end) for _, begin, end in self.qualified)
        return self._qualified

    def _suspensions(self) -> Iterator[tuple[_Bar, date, date | None]]:
        return (((_SUSPENSION, *written), begin, end) for written, begin, end in self.suspended)

    def _barring(self) -> Highest[_Bar]:
        if self._barred is None:
            unqualified = ((_UNQUALIFIED, begin, end) for begin, end in self._qualifying().gaps())
            self._barred = Highest([*self._suspensions(), *unqualified], _NOTHING)
        return self._barred

    def _lifted(self, at: datetime) -> _Bar:
        """Suspensions written before this are lifted at the moment: the place of the latest reinstatement by then."""
        if self._lifting is None:
            self._lifting = sorted(self.reinstated)
        place = bisect_right(self._lifting, at, key=itemgetter(0))
        return (_SUSPENSION, *self._lifting[place - 1]) if place else _NOTHING
