"""Mutants of what clauses do in code beside their numbers: what is seen when, what counts once, what is spent, who is
asked on which day. Each makes one such sentence of the rules untrue and leaves the rest."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

from projections.rules import evidence, joining
from projections.rules.acts import Act
from projections.rules.calendar import add_days
from projections.rules.clauses import age, extension, link
from projections.rules.clauses.days import DaysJudge
from projections.rules.clauses.gate import GateJudge
from projections.rules.clauses.staff import ProviderJudge, StaffJudge
from projections.rules.clauses.year import YearJudge
from projections.rules.episode import EpisodeView
from projections.rules.evidence import Evidence
from projections.rules.rulebook import Rulebook
from tests.cases.mutants import standing_in as other
from tests.cases.mutants.mutant import RECORD, SHIFTED, Mutant, Patch, tag_of
from tests.cases.mutants.standing_in import changed, staff_changed

MINUTE = timedelta(minutes=1)
Made = Callable[[Any], Any]


def of_conduct(book: Rulebook) -> Iterator[Mutant]:
    """Every mutant of this kind that the rulebook has a clause for."""
    kinds = {tag_of(clause) for item in book.items for clause in item.clause}
    for name, needed, patch in (*_seen(), *_people(), *_days(), *_proof(), *_fees()):
        if needed in kinds:
            about = frozenset(c.clause for i in book.items for c in i.clause if tag_of(c) == needed)
            kind = SHIFTED if name.endswith(("one later", "one earlier")) else RECORD
            yield Mutant(kind, name, book.id, about, patches=(patch,))


def _seen() -> Iterator[tuple[str, str, Patch]]:
    """An act sees what has `at` not after its own; acts at one instant are judged in the order of their lines."""
    for by, name in ((MINUTE, "one later"), (-MINUTE, "one earlier")):
        advance: Made = lambda old, by=by: lambda view, at, note: old(view, at + by, note)  # noqa: E731
        yield f"findings are seen {name}", "findings", Patch(EpisodeView, "advance", advance)

    def reversed_ties(old: Any) -> Any:
        return lambda known, performed, *rest: old(known, performed[::-1], *rest)

    yield "ties are judged the last line first", "count", Patch(evidence, "join", reversed_ties)

    def unvoided(old: Any) -> Any:
        def join(*given: Any) -> list[Act]:
            *others, voided = given
            acts: list[Act] = old(*others, frozenset())
            for act in acts:
                act.voided = (act.kind, act.id) in voided
            return acts

        return join

    yield "a voided assessment is evidence", "findings", Patch(evidence, "join", unvoided)


def _people() -> Iterator[tuple[str, str, Patch]]:
    """Who is qualified, on the day; persons and scales count once."""
    for name, change in (
        ("any scope", other.any_scope), ("rehabilitation does not count", other.without("rehabilitation")),
        ("tcm does not count", other.without("tcm")), ("at any time", other.at_any_time),
        ("from, one later", other.from_day(1)), ("from, one earlier", other.from_day(-1)),
        ("until, one later", other.until_day(1)), ("until, one earlier", other.until_day(-1)),
    ):  # fmt: skip

        def restaffed(old: Any, change: other.Change = change) -> Any:
            def judge(self: Any, *given: Any) -> Any:
                (act,) = (one for one in given if isinstance(one, Act))
                with staff_changed(act, change):
                    return old(self, *given)

            return judge

        yield f"staff: {name}", "staff", Patch(StaffJudge, "_qualified", restaffed)
        if "count" not in name and name != "any scope":
            yield f"provider: {name}", "provider", Patch(ProviderJudge, "judge", restaffed)
    again: Made = lambda old: lambda self, act: [p.id for p in act.staff if p.treats(act.day)]  # noqa: E731
    yield "staff: who is named twice counts twice", "staff", Patch(StaffJudge, "_qualified", again)

    def every_scale(old: Any) -> Any:
        def assessment(*given: Any) -> Act:
            act: Act = old(*given)
            act.scales = act.results
            return act

        return assessment

    yield "parts: a scale used twice counts twice", "parts", Patch(joining, "_assessment", every_scale)

    def as_cadres(old: Any) -> Any:
        def retirement_day(person: Any, *given: Any) -> date:
            with changed(person, category=person.category or "cadre"):
                day: date = old(person, *given)
                return day

        return retirement_day

    yield "a post not recorded is a cadre's", "working_age", Patch(age, "retirement_day", as_cadres)


def _days() -> Iterator[tuple[str, str, Patch]]:
    """Another act on a day, or in a month, already used uses no other; an order is in force from its day on."""

    def each_act(old: Any) -> Any:
        def paid(self: Any, case: Any, act: Act) -> None:
            days = case.cells.get((self.slot, self._scope(case, act)))
            if days is not None:
                days.last = date.min
            old(self, case, act)

        return paid

    yield "days: every act uses a day", "days", Patch(DaysJudge, "paid", each_act)

    def every_time(old: Any) -> Any:
        return lambda self, block, day: (block.days >= self._days and not self._elapsed) or old(self, block, day)

    yield "gate: a second act on the block's last day is asked", "gate", Patch(GateJudge, "_is_full", every_time)
    never: Made = lambda old: lambda self, units, first, day: False  # noqa: E731
    yield "year: a month already used counts again", "year", Patch(YearJudge, "_is_used", never)
    for by, name in ((1, "one later"), (-1, "one earlier")):
        issued: Made = lambda old, by=by: lambda order: add_days(order.sheet.issued_day, by)  # noqa: E731
        yield f"link: issued {name}", "link", Patch(link, "_ISSUED", issued)
        stopped: Made = lambda old, by=by: lambda order, act: (at := old(order, act)) and at + by * timedelta(days=1)  # noqa: E731
        yield f"link: stopped {name}", "link", Patch(link, "_stopped", stopped)


def _proof() -> Iterator[tuple[str, str, Patch]]:
    """What an assessment has to say, from when, and that it opens one block only."""

    def since(by: int) -> Made:
        return lambda old: lambda view, first, items, spent: old(view, add_days(first, by), items, spent)

    for by, name in ((1, "one later"), (-1, "one earlier")):
        yield f"gate: dated from the block's first day, {name}", "gate", Patch(EpisodeView, "first_progress", since(by))
    anew: Made = lambda old: lambda view, first, items, spent: old(view, first, items, set())  # noqa: E731
    yield "gate: an assessment opens any number of blocks", "gate", Patch(EpisodeView, "first_progress", anew)

    def latest(old: Any) -> Any:
        def first_progress(view: Any, first: date, items: Any, spent: set[str]) -> str | None:
            kept: list[str] = []
            while (one := old(view, first, items, spent | set(kept))) is not None:
                kept.append(one)
            return kept[-1] if kept else None

        return first_progress

    yield "gate: of several the latest is spent", "gate", Patch(EpisodeView, "first_progress", latest)

    for outcome in ("improved", "unchanged", "declined"):
        rest: Made = lambda old, outcome=outcome: tuple(one for one in old if one != outcome)  # noqa: E731
        yield f"extension: {outcome} says nothing", "span", Patch(extension, "_SAYS_SOMETHING", rest)
    more: Made = lambda old: (*old, "baseline")  # noqa: E731
    yield "extension: a baseline says something", "span", Patch(extension, "_SAYS_SOMETHING", more)


def _fees() -> Iterator[tuple[str, str, Patch]]:
    """The highest fee wins, as confirmed last; equal or missing: the first."""
    lowest: Made = lambda old: lambda self, act: None if (fee := old(self, act)) is None else -fee  # noqa: E731
    yield "dearest: the cheapest", "exclusive", Patch(Evidence, "fee_of", lowest)
    free: Made = lambda old: lambda self, act: old(self, act) or 0  # noqa: E731
    yield "dearest: a fee that is missing is none", "exclusive", Patch(Evidence, "fee_of", free)

    def first_confirmed(old: Any) -> Any:
        def confirmed(self: Any, place: int, fact: Any) -> None:
            before = self.fees.get(fact.act)
            if before is None or fact.at < before.at:
                self.fees[fact.act] = fact

        return confirmed

    yield "dearest: as confirmed first", "exclusive", Patch(Evidence, "_fee_confirmed", first_confirmed)
