"""What every kind of clause has in common: a name, its words, its readings, and a place for what it remembers."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING

from projections.rules import schema
from projections.rules.acts import Act
from projections.rules.calendar import add_years, first_of_year
from projections.rules.decision import Finding, Observed
from projections.rules.episode import EpisodeView

if TYPE_CHECKING:
    from projections.rules.case import PatientCase

Scope = Callable[["PatientCase", Act], Hashable]
"""What counts together: acts with the same answer do."""
ScopeTurns = Callable[["PatientCase", Act], Iterable[date]]
"""The days on which an act, by waiting, comes to count with others than now."""


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
        if self.readings.get("container", "episode") != "episode":
            self.readings.pop("episode", None)  # it decides nothing there

    @abstractmethod
    def judge(self, case: "PatientCase", act: Act, view: EpisodeView) -> Finding:
        """The finding on an act, from what the case remembers. Changes nothing."""

    def turns(self, case: "PatientCase", act: Act, view: EpisodeView) -> Iterable[date]:
        """Every day after the act's on which this clause's answer may turn if nothing else is done or found until then.

        The judge asks itself on each (`waiting`), so a day too many costs a question and a day too few is a wrong
        answer; days that are not later than the act's are passed over. Without any: waiting changes nothing.
        """
        return ()

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
        readings: dict[str, str] | None = None,
    ) -> Finding:
        """A finding of this clause, with its words and the readings it rests on (all of the clause's unless given)."""
        return Finding(
            self.clause,
            holds,
            used,
            limit,
            unit,
            window,
            counted,
            self.quote,
            self.readings if readings is None else readings,
            observed or {},
        )

    def without(self, *names: str) -> dict[str, str]:
        """The clause's readings but for these: what an answer rests on that did not come to ask them."""
        return {name: option for name, option in self.readings.items() if name not in names}


def episode_scope(choice: Mapping[str, str]) -> Scope:
    """1个疾病过程, as the reading `episode` has it: declared, derived from gaps, or each stay and all care outside."""
    option = choice["episode"]
    if option == "declared":
        return lambda case, act: act.episode
    if option == "admission":
        return lambda case, act: act.stay or ""
    return lambda case, act: case.derived_episode(act)


def episode_turns(choice: Mapping[str, str]) -> ScopeTurns:
    """When waiting begins a new 疾病过程: only gaps do, after 90 idle days."""
    return _next_derived_episode if choice["episode"] == "gap_90" else _never


def container_scope(choice: Mapping[str, str]) -> Scope:
    """Where no 疾病过程 is named (items 16, 21, 22, 23, 24), as the reading `container` has it."""
    option = choice["container"]
    if option == "episode":
        return episode_scope(choice)
    if option == "lifetime":
        return lambda case, act: None
    return lambda case, act: act.day.year


def container_turns(choice: Mapping[str, str]) -> ScopeTurns:
    """When waiting begins a new container."""
    option = choice["container"]
    if option == "episode":
        return episode_turns(choice)
    return _next_year if option == "calendar_year" else _never


def _never(case: "PatientCase", act: Act) -> Iterable[date]:
    return ()


def _next_derived_episode(case: "PatientCase", act: Act) -> Iterable[date]:
    begin = case.next_derived_episode()
    return () if begin is None else (begin,)


def _next_year(case: "PatientCase", act: Act) -> Iterable[date]:
    return (first_of_year(add_years(act.day, 1)),)
