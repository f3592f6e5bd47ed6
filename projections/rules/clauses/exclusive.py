"""N.excl: 与…同时使用时只支付其中1项.

Both sides of an exclusion have the clause. Whoever comes second fails it, when the other was paid and they are
together; under the reading `winner: dearest` the first gives way to a dearer one that is still to come.
"""

from collections.abc import Hashable, Iterable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING

from ledger.treatment.values import at_home
from projections.rules import schema
from projections.rules.acts import Act
from projections.rules.calendar import add_days
from projections.rules.clauses.clause import ClauseJudge, episode_scope, episode_turns
from projections.rules.clauses.winner import dearest
from projections.rules.decision import Finding
from projections.rules.episode import EpisodeView

if TYPE_CHECKING:
    from projections.rules.case import PatientCase


class ExclusiveJudge(ClauseJudge):
    """Remembers the paid acts of the other side that a later act can still be together with."""

    __slots__ = ("_dearest", "_episode", "_together", "_turns", "follows", "others", "own")

    def __init__(
        self,
        words: schema.ExclusiveClause,
        slot: int,
        rule: int,
        choice: Mapping[str, str],
        own: frozenset[int],
    ) -> None:
        super().__init__(words, slot, rule, choice)
        self.others = frozenset(words.excludes)
        self.own = own  # the rules of this side: those that exclude the same others
        self.watches = self.others
        self._together = choice["together"]
        if self._together != "same_episode":
            del self.readings["episode"]  # it decides nothing here
        self._dearest = choice["winner"] == "dearest"
        self.follows = self._dearest and self._together == "overlapping"
        self._episode = episode_scope(choice)
        self._turns = episode_turns(choice)

    def group(self, case: "PatientCase", act: Act) -> Hashable | None:
        """What is together with the act: all acts with the same answer; None where it is decided act by act."""
        if self._together == "same_day":
            return act.day
        return None if self._together == "overlapping" else (self._episode(case, act),)

    def judge(self, case: "PatientCase", act: Act, view: EpisodeView) -> Finding:
        key = (self.slot, self._episode(case, act) if self._together == "same_episode" else None)
        cell = case.cells.get(key)
        if cell is not None:
            if self._together == "same_day" and cell[0] == act.day:
                return self.finding(False, counted=tuple(cell[1]))
            if self._together == "overlapping" and act.at < cell[0]:
                return self.finding(False, counted=(cell[1],))
            if self._together == "same_episode":
                return self.finding(False, counted=(cell,))
        if self._dearest:
            rival = dearest(self, case, act)
            if rival is not None:
                return self.finding(False, counted=(rival,), observed={"dearer": rival})
        return self.finding(True)

    def turns(self, case: "PatientCase", act: Act, view: EpisodeView) -> Iterable[date]:
        if self._together == "same_episode":
            return self._turns(case, act)
        tomorrow = add_days(act.day, 1)
        cell = case.cells.get((self.slot, None))
        if self._together == "same_day" or cell is None:
            return (tomorrow,)
        # The latest end is met before it on its own day or, where the act is earlier in the day, on the day after.
        last = at_home(cell[0]).date()
        return tomorrow, last, add_days(last, 1)

    def paid(self, case: "PatientCase", act: Act) -> None:
        key = (self.slot, self._episode(case, act) if self._together == "same_episode" else None)
        cell = case.cells.get(key)
        if self._together == "same_day":
            day: tuple[date, list[str]] | None = cell
            if day is not None and day[0] == act.day:
                day[1].append(act.id)
            else:
                case.cells[key] = (act.day, [act.id])
        elif self._together == "overlapping":
            # Acts come in order of their start: one meets a paid one when it starts before the latest end.
            latest: tuple[datetime, str] | None = cell
            if act.end is not None and (latest is None or act.end > latest[0]):
                case.cells[key] = (act.end, act.id)
        elif cell is None:
            case.cells[key] = act.id
