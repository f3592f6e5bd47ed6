"""25.mode: 以个别化训练为主要方式."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING

from projections.rules import schema
from projections.rules.acts import Act
from projections.rules.clauses.clause import ClauseJudge, episode_scope, episode_turns
from projections.rules.decision import Finding, Observed
from projections.rules.episode import EpisodeView

if TYPE_CHECKING:
    from projections.rules.case import PatientCase


class ModeJudge(ClauseJudge):
    """Individual, or (mainly) more than half of the paid acts of the rule in the episode, this one included."""

    __slots__ = ("_each_readings", "_mainly", "_scope", "_turns")

    def __init__(self, words: schema.ModeClause, slot: int, rule: int, choice: Mapping[str, str]) -> None:
        super().__init__(words, slot, rule, choice)
        self._mainly = choice["individual"] == "mainly"
        self._scope = episode_scope(choice)
        self._turns = episode_turns(choice)
        self._each_readings = self.without("episode")

    def judge(self, case: "PatientCase", act: Act, view: EpisodeView) -> Finding:
        if act.mode == "individual":
            return self.finding(True, observed={"mode": act.mode}, readings={})
        if not self._mainly:
            return self.finding(False, observed={"mode": act.mode}, readings=self._each_readings)
        individual, all_ = case.cells.get((self.slot, self._scope(case, act)), (0, 0))
        observed: Observed = {"mode": act.mode, "paid_individual": individual, "paid": all_}
        return self.finding(2 * individual > all_ + 1, observed=observed)

    def turns(self, case: "PatientCase", act: Act, view: EpisodeView) -> Iterable[date]:
        return self._turns(case, act)

    def paid(self, case: "PatientCase", act: Act) -> None:
        key = (self.slot, self._scope(case, act))
        individual, all_ = case.cells.get(key, (0, 0))
        case.cells[key] = (individual + (act.mode == "individual"), all_ + 1)
