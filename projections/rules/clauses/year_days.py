"""每年支付不超过90天: so many paid days a year (occupational therapy of the mentally ill in the national items)."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING

from projections.rules import schema
from projections.rules.acts import Act
from projections.rules.calendar import YEARS, add_days, years_after
from projections.rules.clauses.clause import ClauseJudge
from projections.rules.decision import Finding
from projections.rules.episode import EpisodeView

if TYPE_CHECKING:
    from projections.rules.case import PatientCase

_LONGEST_YEAR = 366


class _Days:
    """The paid days of the last year, ascending, and the first paid act of each."""

    __slots__ = ("acts", "days")

    def __init__(self) -> None:
        self.days: list[date] = []
        self.acts: list[str] = []


class YearDaysJudge(ClauseJudge):
    """Distinct paid days within the year that the act lies in; a day already paid uses no new one."""

    __slots__ = ("_max", "_year")

    def __init__(self, words: schema.YearDaysClause, slot: int, rule: int, choice: Mapping[str, str]) -> None:
        super().__init__(words, slot, rule, choice)
        self._max = words.max
        self._year = choice["year"]

    def judge(self, case: "PatientCase", act: Act, view: EpisodeView) -> Finding:
        paid: _Days = case.cells.get((self.slot, None)) or _Days()
        begin = YEARS[self._year](act.day)
        first = bisect_left(paid.days, begin)
        used = len(paid.days) - first
        return self.finding(
            used < self._max or paid.days[-1] == act.day,
            used,
            self._max,
            "day",
            (begin, act.day),
            tuple(paid.acts[first:]),
        )

    def turns(self, case: "PatientCase", act: Act, view: EpisodeView) -> Iterable[date]:
        """The next day, when the act's own is used already; another year; days that fall out of the 365."""
        paid: _Days = case.cells.get((self.slot, None)) or _Days()
        return [add_days(act.day, 1), *years_after(act.day, paid.days, self._year)]

    def paid(self, case: "PatientCase", act: Act) -> None:
        paid: _Days = case.cells.setdefault((self.slot, None), _Days())
        if paid.days and paid.days[-1] == act.day:
            return
        gone = bisect_left(paid.days, add_days(act.day, -_LONGEST_YEAR))
        del paid.days[:gone], paid.acts[:gone]
        paid.days.append(act.day)
        paid.acts.append(act.id)
