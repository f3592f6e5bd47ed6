"""How a patient stands with one item at a moment: the answer, put together from what the judge says.

Of the record only the institution is asked, for the rest of an act that nobody has given yet cannot be wrong.
"""

from collections.abc import Sequence
from datetime import date, datetime

import msgspec

from ledger.treatment.facts import AssessmentRecorded
from projections.eligibility.extensions import ExtensionState
from projections.eligibility.gates import GateState
from projections.eligibility.limits import Counter
from projections.eligibility.pace import Pace, forecast, pace_of
from projections.eligibility.warnings import LimitWarning
from projections.eligibility.watching import watch
from projections.rules.acts import Act
from projections.rules.decision import Decision
from projections.rules.judge import Case
from projections.rules.rulebook import Rulebook


class LastAssessment(msgspec.Struct, frozen=True, kw_only=True):
    """The latest that was performed, paid or not. Of an assessment item: the patient's last of that item. Of a
    training: the last of the course of disease, charged or not. `item` and `outcome` are null where not recorded;
    `name` is the item's in the rulebook, null where it has none."""

    assessment: str
    at: datetime
    item: str | None
    name: str | None
    outcome: str | None


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How a patient stands with one item at a moment, in one course of disease (`episode`, null: none declared yet).

    `payable`: whether one more now would be. `next_payable_on`: the first day on which one would be paid if nothing
    were done or found until then; null where no waiting helps. `pace`: how often it was paid of late (null: not at
    all in 28 days). `had`: whether acts of the item were paid, ever.
    `gates` and `extensions`: the assessments that are asked for. `decision` is the judge's whole
    answer, for `explain`.
    """

    patient: str
    item: str
    name: str
    rule: int | None
    at: datetime
    episode: str | None
    payable: bool
    denied_by: tuple[str, ...]
    counters: tuple[Counter, ...]
    pace: Pace | None
    gates: tuple[GateState, ...]
    extensions: tuple[ExtensionState, ...]
    warnings: tuple[LimitWarning, ...]
    last_assessment: LastAssessment | None
    had: bool
    next_payable_on: date | None
    decision: Decision

    @property
    def used(self) -> bool:
        """Whether the patient was paid an act of the item, or acts of others count against some limit of it."""
        return self.had or any(finding.counted for finding in self.decision.findings if finding.limit is not None)


def standing_of(
    case: Case, asked: Act, rulebook: Rulebook, paid: Sequence[Act], made: Sequence[AssessmentRecorded]
) -> Standing:
    """How the patient of a case stands with the act asked about.

    `paid` are the patient's paid acts up to now, of whatever item; `made` the assessments that were performed.
    """
    decision = case.decide(asked)
    item = rulebook.by_slug[asked.item]
    own = [act for act in paid if rulebook.by_slug.get(act.item) is item]
    seen = watch(case, asked, decision, rulebook)
    pace = pace_of(own, asked.day)
    ahead = {limit.finding.clause for limit in seen.limits if not limit.daily}
    reached = forecast(case, asked, decision, own, pace, ahead)
    return Standing(
        patient=asked.patient,
        item=asked.item,
        name=item.name,
        rule=decision.rule,
        at=asked.at,
        episode=asked.episode or None,
        payable=decision.payable,
        denied_by=decision.denied_by,
        counters=tuple(limit.counter(asked.day, reached.get(limit.finding.clause)) for limit in seen.limits),
        pace=pace,
        gates=seen.gates,
        extensions=seen.extensions,
        warnings=seen.warnings,
        last_assessment=_last_assessment(made, asked, rulebook),
        had=bool(own),
        next_payable_on=case.next_payable_on(asked),
        decision=decision,
    )


def _last_assessment(made: Sequence[AssessmentRecorded], asked: Act, rulebook: Rulebook) -> LastAssessment | None:
    same = rulebook.by_slug[asked.item]
    seen = [
        fact
        for fact in made
        if (fact.item == same.slug if same.kind == "assessment" else fact.episode == asked.episode)
        and fact.at <= asked.at
    ]
    last = max(seen, key=lambda fact: fact.at, default=None)
    if last is None:
        return None
    known = rulebook.by_slug.get(last.item or "")
    name = known.name if known is not None else None
    return LastAssessment(assessment=last.assessment, at=last.at, item=last.item, name=name, outcome=last.outcome)
