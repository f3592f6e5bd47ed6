"""Waiting: the first later day on which an answer turns, if nothing else is done or found until then.

Nothing is computed beside the judge. A clause names the days on which its answer may turn (`ClauseJudge.turns`), and
the judge is asked again on each of them about a copy of the act, at the same time of day, that sees no more than the
act itself does. Between two turns no answer changes, so the first turn on which it holds is the first day at all.
"""

from collections.abc import Callable, Iterable
from datetime import date
from typing import TYPE_CHECKING

from msgspec.structs import replace

from projections.rules.acts import Act
from projections.rules.decision import Finding
from projections.rules.episode import EpisodeView

if TYPE_CHECKING:
    from projections.rules.case import PatientCase
    from projections.rules.clauses.clause import ClauseJudge


def days_after(day: date, turns: Iterable[date]) -> list[date]:
    """The turns later than the day, each once, in order."""
    return sorted({turn for turn in turns if turn > day})


def first_day(act: Act, turns: Iterable[date], holds: Callable[[Act], bool]) -> date | None:
    """The first of the turns on which the act, moved there, holds; None where it does on none of them."""
    moved = act.later(act.day)
    for day in days_after(act.day, turns):
        moved.move(day)
        if holds(moved):
            return day
    return None


class Waiting:
    """Asks the clauses that deny an act when they would hold. One copy of the act serves all of them."""

    __slots__ = ("_act", "_case", "_moved", "_view")

    def __init__(self, case: "PatientCase", act: Act, view: EpisodeView) -> None:
        self._case = case
        self._act = act
        self._view = view
        self._moved: Act | None = None

    def told(self, clause: "ClauseJudge", finding: Finding) -> Finding:
        """The finding, with the first day on which its clause holds, and with the readings which that rests on."""
        turns = days_after(self._act.day, clause.turns(self._case, self._act, self._view))
        if not turns:
            return finding
        moved = self._moved
        if moved is None:
            moved = self._moved = self._act.later(turns[0])
        found: date | None = None
        readings = finding.readings
        for day in turns:
            moved.move(day)
            then = clause.judge(self._case, moved, self._view)
            if then.readings is not readings and not then.readings.items() <= readings.items():
                readings = readings | then.readings
            if then.holds:
                found = day
                break
        if found is None and readings is finding.readings:
            return finding
        return replace(finding, next_payable_on=found, readings=readings)
