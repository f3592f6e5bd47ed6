"""25.mode: 以个别化训练为主要方式."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from projections.rules import schema
from projections.rules.acts import Act
from projections.rules.clauses.clause import ClauseJudge, episode_scope
from projections.rules.decision import Finding
from projections.rules.episode import EpisodeView

if TYPE_CHECKING:
    from projections.rules.case import PatientCase


class ModeJudge(ClauseJudge):
    """Individual, or (mainly) more than half of the paid acts of the rule in the episode, this one included."""

    __slots__ = ("_mainly", "_scope")

    def __init__(self, words: schema.ModeClause, slot: int, rule: int, choice: Mapping[str, str]) -> None:
        super().__init__(words, slot, rule, choice)
        self._mainly = choice["individual"] == "mainly"
        self._scope = episode_scope(choice)

    def judge(self, case: "PatientCase", act: Act, view: EpisodeView) -> Finding:
        individual, all_ = case.cells.get((self.slot, self._scope(case, act)), (0, 0))
        holds = act.mode == "individual" or (self._mainly and 2 * individual > all_ + 1)
        return self.finding(holds, observed={"mode": act.mode, "paid_individual": individual, "paid": all_})

    def paid(self, case: "PatientCase", act: Act) -> None:
        key = (self.slot, self._scope(case, act))
        individual, all_ = case.cells.get(key, (0, 0))
        case.cells[key] = (individual + (act.mode == "individual"), all_ + 1)
