"""41.open: an item whose text is blank, or whose limit was not found. Nothing is invented; the reading decides."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from projections.rules import schema
from projections.rules.acts import Act
from projections.rules.clauses.clause import ClauseJudge
from projections.rules.decision import Finding
from projections.rules.episode import EpisodeView

if TYPE_CHECKING:
    from projections.rules.case import PatientCase


class OpenJudge(ClauseJudge):
    """Payable, or not, as the reading `no_text` has it."""

    __slots__ = ("_finding",)

    def __init__(self, words: schema.OpenClause, slot: int, rule: int, choice: Mapping[str, str]) -> None:
        super().__init__(words, slot, rule, choice)
        text = words.note or ("as quoted" if words.quote else "blank")
        self._finding = self.finding(choice["no_text"] == "payable", observed={"text": text})

    def judge(self, case: "PatientCase", act: Act, view: EpisodeView) -> Finding:
        return self._finding
