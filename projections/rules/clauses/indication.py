"""N.ind, 24.goal: what has to have been found of the patient (限…的患者)."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from projections.rules import schema
from projections.rules.acts import Act
from projections.rules.clauses.clause import ClauseJudge
from projections.rules.decision import ABSENT, NOT_RECORDED, RECORDED, Finding, Observed
from projections.rules.episode import EpisodeView

if TYPE_CHECKING:
    from projections.rules.case import PatientCase


class IndicationJudge(ClauseJudge):
    """All of some findings, any one (or all) of others, a severity of a degree: in force at the act, in its episode."""

    __slots__ = ("_all", "_among", "_asked", "_enough", "_known", "_severity", "_some")

    def __init__(self, words: schema.FindingsClause, slot: int, rule: int, choice: Mapping[str, str]) -> None:
        super().__init__(words, slot, rule, choice)
        self._all = tuple(words.all)
        self._some = tuple(words.some)
        self._enough = all if words.reading and choice[words.reading] == "all" else any
        self._severity = words.severity
        self._among = frozenset(words.among)
        self._asked = (*words.all, *words.some, *((words.severity,) if words.severity else ()))
        # What is found of a few names takes few values, the same for many patients: each is worded once.
        self._known: dict[tuple[bool | str | None, ...], Finding] = {}

    def judge(self, case: "PatientCase", act: Act, view: EpisodeView) -> Finding:
        found = view.findings
        seen = tuple(map(found.get, self._asked))
        finding = self._known.get(seen)
        if finding is None:
            finding = self._known[seen] = self._judge(found)
        return finding

    def _judge(self, found: Mapping[str, bool | str]) -> Finding:
        holds = all(found.get(name) is True for name in self._all)
        if self._some:
            holds = holds and self._enough(found.get(name) is True for name in self._some)
        observed: Observed = {name: _seen(found.get(name)) for name in (*self._all, *self._some)}
        if self._severity is not None:
            degree = found.get(self._severity)
            holds = holds and degree in self._among
            observed[self._severity] = degree if isinstance(degree, str) else NOT_RECORDED
        return self.finding(holds, observed=observed)


def _seen(value: bool | str | None) -> str:
    if value is None:
        return NOT_RECORDED
    return RECORDED if value else ABSENT
