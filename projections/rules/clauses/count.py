"""Counts: N.day and N.month over a window of days, N.stay and N.episode over what belongs together."""

from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING

from projections.rules import schema
from projections.rules.acts import Act
from projections.rules.calendar import add_days, first_of_month, first_of_next_month
from projections.rules.clauses.clause import ClauseJudge, episode_scope, episode_turns
from projections.rules.decision import Finding, Observed
from projections.rules.episode import EpisodeView

if TYPE_CHECKING:
    from projections.rules.case import PatientCase

ROLLING_MONTH = 30


class WindowCountJudge(ClauseJudge):
    """No more than so many paid acts in the window that ends with the act's day: the day itself, or a month.

    A cell keeps the paid acts of the last window only.
    """

    __slots__ = ("_begin", "_by_slug", "_max", "_rolling", "_unit", "_whole_month")

    def __init__(self, words: schema.CountClause, slot: int, rule: int, choice: Mapping[str, str]) -> None:
        super().__init__(words, slot, rule, choice)
        self._max = words.max
        self._unit = words.unit
        month = choice["month"] if words.per == "month" else None
        self._rolling = ROLLING_MONTH if month == "rolling_30_days" else 1
        self._whole_month = month == "calendar_month"
        self._begin: Callable[[date], date] = first_of_month if self._whole_month else self._rolling_begin
        combined = choice["combined"] if words.combined else "included_items"
        self._by_slug = combined == "item_only"
        if combined == "limb_training":
            self.watches = frozenset(words.combined)

    def _rolling_begin(self, day: date) -> date:
        return day if self._rolling == 1 else add_days(day, 1 - self._rolling)

    def judge(self, case: "PatientCase", act: Act, view: EpisodeView) -> Finding:
        begin = self._begin(act.day)
        cell: list[tuple[date, str]] = case.cells.get((self.slot, act.item if self._by_slug else None), ())
        counted = tuple([entry[1] for entry in cell if entry[0] >= begin])
        used = len(counted)
        end = add_days(first_of_next_month(act.day), -1) if self._whole_month else act.day
        return self.finding(used < self._max, used, self._max, self._unit, (begin, end), counted)

    def turns(self, case: "PatientCase", act: Act, view: EpisodeView) -> Iterable[date]:
        if self._whole_month:
            return (first_of_next_month(act.day),)
        cell: list[tuple[date, str]] = case.cells.get((self.slot, act.item if self._by_slug else None), ())
        return {add_days(day, self._rolling) for day, _ in cell}

    def paid(self, case: "PatientCase", act: Act) -> None:
        key = (self.slot, act.item if self._by_slug else None)
        cell: list[tuple[date, str]] = case.cells.setdefault(key, [])
        begin = self._begin(act.day)
        if cell and cell[0][0] < begin:
            cell[:] = [entry for entry in cell if entry[0] >= begin]
        cell.append((act.day, act.id))


class ContainerCountJudge(ClauseJudge):
    """No more than so many paid acts in a stay (outside stays: as outpatient_cap has it) or in an episode."""

    __slots__ = ("_episode", "_max", "_outside", "_outside_readings", "_per_stay", "_turns", "_unit")

    def __init__(self, words: schema.CountClause, slot: int, rule: int, choice: Mapping[str, str]) -> None:
        super().__init__(words, slot, rule, choice)
        self._max = words.max
        self._unit = words.unit
        self._per_stay = words.per == "stay"
        self._episode = episode_scope(choice)
        self._turns = episode_turns(choice)
        self._outside = self._per_stay and choice["outpatient_cap"] == "episode"
        self._outside_readings = self.readings if self._outside else self.without("episode")

    def _key(self, case: "PatientCase", act: Act) -> Hashable:
        """What the act counts with; None where it counts with nothing."""
        if not self._per_stay:
            return ("episode", self._episode(case, act))
        if act.stay is not None:
            return ("stay", act.stay)
        return ("outside", self._episode(case, act)) if self._outside else None

    def judge(self, case: "PatientCase", act: Act, view: EpisodeView) -> Finding:
        key = self._key(case, act)
        observed: Observed = {"stay": act.stay or "outside any stay"} if self._per_stay else {}
        # Within a stay neither reading is asked: that stay is what counts.
        readings = None if not self._per_stay else {} if act.stay is not None else self._outside_readings
        if key is None:
            return self.finding(True, observed=observed, readings=readings)
        cell: list[str] = case.cells.get((self.slot, key), [])
        used = len(cell)
        return self.finding(used < self._max, used, self._max, self._unit, None, tuple(cell), observed, readings)

    def turns(self, case: "PatientCase", act: Act, view: EpisodeView) -> Iterable[date]:
        by_episode = not self._per_stay or (act.stay is None and self._outside)
        return self._turns(case, act) if by_episode else ()

    def paid(self, case: "PatientCase", act: Act) -> None:
        key = self._key(case, act)
        if key is not None:
            case.cells.setdefault((self.slot, key), []).append(act.id)
