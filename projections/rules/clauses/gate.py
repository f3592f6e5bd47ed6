"""21.gate: 每14天训练经功能量表评定后取得明确功能进步才可继续支付.

A block opens with the first paid training day. Once it is full, the next day needs an assessment that shows
progress, dated in the block and not yet spent on another; the act that it lets through, if paid, opens the next.
"""

from collections.abc import Hashable, Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING

from projections.rules import schema
from projections.rules.acts import Act
from projections.rules.calendar import add_days
from projections.rules.clauses.clause import ClauseJudge, container_scope, container_turns
from projections.rules.decision import NOT_RECORDED, Finding, Observed
from projections.rules.episode import EpisodeView

if TYPE_CHECKING:
    from projections.rules.case import PatientCase


class _Block:
    """A block of training days: its first, its last, and how many were paid."""

    __slots__ = ("days", "first", "last")

    def __init__(self, day: date) -> None:
        self.first = day
        self.last = day
        self.days = 1


class GateJudge(ClauseJudge):
    """The gate between blocks; blocks live in the container, assessments in the act's declared episode."""

    __slots__ = ("_closed_readings", "_days", "_elapsed", "_first_readings", "_items", "_scope", "_turns")

    def __init__(
        self,
        words: schema.GateClause,
        slot: int,
        rule: int,
        choice: Mapping[str, str],
        scale_items: frozenset[str],
    ) -> None:
        super().__init__(words, slot, rule, choice)
        self._days = words.days
        self._elapsed = choice["gate_block"] == "elapsed"
        self._items = scale_items if choice["gate_source"] == "item_9" else None
        self._scope = container_scope(choice)
        self._turns = container_turns(choice)
        self._closed_readings = self.without("gate_source")  # asked only once the block is full
        self._first_readings = self.without("gate_source", "gate_block")

    def judge(self, case: "PatientCase", act: Act, view: EpisodeView) -> Finding:
        block: _Block | None = case.cells.get((self.slot, self._scope(case, act)))
        if block is None:
            return self.finding(True, 0, self._days, "day", readings=self._first_readings)
        used = (act.day - block.first).days if self._elapsed else block.days
        window = (block.first, block.last)
        if not self._is_full(block, act.day):
            return self.finding(True, used, self._days, "day", window, readings=self._closed_readings)
        proof = view.first_progress(block.first, self._items, case.spent)
        observed: Observed = {"assessment": proof} if proof is not None else self._missed(case, block, view)
        return self.finding(proof is not None, used, self._days, "day", window, (), observed)

    def _missed(self, case: "PatientCase", block: _Block, view: EpisodeView) -> Observed:
        """Why there is no proof: the latest assessment since the block's first day, and what it lacks."""
        latest = view.assessed
        if latest is None or latest.day < block.first:
            return {"assessment": NOT_RECORDED}
        if self._items is not None and latest.item not in self._items:
            problem = "of another item"
        elif not latest.results:
            problem = "no result"
        elif latest.outcome != "improved":
            problem = "no progress"
        else:
            problem = "opened a block before"
        return {
            "assessment": latest.id,
            "assessed_on": latest.day.isoformat(),
            "outcome": latest.outcome or NOT_RECORDED,
            "results": latest.results or NOT_RECORDED,
            "problem": problem,
        }

    def turns(self, case: "PatientCase", act: Act, view: EpisodeView) -> Iterable[date]:
        yield from self._turns(case, act)
        block: _Block | None = case.cells.get((self.slot, self._scope(case, act)))
        if block is not None:
            yield add_days(block.first, self._days) if self._elapsed else add_days(act.day, 1)

    def _is_full(self, block: _Block, day: date) -> bool:
        """Whether an act of this day needs an assessment."""
        if self._elapsed:
            return (day - block.first).days >= self._days
        return block.days >= self._days and day != block.last

    def paid(self, case: "PatientCase", act: Act) -> None:
        key: tuple[int, Hashable] = (self.slot, self._scope(case, act))
        block: _Block | None = case.cells.get(key)
        if block is None:
            case.cells[key] = _Block(act.day)
        elif self._is_full(block, act.day):
            proof = case.view(act).first_progress(block.first, self._items, case.spent)
            if proof is not None:
                case.spent.add(proof)
            case.cells[key] = _Block(act.day)
        elif act.day != block.last:  # acts come in order of time: another day is a new one
            block.days += 1
            block.last = act.day
