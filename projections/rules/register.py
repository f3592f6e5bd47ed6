"""Who and where: practitioners and institutions, and what they may do on a given day.

`valid_from` and `valid_until` decide, both days inclusive, not when a line was written.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from ledger.treatment.values import InstitutionKind, InstitutionScope, PractitionerScope, Profession
from projections.rules.calendar import add_days

TREATING = ("rehabilitation", "tcm")
"""The scopes that let somebody, or an institution, give the treatments of the notice (二.1, 二.2)."""


class Practitioner:
    """A member of staff with the scopes held, each from a day to a day (or with no end)."""

    __slots__ = ("id", "profession", "scopes")

    def __init__(self, id: str, profession: Profession | None = None) -> None:
        self.id = id
        self.profession = profession
        self.scopes: list[tuple[PractitionerScope, date, date | None]] = []

    def holds(self, scope: PractitionerScope, day: date) -> bool:
        """Whether the scope is held on the day."""
        return any(held == scope and begin <= day and (end is None or day <= end) for held, begin, end in self.scopes)

    def treats(self, day: date) -> bool:
        """Whether rehabilitation or tcm is held on the day."""
        for held, begin, end in self.scopes:
            if held in TREATING and begin <= day and (end is None or day <= end):
                return True
        return False

    def turns(self) -> Iterator[date]:
        """The days on which a scope begins to be held, or no longer is."""
        return _turns(self.scopes)


class Institution:
    """An institution: level, kind and departments, the scopes it holds, its suspensions and reinstatements."""

    __slots__ = ("departments", "id", "kind", "level", "qualified", "reinstated", "suspended")

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

    def is_qualified(self, day: date) -> bool:
        """Whether rehabilitation or tcm is held on the day."""
        return any(begin <= day and (end is None or day <= end) for _, begin, end in self.qualified)

    def is_suspended(self, at: datetime, day: date) -> bool:
        """Whether a suspension covers the day that no reinstatement written after it has lifted by the moment."""
        for written, begin, end in self.suspended:
            if begin <= day and (end is None or day <= end):
                lifted = any(place[0] <= at and written < place for place in self.reinstated)
                if not lifted:
                    return True
        return False

    def turns(self) -> Iterator[date]:
        """The days on which a scope or a suspension begins, or is over."""
        yield from _turns(self.qualified)
        yield from _turns(self.suspended)


def _turns(stretches: Sequence[tuple[object, date, date | None]]) -> Iterator[date]:
    """The first day of each stretch, and the day after its last."""
    for _, begin, end in stretches:
        yield begin
        if end is not None:
            yield add_days(end, 1)
