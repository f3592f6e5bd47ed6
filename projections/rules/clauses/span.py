"""N.span: 1个疾病过程支付不超过1年 (180天), with or without a continuation by assessment."""

from collections.abc import Hashable, Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING

from projections.rules import schema
from projections.rules.acts import Act
from projections.rules.calendar import add_days, days_of, first_day_past, period_of
from projections.rules.clauses.clause import (
    ClauseJudge,
    container_scope,
    container_turns,
    episode_scope,
    episode_turns,
)
from projections.rules.clauses.extension import Extension
from projections.rules.decision import Finding
from projections.rules.episode import EpisodeView

if TYPE_CHECKING:
    from projections.rules.case import PatientCase

EXTENSION_READINGS = ("extension_from", "extension_valid", "improvement", "extension_source")
"""What only an act past the end of its span comes to ask."""


class _Span:
    """What a span remembers: its first act, and, where paid days are what is limited, how many there were."""

    __slots__ = ("act", "anchor", "days", "full_on", "last")

    def __init__(self, act: Act) -> None:
        self.act = act.id
        self.anchor = act.day
        self.days = 0
        self.last: date | None = None
        self.full_on: date | None = None


class SpanJudge(ClauseJudge):
    """The clock starts at the anchor; without one yet, the clause holds. Past the end an assessment may carry on."""

    __slots__ = ("_anchor", "_days", "_extension", "_paid_days", "_period", "_scope", "_turns", "_within_readings")

    def __init__(
        self,
        words: schema.SpanClause,
        slot: int,
        rule: int,
        choice: Mapping[str, str],
        extension: Extension | None,
    ) -> None:
        super().__init__(words, slot, rule, choice)
        self._period = period = period_of(words.length)
        self._days = days_of(period)
        container = words.per == "container"
        self._scope = container_scope(choice) if container else episode_scope(choice)
        self._turns = container_turns(choice) if container else episode_turns(choice)
        self._anchor = choice["span_anchor"]
        self._paid_days = choice["span_measure"] == "paid_days"
        self._extension = extension if words.extendable else None
        if self._paid_days:
            self.readings = self.without("span_anchor")  # paid days are counted, from wherever they begin
        elif self._anchor == "episode_onset":
            self.readings = self.without("container", "episode")  # the declared episode's onset, whatever the container
        self._within_readings = self.without(*EXTENSION_READINGS)
        if self._extension is not None:
            self.readings |= self._extension.readings

    def judge(self, case: "PatientCase", act: Act, view: EpisodeView) -> Finding:
        span: _Span | None = case.cells.get((self.slot, self._scope(case, act)))
        if self._paid_days:
            return self._judge_days(span, act, view)
        anchor, first = (span.anchor, (span.act,)) if span is not None else (None, ())
        if self._anchor == "episode_onset":
            anchor, first = view.episode.anchor, ()
        if anchor is None:
            return self.finding(True, 0, self._days, "day", readings=self._within_readings)
        past = first_day_past(anchor, self._period)
        window = (anchor, add_days(past, -1))
        used, limit = max(0, (act.day - anchor).days), (past - anchor).days
        if act.day < past:
            return self.finding(True, used, limit, "day", window, first, None, self._within_readings)
        return self._past_the_end(act, view, past, used, limit, window, first)

    def _judge_days(self, span: _Span | None, act: Act, view: EpisodeView) -> Finding:
        within = self._within_readings
        if span is None or span.last is None:
            return self.finding(True, 0, self._days, "day", readings=within)
        window = (span.anchor, span.last)
        if span.full_on is None or act.day == span.last:
            return self.finding(True, span.days, self._days, "day", window, (span.act,), None, within)
        past = add_days(span.full_on, 1)
        return self._past_the_end(act, view, past, span.days, self._days, window, (span.act,))

    def _past_the_end(
        self,
        act: Act,
        view: EpisodeView,
        past: date,
        used: int,
        limit: int,
        window: tuple[date, date],
        counted: tuple[str, ...],
    ) -> Finding:
        if self._extension is None:
            return self.finding(False, used, limit, "day", window, counted)
        given, observed = self._extension.supports(view, act.day, past)
        return self.finding(given, used, limit, "day", window, counted, observed)

    def turns(self, case: "PatientCase", act: Act, view: EpisodeView) -> Iterable[date]:
        if self._extension is not None:
            yield from self._extension.turns(view)
        if self._paid_days:
            yield add_days(act.day, 1)  # a day already paid is over
            yield from self._turns(case, act)
        elif self._anchor == "episode_onset":
            if view.episode.anchor is not None:
                yield first_day_past(view.episode.anchor, self._period)
        else:
            yield from self._turns(case, act)
            span: _Span | None = case.cells.get((self.slot, self._scope(case, act)))
            if span is not None:
                yield first_day_past(span.anchor, self._period)

    def performed(self, case: "PatientCase", act: Act) -> None:
        if self._anchor == "first_performed" and not self._paid_days:
            key: tuple[int, Hashable] = (self.slot, self._scope(case, act))
            if key not in case.cells:
                case.cells[key] = _Span(act)

    def paid(self, case: "PatientCase", act: Act) -> None:
        key: tuple[int, Hashable] = (self.slot, self._scope(case, act))
        span: _Span | None = case.cells.get(key)
        if span is None:
            span = case.cells[key] = _Span(act)
        if self._paid_days and span.last != act.day:
            span.last = act.day
            span.days += 1
            if span.days == self._days:
                span.full_on = act.day
