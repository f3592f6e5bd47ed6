"""支付总年限: no more than so many years in all, whatever the episode (cerebral palsy in the national items of 2010).

Which years count, those with a paid act or all since the first, the words do not say: reading `years_in_all`.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING

from projections.rules import schema
from projections.rules.acts import Act
from projections.rules.calendar import add_days, add_years
from projections.rules.clauses.clause import ClauseJudge
from projections.rules.decision import Finding
from projections.rules.episode import EpisodeView

if TYPE_CHECKING:
    from projections.rules.case import PatientCase


class _Years:
    """The calendar years with a paid act: the first paid act of each, and the very first day."""

    __slots__ = ("acts", "begun", "first")

    def __init__(self, first: date) -> None:
        self.first = first
        self.begun: list[int] = []
        self.acts: list[str] = []


class YearsJudge(ClauseJudge):
    """Calendar years with a paid act, or the time since the first; an act in a year already used uses no other."""

    __slots__ = ("_elapsed", "_max")

    def __init__(self, words: schema.YearsClause, slot: int, rule: int, choice: Mapping[str, str]) -> None:
        super().__init__(words, slot, rule, choice)
        self._max = words.max
        self._elapsed = choice["years_in_all"] == "elapsed"

    def judge(self, case: "PatientCase", act: Act, view: EpisodeView) -> Finding:
        years: _Years | None = case.cells.get((self.slot, None))
        if years is None:
            return self.finding(True, 0, self._max, "year", readings={})
        if self._elapsed:
            past = add_years(years.first, self._max)
            used, limit = (act.day - years.first).days, (past - years.first).days
            return self.finding(
                act.day < past, used, limit, "day", (years.first, add_days(past, -1)), tuple(years.acts[:1])
            )
        used = len(years.begun)
        return self.finding(
            used < self._max or act.day.year == years.begun[-1],
            used,
            self._max,
            "year",
            (years.first, act.day),
            tuple(years.acts),
            {"years": ", ".join(map(str, years.begun))},
        )

    def turns(self, case: "PatientCase", act: Act, view: EpisodeView) -> Iterable[date]:
        """The end of the years since the first; or of the last year that is paid in, when all are used."""
        years: _Years | None = case.cells.get((self.slot, None))
        if years is None:
            return ()
        if self._elapsed:
            return (add_years(years.first, self._max),)
        return (add_years(date(act.day.year, 1, 1), 1),)

    def paid(self, case: "PatientCase", act: Act) -> None:
        years: _Years | None = case.cells.get((self.slot, None))
        if years is None:
            years = case.cells[(self.slot, None)] = _Years(act.day)
        if not years.begun or years.begun[-1] != act.day.year:  # acts come in order of time
            years.begun.append(act.day.year)
            years.acts.append(act.id)
