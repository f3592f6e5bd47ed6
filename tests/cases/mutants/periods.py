"""Periods a day longer or shorter: no period of a rulebook is a year and a day, so the code that ends one is told."""

from datetime import date
from typing import Any

from projections.rules import calendar
from projections.rules.calendar import add_days
from projections.rules.clauses import extension, span
from tests.cases.mutants.mutant import Patch


class _Longer(tuple[int, str]):
    """A period with days on top."""

    days: int


def longer(text: str, days: int) -> str:
    """How a mutant spells a period so many days longer."""
    return f"{text}{days:+d}D"


def patches(text: str, days: int, module: object = span) -> tuple[Patch, ...]:
    """What makes a module understand `longer(text, days)`; in `extension`, where options are periods, `text` itself."""
    spelled = longer(text, days) if module is span else text

    def parsing(old: Any) -> Any:
        def parse(given: str) -> tuple[int, str] | None:
            if given != spelled:
                return old(given)  # type: ignore[no-any-return]
            period = _Longer(calendar.period_of(text))
            period.days = days
            return period

        return parse

    def ending(old: Any) -> Any:
        def end(anchor: date, period: tuple[int, str]) -> date:
            return add_days(old(anchor, period), getattr(period, "days", 0))

        return end

    def counting(old: Any) -> Any:
        return lambda period: old(period) + getattr(period, "days", 0)

    parse = Patch(span, "period_of", parsing) if module is span else Patch(extension, "parse_period", parsing)
    count = (Patch(span, "days_of", counting),) if module is span else ()
    return (parse, Patch(module, "first_day_past", ending), *count)
