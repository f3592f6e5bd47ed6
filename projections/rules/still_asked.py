"""Whether a day that a clause waits for is one on which it is still asked, where rulebooks follow one another.

A clause waits under its own text. By the day that it names another may be in force, and the clause not be asked any
more; its text may come back. The record's clauses stand in every text; only record.therapist does not, where a clause
of the item stands for it.
"""

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from msgspec.structs import replace

from projections.rules.acts import Act
from projections.rules.decision import Finding
from projections.rules.register import TREATING, scope_turns
from projections.rules.rulebook import Rulebook
from projections.rules.succession import Succession

if TYPE_CHECKING:
    from projections.rules.case import PatientCase

THERAPIST = "record.therapist"


class StillAsked:
    """Sets right what the findings of one decision wait for. `cases` by the digest of the text that judges in them.

    `judging` is the text that decided, None where none was in force; every later day is judged by the text of the day.
    """

    def __init__(
        self, succession: Succession, cases: "dict[str, PatientCase]", act: Act, judging: Rulebook | None
    ) -> None:
        self._succession = succession
        self._cases = cases
        self._act = act
        self._judging = judging

    def told(self, finding: Finding) -> Finding:
        """The finding, with the first day on which its clause is both asked and holds, if that is another."""
        free = finding.next_payable_on
        if free is None:
            return finding
        if finding.clause == THERAPIST:
            return self._therapist(finding, free)
        if finding.clause.startswith("record.") or self._succession.in_force(free) is self._judging:
            return finding
        return self._clause(finding, free)

    def _therapist(self, finding: Finding, free: date) -> Finding:
        if self._asks_therapist(free):
            return finding
        moved = self._act.later(free)
        turns = scope_turns(self._act.staff, TREATING, free)
        for day in sorted({*turns, *self._succession.changes_after(free)}):
            moved.move(day)
            if self._asks_therapist(day) and all(person.treats(day) for person in moved.staff):
                return replace(finding, next_payable_on=day)
        return replace(finding, next_payable_on=None)

    def _asks_therapist(self, day: date) -> bool:
        text = self._succession.in_force(day)
        rule = None if text is None else self._cases[text.digest].compiled.rules.get(self._act.item)
        return rule is None or rule.staffed

    def _clause(self, finding: Finding, free: date) -> Finding:
        """From when its text is in force again: on that day, or on a later one on which the clause may turn."""
        judging = self._judging
        case = self._cases[judging.digest] if judging is not None else None
        rule = case.compiled.rules.get(self._act.item) if case is not None else None
        if case is None or rule is None:
            return finding
        clause = next(clause for clause in rule.clauses if clause.clause == finding.clause)
        view = case.view(self._act)
        moved = self._act.later(free)
        readings = finding.readings
        for day in self._days(free, set(clause.turns(case, self._act, view))):
            moved.move(day)
            then = clause.judge(case, moved, view)
            readings = readings | then.readings
            if then.holds:
                return replace(finding, next_payable_on=day, readings=readings)
        return replace(finding, next_payable_on=None, readings=readings)

    def _days(self, free: date, turns: set[date]) -> Iterator[date]:
        changes = self._succession.changes_after(free)
        for day in sorted({*changes, *(turn for turn in turns if turn > free)}):
            if self._succession.in_force(day) is self._judging:
                yield day
