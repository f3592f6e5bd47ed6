"""截肢肢体综合训练: so many days for the upper limbs and so many for the lower (the national items of 2016).

Which limb is trained, the order's site says (部位, annex 2 of the notice on records): 上肢 or 下肢, upper or lower. A
site that names neither leaves nothing to count by, and the clause fails: a limit nobody can check is not kept.
"""

import re
from collections.abc import Hashable, Iterable, Mapping
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

# 上肢, 上下肢, 上、下肢; and so that 以上 or 手上 say nothing, what follows 上 has to lead to 肢.
_UPPER = re.compile(r"上[、，,/及和与\s]*下?\s*肢|\bupper\b", re.IGNORECASE)
_LOWER = re.compile(r"下[、，,/及和与\s]*上?\s*肢|\blower\b", re.IGNORECASE)


class _Days:
    """The paid days of one limb within a container: the first act of each, and the first and last of the days."""

    __slots__ = ("acts", "first", "last")

    def __init__(self, day: date) -> None:
        self.acts: list[str] = []
        self.first = day
        self.last = day


class LimbDaysJudge(ClauseJudge):
    """Paid days (or days since the first) for each limb; an act on both has to be within both, and uses both."""

    __slots__ = ("_elapsed", "_first_readings", "_max", "_scope", "_turns")

    def __init__(self, words: schema.LimbDaysClause, slot: int, rule: int, choice: Mapping[str, str]) -> None:
        super().__init__(words, slot, rule, choice)
        self._max = {"upper": words.upper, "lower": words.lower}
        self._elapsed = choice["day_unit"] == "elapsed"
        self._scope = container_scope(choice)
        self._turns = container_turns(choice)
        self._first_readings = self.without("day_unit")  # it asks what was paid before

    def judge(self, case: "PatientCase", act: Act, view: EpisodeView) -> Finding:
        site = act.order.site if act.order is not None else ""
        limbs = limbs_of(site)
        seen: Observed = {"site": site or NOT_RECORDED, "limb": " and ".join(limbs) or NOT_RECORDED}
        if not limbs and act.presumed:
            # Nobody has ordered it yet: the limb that has more left, for one more may be of that.
            limbs = (max(self._max, key=lambda limb: self._left(case, act, limb)),)
            seen = {"limb": limbs[0], "presumed": True}
        if not limbs:
            return self.finding(False, observed=seen, readings={})
        # Of two limbs the one that denies, else the one nearer to its limit, is what the finding counts.
        told = min(limbs, key=lambda limb: (self._within(case, act, limb), self._left(case, act, limb)))
        days = self._days(case, act, told)
        return self.finding(
            self._within(case, act, told),
            self._used(case, act, told),
            self._max[told],
            "day",
            (days.first, days.last) if days is not None else None,
            tuple(days.acts) if days is not None else (),
            seen,
            self.readings if days is not None else self._first_readings,
        )

    def _days(self, case: "PatientCase", act: Act, limb: str) -> _Days | None:
        days: _Days | None = case.cells.get((self.slot, (self._scope(case, act), limb)))
        return days

    def _used(self, case: "PatientCase", act: Act, limb: str) -> int:
        days = self._days(case, act, limb)
        if days is None:
            return 0
        return (act.day - days.first).days if self._elapsed else len(days.acts)

    def _left(self, case: "PatientCase", act: Act, limb: str) -> int:
        return self._max[limb] - self._used(case, act, limb)

    def _within(self, case: "PatientCase", act: Act, limb: str) -> bool:
        days = self._days(case, act, limb)
        if days is not None and not self._elapsed and act.day == days.last:
            return True
        return self._used(case, act, limb) < self._max[limb]

    def turns(self, case: "PatientCase", act: Act, view: EpisodeView) -> Iterable[date]:
        yield from self._turns(case, act)
        yield add_days(act.day, 1)  # a day already paid is over
        for limb, most in self._max.items():
            days = self._days(case, act, limb)
            if self._elapsed and days is not None:
                yield add_days(days.first, most)

    def paid(self, case: "PatientCase", act: Act) -> None:
        for limb in limbs_of(act.order.site if act.order is not None else ""):
            key: tuple[int, Hashable] = (self.slot, (self._scope(case, act), limb))
            days: _Days | None = case.cells.get(key)
            if days is None:
                days = case.cells[key] = _Days(act.day)
            if not days.acts or days.last != act.day:
                days.last = act.day
                days.acts.append(act.id)


def limbs_of(site: str) -> tuple[str, ...]:
    """The limbs that a site names: upper, lower, both or neither; in Chinese or English."""
    return tuple(limb for limb, named in (("upper", _UPPER), ("lower", _LOWER)) if named.search(site))
