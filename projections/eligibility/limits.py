"""Limits: what was used of each, what is left, and whether one is near.

The one definition of "near" for everybody who warns: a patient's standing, and the summary of a whole journal. What
was used comes from the judge's findings; nothing is counted here.
"""

from collections.abc import Iterator
from datetime import date
from typing import Literal, NamedTuple

import msgspec

from projections.eligibility.findings import worded
from projections.rules.decision import Decision, Finding
from projections.rules.rulebook import Rulebook
from projections.rules.schema import Clause, CountClause, SpanClause

NEAR = 0.8
"""A limit counts as near when this part of it is used."""

Reach = Literal["near", "reached"]


class Counter(msgspec.Struct, frozen=True, kw_only=True):
    """One limit. `used` and `limit` in `unit`; `left` is never below 0; `window` is what is counted over (null: open).

    `holds`: whether one more would be within the limit. It can hold with nothing left, on a day already counted.
    `reached_on` is the first day on which the clause would deny an act if treatment went on at the present pace (see
    `Pace`), and `days_left_at_pace` the days from the moment to it: 0 where it denies already; null where it would not
    within two years, where there is no pace, and for what a single day may hold.
    """

    clause: str
    holds: bool
    used: int
    limit: int
    left: int
    unit: str
    window: tuple[date, date | None] | None = None
    quote: str | None = None
    days_left_at_pace: int | None = None
    reached_on: date | None = None


class Limit(NamedTuple):
    """A limit as the rulebook words it, and as the judge found it used."""

    words: Clause
    finding: Finding
    used: int
    limit: int

    @property
    def left(self) -> int:
        """What is left of it, never below 0."""
        return max(self.limit - self.used, 0)

    @property
    def unit(self) -> str:
        """In what it is counted."""
        return self.finding.unit or "act"

    @property
    def daily(self) -> bool:
        """Whether it is what a single day may hold: gone tomorrow, nothing to look ahead to."""
        return isinstance(self.words, CountClause) and self.words.per == "day"

    @property
    def carried(self) -> bool:
        """Whether the limit is past, and an assessment carries the act over it all the same."""
        return isinstance(self.words, SpanClause) and self.finding.holds and "assessment" in self.finding.observed

    def reach(self, near: float = NEAR) -> Reach | None:
        """How far the limit is used up, where that is worth a warning."""
        if self.daily or self.carried:
            return None
        if self.used >= self.limit:
            return "reached"
        return "near" if self.used >= near * self.limit else None

    def counter(self, at: date, reached_on: date | None) -> Counter:
        """The limit as it is shown; `reached_on` as foreseen from the day `at`."""
        return Counter(
            clause=self.finding.clause,
            holds=self.finding.holds,
            used=self.used,
            limit=self.limit,
            left=self.left,
            unit=self.unit,
            window=self.finding.window,
            quote=self.finding.quote,
            days_left_at_pace=(reached_on - at).days if reached_on is not None else None,
            reached_on=reached_on,
        )


def limits_of(decision: Decision, rulebook: Rulebook) -> Iterator[Limit]:
    """Every limit among the findings, in their order."""
    for words, finding in worded(decision, rulebook):
        if finding.used is not None and finding.limit is not None:
            yield Limit(words, finding, finding.used, finding.limit)
