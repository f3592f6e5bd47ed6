"""Reading `winner: dearest`: of the acts of both sides that are together, the one with the highest fee is paid.

Whether an act to come would be paid is asked of a fork of the case that goes on without the exclusion. Where being
together makes groups (a day, an episode), the group's winner is settled once, at its first act, so that the acts of
the losing side never give way to an act that is not paid either. Intervals make no groups: see `contest`.
"""

from collections.abc import Hashable, Iterable, Iterator
from typing import TYPE_CHECKING

from projections.rules.acts import Act
from projections.rules.clauses.contest import dearer

if TYPE_CHECKING:
    from projections.rules.case import PatientCase
    from projections.rules.clauses.exclusive import ExclusiveJudge


def dearest(clause: "ExclusiveJudge", case: "PatientCase", act: Act) -> str | None:
    """The act of the other side that is still to come and wins over this one; None when this one need not give way.

    A hypothetical act has no fee, and never gives way. An act asked about on a later day gives way only within a group
    that is settled, or that it is in today: what else may be together with it on that day, nobody knows.
    """
    if act.presumed:
        return None
    group = clause.group(case, act)
    if group is None:
        return dearer(clause, case, act)
    key = ("winner", clause.own | clause.others, group)
    if key in case.winners:
        winner = case.winners[key]
    else:
        asked = next(case.ahead(), None)
        if asked is None or clause.group(case, asked) != group:
            return None
        winner, stands = _settle(clause, case, asked, group)
        if stands:
            case.winners[key] = winner
    if winner is None or winner.rule not in clause.others or winner.act == act.id:
        return None
    return winner.act


class Winner:
    """The act that is paid of those together, and its rule."""

    __slots__ = ("act", "rule")

    def __init__(self, act: str, rule: int) -> None:
        self.act = act
        self.rule = rule


def _settle(clause: "ExclusiveJudge", case: "PatientCase", act: Act, group: Hashable) -> tuple[Winner | None, bool]:
    """Go on from here without the exclusion, and compare the fees of what would be paid.

    Equal fees, or one that was not confirmed: the first by start. Whether the answer stands for the whole group: it
    does once asked for an act that is itself in the running. One that is denied anyway settles nothing for others,
    so who is paid does not depend on whether a clause after the first that fails was asked.
    """
    sides = clause.own | clause.others
    ahead = list(_within_reach(case.ahead(), group))
    if not any(case.rule_of(other) in clause.others for other in ahead):
        return None, True
    fork = case.fork(without=case.compiled.exclusions_between(sides))
    payable: list[tuple[int | None, Winner]] = []
    for other in ahead:
        together = clause.group(fork, other) == group
        pays = fork.pays(other)
        fork.commit(other, pays)
        rule = case.rule_of(other)
        if together and pays and rule in sides and rule is not None:
            payable.append((case.evidence.fee_of(other.id), Winner(other.id, rule)))
    if not payable:
        return None, False
    stands = payable[0][1].act == act.id
    fees = [fee for fee, _ in payable if fee is not None]
    if len(fees) < len(payable):
        return payable[0][1], stands
    return payable[fees.index(max(fees))][1], stands


def _within_reach(ahead: Iterable[Act], group: Hashable) -> Iterator[Act]:
    """Those ahead up to the last that can be of the group: of the day; all, where an episode is the group."""
    for other in ahead:
        if not isinstance(group, tuple) and other.day != group:
            return
        yield other
