"""Mutants of numbers that the rules fix in code and not in a rulebook: 90 idle days, 30 days before, rolling windows,
paid days of a month and of a year, the minute of an assessment, 1 July, more than half; birthdays of 29 February."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from projections.rules import acts, calendar, case
from projections.rules.calendar import add_days
from projections.rules.clauses import age, count, extension, gate, link, mode, year, year_days
from projections.rules.rulebook import Rulebook
from tests.cases.mutants.mutant import RECORD, SHIFTED, Mutant, Patch, tag_of
from tests.cases.mutants.standing_in import changed

BOTH_WAYS = (1, -1)
SECOND = timedelta(seconds=1)


def of_constants(book: Rulebook) -> Iterator[Mutant]:
    """Every mutant of such a number, and of what the calendar does at the end of February, that the rulebook asks for.

    A number whose readings, or whose kind of clause, a rulebook does not have is not that rulebook's.
    """
    kinds = {tag_of(clause) for item in book.items for clause in item.clause}
    kinds |= {f"{tag_of(c)},{i.kind}" for i in book.items for c in i.clause}
    lengths = {getattr(clause, "length", "") for item in book.items for clause in item.clause}
    kinds |= {f"span in {length[-1:]}" for length in lengths}
    for name, needed, under, patches in (*_numbers(), *_february(), *_limits_by_option()):
        asked = under.items() <= {(r, o) for r, reading in book.readings.items() for o in reading.options}
        tags = {tag.split(" in ")[0].split(",")[0] for tag in needed}
        about = frozenset(c.clause for i in book.items for c in i.clause if tag_of(c) in tags)
        if asked and needed & kinds:
            kind = SHIFTED if name.endswith(("+1", "-1")) else RECORD
            yield Mutant(kind, name, book.id, about, under, patches=patches)


Constant = tuple[str, set[str], Mapping[str, str], tuple[Patch, ...]]


def _number(name: str, clauses: str, under: Mapping[str, str], owner: object, attribute: str) -> Iterator[Constant]:
    for by in BOTH_WAYS:
        yield f"{name} {by:+d}", set(clauses.split()), under, (Patch(owner, attribute, _plus(by)),)


def _plus(by: int) -> Callable[[Any], Any]:
    return lambda old: old + (SECOND * by if isinstance(old, timedelta) else by)


def _numbers() -> Iterator[Constant]:
    gap, rolling = {"episode": "gap_90"}, {"year": "rolling_365"}
    yield from _number("90 idle days", "span count days gate mode exclusive", gap, case, "DERIVED_EPISODE_DAYS")
    yield from _number("rolling 30 days", "count", {"month": "rolling_30_days"}, count, "ROLLING_MONTH")
    yield from _number("rolling 365 days, months", "year", rolling, calendar, "ROLLING_YEAR")
    yield from _number("rolling 365 days, days", "year_days", rolling, calendar, "ROLLING_YEAR")
    yield from _number("30 paid days a month", "year", {"month_unit": "30_paid_days"}, year, "DAYS_OF_A_MONTH")
    yield from _number(
        "an assessment of 60 s", "exclusive,assessment", {"together": "overlapping"}, acts, "ASSESSMENT_LASTS"
    )
    for unit, name in (("Y", "365 paid days a year"), ("M", "30 paid days a month")):
        for by in BOTH_WAYS:
            more = Patch(calendar, "_DAYS", lambda old, unit=unit, by=by: {**old, unit: old[unit] + by})  # type: ignore[misc]
            yield f"{name} of a span {by:+d}", {f"span in {unit}"}, {"span_measure": "paid_days"}, (more,)
    for option in ("after_limit", "30_days_before"):
        for by in BOTH_WAYS:
            under = {"extension_from": option}
            yield f"{option} {by:+d}", {"span"}, under, (Patch(extension, "counts_from", _later(by)),)
    for by in BOTH_WAYS:
        insured = tuple(Patch(module, "YEARS", _insured(by)) for module in (year, year_days))
        yield f"1 July {by:+d}", {"year", "year_days"}, {"year": "insurance_year"}, insured
        patch = Patch(mode.ModeJudge, "judge", _half(by))
        yield f"more than half {by:+d}", {"mode"}, {"individual": "mainly"}, (patch,)


def _later(by: int) -> Callable[[Any], Any]:
    def made(old: Any) -> Any:
        def counts_from(option: str, past: date) -> date | None:
            first: date | None = old(option, past)
            return first and add_days(first, by)

        return counts_from

    return made


def _insured(by: int) -> Callable[[Any], Any]:
    """The insurance year begins so many days after 1 July."""

    def shifted(old: Any) -> Any:
        first = old["insurance_year"]
        return {**old, "insurance_year": lambda day: add_days(first(add_days(day, -by)), by)}

    return shifted


def _half(by: int) -> Callable[[Any], Any]:
    """One more, or one less, counted as individual."""

    def made(old: Any) -> Any:
        def judge(self: Any, case: Any, act: Any, view: Any) -> Any:
            key = (self.slot, self._scope(case, act))
            individual, paid = case.cells.get(key, (0, 0))
            with changed(case, cells={**case.cells, key: (individual + by, paid)}):
                return old(self, case, act, view)

        return judge

    return made


def _limits_by_option() -> Iterator[Constant]:
    """Limits that one option asks in its own way: the gate's elapsed block, the elapsed days of a span's window."""
    for by in BOTH_WAYS:

        def full(old: Any, by: int = by) -> Any:
            def is_full(self: Any, block: Any, day: date) -> bool:
                return bool(old(self, block, add_days(day, by) if self._elapsed else day))

            return is_full

        yield f"the gate's elapsed block {by:+d}", {"gate"}, {"gate_block": "elapsed"}, (
            Patch(gate.GateJudge, "_is_full", full),
        )  # fmt: skip
        last_day = Patch(link, "in_force_on", _in_force(by))
        yield f"an order's last day, 9.link {by:+d}", {"link"}, {"adl_link": "active_prescription"}, (last_day,)


def _in_force(by: int) -> Callable[[Any], Any]:
    """Orders end so many days later."""

    def made(old: Any) -> Any:
        def in_force_on(order: Any, act: Any) -> bool:
            until = order.sheet.valid_until
            with changed(order.sheet, valid_until=until and add_days(until, by)):
                return bool(old(order, act))

        return in_force_on

    return made


def _february() -> Iterator[Constant]:
    """A birthday of 29 February is on 1 March in other years, and a year from it ends the day before; a retirement day
    that its month lacks is the month's last."""

    def eve(old: Any) -> Any:
        def add_years(day: date, years: int) -> date:
            later: date = old(day, years)
            return add_days(later, -1) if (day.month, day.day) == (2, 29) and later.day == 1 else later

        return add_years

    def into(old: Any) -> Any:
        def add_months(day: date, months: int) -> date:
            later: date = old(day, months)
            return add_days(later, 1) if later.day < day.day else later

        return add_months

    yield "a birthday of 29 February is on 28 February", {"age"}, {}, (Patch(age, "add_years", eve),)
    yield "seven on 28 February", {"year"}, {}, (Patch(year, "add_years", eve),)
    yield "asked for proof on 28 February", {"proof"}, {}, (Patch(extension, "add_years", eve),)
    yield "a year from 29 February ends on 27 February", {"span in Y"}, {}, (Patch(calendar, "add_years", eve),)
    yield "a retirement day goes into the next month", {"working_age"}, {}, (Patch(age, "add_months", into),)
