"""16.days, 21.days, 22.days: so many paid days, for item 21 by the severity of the patient."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING

from projections.rules import schema
from projections.rules.acts import Act
from projections.rules.calendar import add_days
from projections.rules.clauses.clause import ClauseJudge, container_scope, container_turns
from projections.rules.decision import NOT_RECORDED, Finding, Observed
from projections.rules.episode import EpisodeView

if TYPE_CHECKING:
    from projections.rules.case import PatientCase


class _Days:
    """The paid days of a container: the first act of each, and the severity in force at the very first."""

    __slots__ = ("acts", "first", "last", "severity")

    def __init__(self, act: Act, severity: str | None) -> None:
        self.acts = [act.id]
        self.first = act.day
        self.last = act.day
        self.severity = severity


class DaysJudge(ClauseJudge):
    """Distinct paid days (or days since the first) within a container; a day already paid uses no new one."""

    __slots__ = ("_at_first", "_by_severity", "_elapsed", "_first_readings", "_max", "_scope", "_severity", "_turns")

    def __init__(self, words: schema.DaysClause, slot: int, rule: int, choice: Mapping[str, str]) -> None:
        super().__init__(words, slot, rule, choice)
        self._max = words.max
        self._severity = words.severity
        self._by_severity: dict[str, int] = {str(degree): days for degree, days in words.max_by.items()}
        self._at_first = words.severity is not None and choice["severity_at"] == "first_session"
        self._elapsed = choice["day_unit"] == "elapsed"
        self._scope = container_scope(choice)
        self._turns = container_turns(choice)
        self._first_readings = self.without("day_unit", "severity_at")  # these ask what was paid before

    def judge(self, case: "PatientCase", act: Act, view: EpisodeView) -> Finding:
        days: _Days | None = case.cells.get((self.slot, self._scope(case, act)))
        limit, observed = self._limit(days, view)
        if days is None:
            return self.finding(limit is not None, 0, limit, "day", None, (), observed, self._first_readings)
        used = (act.day - days.first).days if self._elapsed else len(days.acts)
        holds = limit is not None and (used < limit or (not self._elapsed and act.day == days.last))
        return self.finding(holds, used, limit, "day", (days.first, days.last), tuple(days.acts), observed)

    def turns(self, case: "PatientCase", act: Act, view: EpisodeView) -> Iterable[date]:
        yield from self._turns(case, act)
        days: _Days | None = case.cells.get((self.slot, self._scope(case, act)))
        if days is not None and not self._elapsed:
            yield add_days(act.day, 1)  # a day already paid is over
        elif days is not None:
            limit, _ = self._limit(days, view)
            yield add_days(days.first, limit or 0)

    def _limit(self, days: _Days | None, view: EpisodeView) -> tuple[int | None, Observed]:
        """How many days there may be; none where the severity that decides was never recorded."""
        if self._severity is None:
            return self._max, {}
        degree = days.severity if self._at_first and days is not None else self._degree(view)
        return self._by_severity.get(degree or ""), {self._severity: degree or NOT_RECORDED}

    def _degree(self, view: EpisodeView) -> str | None:
        degree = view.findings.get(self._severity or "")
        return degree if isinstance(degree, str) else None

    def paid(self, case: "PatientCase", act: Act) -> None:
        key = (self.slot, self._scope(case, act))
        days: _Days | None = case.cells.get(key)
        if days is None:
            case.cells[key] = _Days(act, self._degree(case.view(act)))
        elif days.last != act.day:
            days.last = act.day
            days.acts.append(act.id)
