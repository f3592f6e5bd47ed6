"""All generated cases, in one list."""

from functools import cache

from tests.cases.boundaries import ages, counts, days, indications, national, others, profiles, spans
from tests.cases.case import Case


@cache
def generated() -> tuple[Case, ...]:
    """Every generated case: for every clause one below, at, one above; the day before, on, after."""
    return tuple(case for theme in (indications, spans, counts, days, ages, others, national, profiles) for case in theme.cases())
