"""9.link: 所列康复项目在具体实施中涉及的 — an assessment of daily living belongs to a training of the list."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from ledger.treatment.values import HOME
from projections.rules import schema
from projections.rules.acts import Act, Order
from projections.rules.clauses.clause import ClauseJudge
from projections.rules.decision import NOT_RECORDED, Finding
from projections.rules.episode import EpisodeView

if TYPE_CHECKING:
    from projections.rules.case import PatientCase


class LinkJudge(ClauseJudge):
    """A prescription of a training is in force at some time of that day, or the assessment names the training."""

    __slots__ = ("_named", "_trainings")

    def __init__(
        self,
        words: schema.LinkClause,
        slot: int,
        rule: int,
        choice: Mapping[str, str],
        trainings: frozenset[str],
    ) -> None:
        super().__init__(words, slot, rule, choice)
        self._named = choice["adl_link"] == "named"
        self._trainings = trainings

    def judge(self, case: "PatientCase", act: Act, view: EpisodeView) -> Finding:
        if self._named:
            return self.finding(
                act.presumed or act.serves in self._trainings,
                observed={"serves": act.serves or NOT_RECORDED},
            )
        # The newest sheet is the likeliest to be in force, so it is asked first.
        for order in reversed(case.person.orders):
            if order.item in self._trainings and _in_force_on(order, act):
                return self.finding(True, observed={"prescription": order.sheet.id, "item": order.item})
        return self.finding(False, observed={"prescription": NOT_RECORDED})


def _in_force_on(order: Order, act: Act) -> bool:
    """Whether the order is in force at some time of the act's day: issued by its end, not ended before its begin."""
    sheet = order.sheet
    if sheet.issued_day > act.day or (sheet.valid_until is not None and sheet.valid_until < act.day):
        return False
    midnight = datetime(act.day.year, act.day.month, act.day.day, tzinfo=HOME)
    return order.stopped is None or order.stopped > max(sheet.issued, midnight)
