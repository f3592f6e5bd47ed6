"""9.link: 所列康复项目在具体实施中涉及的 — an assessment of daily living belongs to a training of the list."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from operator import attrgetter
from typing import TYPE_CHECKING

from ledger.treatment.values import HOME, at_home
from projections.rules import schema
from projections.rules.acts import Act, Order, Person
from projections.rules.calendar import add_days
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
        latest: Order | None = None
        for order in self._seen(case, act):
            if in_force_on(order, act):
                return self.finding(True, observed={"prescription": order.sheet.id, "item": order.item})
            latest = latest or order
        if latest is None:
            return self.finding(False, observed={"prescription": NOT_RECORDED})
        problem = "stopped" if _stopped(latest, act) is not None else "past valid_until"
        return self.finding(False, observed={"prescription": latest.sheet.id, "item": latest.item, "problem": problem})

    def turns(self, case: "PatientCase", act: Act, view: EpisodeView) -> Iterable[date]:
        for order in () if self._named else self._seen(case, act):
            if in_force_on(order, act):
                if _stopped(order, act) is not None:
                    yield add_days(act.day, 1)  # in force until some time of the act's day
                if order.sheet.valid_until is not None:
                    yield add_days(order.sheet.valid_until, 1)

    def _seen(self, case: "PatientCase", act: Act) -> Iterator[Order]:
        """The orders for trainings among those seen."""
        return (order for order in seen_orders(case.person, act) if order.item in self._trainings)


_ISSUED = attrgetter("sheet.issued_day")


def seen_orders(person: Person, act: Act) -> Iterator[Order]:
    """The orders issued by the end of the day up to which the act sees, the newest first: it is the likeliest to be in
    force.
    """
    orders = person.orders
    return (orders[k] for k in range(bisect_right(orders, act.seen.date(), key=_ISSUED) - 1, -1, -1))


def _stopped(order: Order, act: Act) -> datetime | None:
    """When the order was stopped, if that is seen by the end of the day up to which the act sees."""
    stopped = order.stopped
    return stopped if stopped is not None and at_home(stopped).date() <= act.seen.date() else None


def in_force_on(order: Order, act: Act) -> bool:
    """Whether the order is in force at some time of the act's day: issued by its end, not ended before its begin."""
    sheet = order.sheet
    if sheet.valid_until is not None and sheet.valid_until < act.day:
        return False
    stopped = _stopped(order, act)
    midnight = datetime(act.day.year, act.day.month, act.day.day, tzinfo=HOME)
    return stopped is None or stopped > max(sheet.issued, midnight)
