"""Days until each limit, at the present pace: the judge goes on, and says when it first denies.

The present pace is the last four weeks once more, and again: the acts of the item that were paid in the 28 days that
end with the moment's, each at its weekday and hour. Where the first of them was paid less than four weeks ago, it is
the whole weeks since then that are repeated (one at least): a week that has only begun would thin the pace out, and
the forecast would come too late. The repetitions are judged by the judge itself, on a copy of the case, each
using up what it uses up, until each limit has denied one.

What is presumed of acts that nobody has given yet: record, staff and parts are in order, they belong to the course of
disease, the stay and the institution asked about, and findings stay as they are. Acts of other items are not presumed,
and no further assessment is made: so a gate closes, and a span is over, at the first that needs one.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime, timedelta

import msgspec

from ledger.treatment.values import at_home
from projections.rules.acts import Act
from projections.rules.calendar import add_days, add_years
from projections.rules.decision import Decision
from projections.rules.judge import Case, Judge

WEEKS = 4
HORIZON_YEARS = 2


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """The present pace of an item: `acts` on `days` days were paid in the `weeks` weeks from `since` to `until`.

    A forecast repeats these weeks for two years. It presumes the record, staff and parts in order and findings as they
    are; it presumes no acts of other items and no further assessment.
    """

    since: date
    until: date
    weeks: int
    acts: int
    days: int


def case_and_paid(judge: Judge, patient: str, at: datetime) -> tuple[Case, list[Act]]:
    """The patient's case at a moment, and the acts paid up to it, in order."""
    end = at_home(at)
    case = judge.fresh(patient)
    paid: list[Act] = []
    for act in judge.acts(patient):
        if act.at > end:
            break
        decision = case.decide(act)
        case.commit(act, decision.payable)
        if decision.payable:
            paid.append(act)
    return case, paid


def pace_of(paid: Sequence[Act], day: date) -> Pace | None:
    """The pace on a day; `paid` are all acts of the item that were paid up to it, in order. None: none of late."""
    if not paid:
        return None
    course = (day - paid[0].day).days + 1
    # Whole weeks; where nothing was paid in them, what was paid before them all the same (an act a week, and no more).
    for weeks in (max(1, course // 7), -(-course // 7)):
        since = add_days(day, 1 - 7 * min(WEEKS, weeks))
        days = [act.day for act in paid if act.day >= since]
        if days:
            return Pace(since=since, until=day, weeks=min(WEEKS, weeks), acts=len(days), days=len(set(days)))
    return None


def forecast(
    case: Case, asked: Act, decision: Decision, paid: Sequence[Act], pace: Pace | None, clauses: Collection[str]
) -> dict[str, date]:
    """For each of the clauses, the first day on which it denies an act, if treatment goes on at the pace.

    `decision` is the one on the act `asked` about; a clause that denies it is reached on its day. A clause that does
    not deny within two years is left out. Changes nothing in the case.
    """
    reached = {found.clause: asked.day for found in decision.findings if found.clause in clauses and not found.holds}
    if pace is None or len(reached) == len(clauses):
        return reached
    fork = case.fork()
    for act in _going_on(asked, [act for act in paid if act.day >= pace.since], timedelta(weeks=pace.weeks)):
        decision = fork.decide(act)
        if not decision.payable:
            for clause in decision.denied_by:
                if clause in clauses:
                    reached.setdefault(clause, act.day)
            if len(reached) == len(clauses):
                break
        fork.commit(act, decision.payable)
    return reached


def _going_on(asked: Act, rhythm: Sequence[Act], every: timedelta) -> Iterator[Act]:
    """The acts to come, in order of time, for two years. Each sees of the record what the act asked about sees."""
    end = add_years(asked.day, HORIZON_YEARS)
    for again in range(1, (end - asked.day) // every + 2):
        for before in rhythm:
            if end - before.day < again * every:
                return
            act = before.later(before.day + again * every)
            act.id, act.presumed, act.seen = asked.id, True, asked.seen
            act.episode, act.institution, act.stay = asked.episode, asked.institution, asked.stay
            yield act
