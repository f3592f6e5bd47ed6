"""Reading `winner: dearest` with `together: overlapping`: who is paid of acts that meet one another in a chain.

Intervals make no groups: the first may meet the second, the second the third, and the first not the third. So each
act has a contest of its own, with all acts of both sides that it meets, those before it as well. Who of them would be
paid but for the exclusion is asked from the state before the first of them; what was denied since is out of the
running, what was paid was taken, and of the rest the dearest is taken first, if none taken forbids it.

The state before the first lies in the past of the case: a copy is kept while a chain goes on.

Source: spec/rules.md, reading `winner`.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from projections.rules.acts import Act

if TYPE_CHECKING:
    from projections.rules.case import PatientCase
    from projections.rules.clauses.exclusive import ExclusiveJudge


class Chain:
    """Acts that meet one another: the case as it stood before the first, what was paid since, the latest end."""

    __slots__ = ("before", "paid", "until")

    def __init__(self, before: "PatientCase", until: datetime) -> None:
        self.before = before
        self.paid: list[bool] = []
        self.until = until

    def go_on(self, act: Act, paid: bool, *, competes: bool) -> None:
        """An act was committed; of one of the sides, it carries the chain on."""
        self.paid.append(paid)
        if competes and act.end is not None:
            self.until = max(self.until, act.end)

    def copied(self) -> "Chain":
        """A chain that goes on by itself; the case before it is never moved on."""
        other = Chain(self.before, self.until)
        other.paid = list(self.paid)
        return other


def follow(clause: "ExclusiveJudge", case: "PatientCase", act: Act) -> None:
    """Keep the chain that the journal's next act belongs to, or begin one, right before the act is committed.

    Every act is committed, whatever was asked of it; so a chain does not depend on which clauses were.
    """
    sides = clause.own | clause.others
    chain = case.chains.get(sides)
    if chain is not None:
        if act.at <= chain.until:
            return
        del case.chains[sides]
    if case.rule_of(act) in sides and any(
        other is not act and case.rule_of(other) in sides for other in reached(case, act)
    ):
        case.chains[sides] = Chain(case.fork(), act.end or act.at)


def dearer(clause: "ExclusiveJudge", case: "PatientCase", act: Act) -> str | None:
    """The act of the other side that is taken before this one and meets it; None when this one need not give way."""
    sides = clause.own | clause.others
    ahead = list(reached(case, act)) if not act.presumed and case.is_next(act) else []
    if not any(case.rule_of(other) in clause.others for other in ahead):
        return None
    chain = case.chains.get(sides)
    if chain is None or act.at > chain.until:
        chain = Chain(case, act.at)  # the act is the first of its chain
    since = case.journal_from(chain.before)[: len(chain.paid)]
    first = next((k for k, other in enumerate(since) if _competes(case, sides, other, act)), len(since))
    fork = chain.before.fork(without=case.compiled.exclusions_between(sides))
    for other, paid in zip(since[:first], chain.paid, strict=False):
        fork.commit(other, paid)
    able: list[Act] = []
    for other in (*since[first:], *ahead):
        pays = fork.pays(other)
        fork.commit(other, pays)
        if pays and _competes(case, sides, other, act):
            able.append(other)
    fees = {other.id: case.evidence.fee_of(other.id) for other in able}
    if None not in fees.values():
        able.sort(key=lambda other: -(fees[other.id] or 0))  # stable: of equal fees the first
    taken = [
        other for other, paid in zip(since, chain.paid, strict=True) if paid and _competes(case, sides, other, act)
    ]
    for other in able:
        if other is act:
            break
        if other not in since and not any(_forbids(clause, case, one, other) for one in taken):
            taken.append(other)
    return next((one.id for one in taken if _forbids(clause, case, one, act)), None)


def reached(case: "PatientCase", act: Act) -> Iterator[Act]:
    """The journal's next act, which is `act`, and those after it that start before it ends, of whatever item."""
    for other in case.ahead():
        if other is not act and not meet(act, other):
            return
        yield other


def meet(earlier: Act, later: Act) -> bool:
    """Whether the two half-open intervals meet; acts that start at the same instant always do."""
    return earlier.at == later.at or (earlier.end is not None and later.at < earlier.end)


def _competes(case: "PatientCase", sides: frozenset[int], other: Act, act: Act) -> bool:
    """Whether the other is in the contest of the act: of one of the sides, and together with it."""
    if case.rule_of(other) not in sides:
        return False
    return other is act or (meet(other, act) if other.at <= act.at else meet(act, other))


def _forbids(clause: "ExclusiveJudge", case: "PatientCase", one: Act, other: Act) -> bool:
    """Whether the one, if paid, excludes the other: they are of two sides, and together."""
    if (case.rule_of(one) in clause.own) == (case.rule_of(other) in clause.own):
        return False
    return meet(one, other) if one.at <= other.at else meet(other, one)
