"""N.gap: 2次间隔时间不短于14天."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING

from projections.rules import schema
from projections.rules.acts import Act
from projections.rules.calendar import add_days
from projections.rules.clauses.clause import ClauseJudge
from projections.rules.decision import Finding
from projections.rules.episode import EpisodeView

if TYPE_CHECKING:
    from projections.rules.case import PatientCase


class GapJudge(ClauseJudge):
    """So many days since the last paid (or performed) act of the rule, over all institutions or within one."""

    __slots__ = ("_by_institution", "_days", "_from_performed")

    def __init__(self, words: schema.GapClause, slot: int, rule: int, choice: Mapping[str, str]) -> None:
        super().__init__(words, slot, rule, choice)
        self._days = words.days[choice["gap_measure"]]
        self._from_performed = choice["gap_from"] == "last_performed"
        self._by_institution = choice["gap_scope"] == "institution"

    def _key(self, act: Act) -> tuple[int, str | None]:
        return (self.slot, act.institution.id if self._by_institution else None)

    def judge(self, case: "PatientCase", act: Act, view: EpisodeView) -> Finding:
        last: tuple[date, str] | None = case.cells.get(self._key(act))
        if last is None:
            return self.finding(True, limit=self._days, unit="day")
        since = (act.day - last[0]).days
        return self.finding(
            since >= self._days,
            None,
            self._days,
            "day",
            (last[0], act.day),
            (last[1],),
            {"days_since_last": since},
        )

    def turns(self, case: "PatientCase", act: Act, view: EpisodeView) -> Iterable[date]:
        last: tuple[date, str] | None = case.cells.get(self._key(act))
        return () if last is None else (add_days(last[0], self._days),)

    def performed(self, case: "PatientCase", act: Act) -> None:
        if self._from_performed:
            case.cells[self._key(act)] = (act.day, act.id)

    def paid(self, case: "PatientCase", act: Act) -> None:
        case.cells[self._key(act)] = (act.day, act.id)
