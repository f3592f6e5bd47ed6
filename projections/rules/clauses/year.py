"""3.year: 7岁以前每年支付累计不超过6个月, 7岁以后每年支付累计不超过3个月."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING

from projections.rules import schema
from projections.rules.acts import Act
from projections.rules.calendar import (
    ROLLING_YEAR,
    YEARS,
    add_days,
    add_years,
    first_of_month,
    first_of_next_month,
)
from projections.rules.clauses.clause import ClauseJudge
from projections.rules.decision import NOT_RECORDED, Finding
from projections.rules.episode import EpisodeView

if TYPE_CHECKING:
    from projections.rules.case import PatientCase

DAYS_OF_A_MONTH = 30
_LONGEST_YEAR = 366


class _Units:
    """The months (or days) with paid acts, in order of time: the last paid day of each, and its first act.

    Two lists and nothing more, because with paid days there are up to 180 of them.
    """

    __slots__ = ("acts", "last")

    def __init__(self) -> None:
        self.last: list[date] = []
        self.acts: list[str] = []


class YearJudge(ClauseJudge):
    """Months (or days) used within the year that the act lies in; one already used within it uses no other."""

    __slots__ = ("_begin", "_birthday", "_by_day", "_fresh", "_from", "_rolling", "_until", "_young_readings")

    def __init__(self, words: schema.YearClause, slot: int, rule: int, choice: Mapping[str, str]) -> None:
        super().__init__(words, slot, rule, choice)
        self._by_day = choice["month_unit"] == "30_paid_days"
        factor = DAYS_OF_A_MONTH if self._by_day else 1
        self._until = words.months_before * factor
        self._from = words.months_from * factor
        self._birthday = words.birthday
        self._fresh = choice["turning_7"] == "fresh_counter"
        self._begin = YEARS[choice["year"]]
        self._rolling = choice["year"] == "rolling_365"
        self._young_readings = self.without("turning_7")

    def judge(self, case: "PatientCase", act: Act, view: EpisodeView) -> Finding:
        born = case.person.born
        if born is None:
            return self.finding(False, observed={"born": NOT_RECORDED}, readings={})
        units: _Units = case.cells.get((self.slot, None)) or _Units()
        turning = add_years(born, self._birthday)
        begin, first, limit = self._at(units, act.day, turning)
        used = len(units.last) - first
        return self.finding(
            used < limit or self._is_used(units, first, act.day),
            used,
            limit,
            "day" if self._by_day else "month",
            (begin, act.day),
            tuple(units.acts[first:]),
            {"born": born.isoformat()},
            None if act.day >= turning else self._young_readings,
        )

    def _at(self, units: _Units, day: date, turning: date) -> tuple[date, int, int]:
        """On a day: the year's first day that counts, the place of the first unit used, how many there may be."""
        begin = self._begin(day)
        older = day >= turning
        if older and self._fresh:
            begin = max(begin, turning)
        return begin, bisect_left(units.last, begin), self._from if older else self._until

    def _is_used(self, units: _Units, first: int, day: date) -> bool:
        """Whether the day's own unit is among those used; nothing is later than it."""
        return len(units.last) > first and self._key(units.last[-1]) == self._key(day)

    def turns(self, case: "PatientCase", act: Act, view: EpisodeView) -> Iterable[date]:
        born = case.person.born
        if born is None:
            return
        day = act.day
        yield add_years(born, self._birthday)
        yield add_days(day, 1) if self._by_day else first_of_next_month(day)  # a unit already used is over
        if not self._rolling:
            yield self._begin(add_years(day, 1))
            return
        units: _Units = case.cells.get((self.slot, None)) or _Units()
        for limit in (self._until, self._from):
            # The count sinks below the limit when the unit leaves that has so many, with itself, from it to the last.
            if len(units.last) >= limit:
                yield add_days(units.last[-limit], ROLLING_YEAR)

    def _key(self, day: date) -> date:
        return day if self._by_day else first_of_month(day)

    def paid(self, case: "PatientCase", act: Act) -> None:
        units: _Units = case.cells.setdefault((self.slot, None), _Units())
        if units.last and self._key(units.last[-1]) == self._key(act.day):
            units.last[-1] = act.day
            return
        gone = bisect_left(units.last, add_days(act.day, -_LONGEST_YEAR))
        del units.last[:gone], units.acts[:gone]
        units.last.append(act.day)
        units.acts.append(act.id)
