"""What every kind of clause has in common: a name, its words, its readings, and a place for what it remembers."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Mapping
from datetime import date
from typing import TYPE_CHECKING

from projections.rules import schema
from projections.rules.acts import Act
from projections.rules.decision import Finding, Observed
from projections.rules.episode import EpisodeView

if TYPE_CHECKING:
    from projections.rules.case import PatientCase

Scope = Callable[["PatientCase", Act], Hashable]
"""What counts together: acts with the same answer do."""


class ClauseJudge(ABC):
    """One clause, ready to judge. `slot` tells its cells in a case from those of other clauses.

    `watches` are the rules whose performed and paid acts it is told of: its own, unless it says otherwise.
    """

    __slots__ = ("clause", "quote", "readings", "slot", "watches")

    def __init__(self, words: schema.Clause, slot: int, rule: int, choice: Mapping[str, str]) -> None:
        self.clause = words.clause
        self.quote = "……".join(words.quote)
        self.slot = slot
        self.watches = frozenset({rule})
        self.readings = {name: choice[name] for name in words.needs()}

    @abstractmethod
    def judge(self, case: "PatientCase", act: Act, view: EpisodeView) -> Finding:
        """The finding on an act, from what the case remembers. Changes nothing."""

    def performed(self, case: "PatientCase", act: Act) -> None:  # noqa: B027  (most clauses need not be told)
        """An act of a watched rule was performed, paid or not."""

    def paid(self, case: "PatientCase", act: Act) -> None:  # noqa: B027
        """An act of a watched rule was found payable: it uses up what there is to use up."""

    def finding(
        self,
        holds: bool,
        used: int | None = None,
        limit: int | None = None,
        unit: str | None = None,
        window: tuple[date, date | None] | None = None,
        counted: tuple[str, ...] = (),
        observed: Observed | None = None,
        next_payable_on: date | None = None,
    ) -> Finding:
        """A finding of this clause, with its words and readings."""
        return Finding(
            self.clause,
            holds,
            used,
            limit,
            unit,
            window,
            counted,
            self.quote,
            self.readings,
            observed or {},
            next_payable_on,
        )


def episode_scope(choice: Mapping[str, str]) -> Scope:
    """1个疾病过程, as the reading `episode` has it: declared, derived from gaps, or each stay and all care outside."""
    option = choice["episode"]
    if option == "declared":
        return lambda case, act: act.episode
    if option == "admission":
        return lambda case, act: act.stay or ""
    return lambda case, act: case.derived_episode(act)


def container_scope(choice: Mapping[str, str]) -> Scope:
    """Where no 疾病过程 is named (items 16, 21, 22, 23, 24), as the reading `container` has it."""
    option = choice["container"]
    if option == "episode":
        return episode_scope(choice)
    if option == "lifetime":
        return lambda case, act: None
    return lambda case, act: act.day.year
