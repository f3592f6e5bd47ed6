"""All generated cases, in one list."""

from functools import cache

from tests.cases.boundaries import ages, counts, days, indications, national, others, profiles, retold, scopes, spans
from tests.cases.case import Case


@cache
def generated() -> tuple[Case, ...]:
    """Every generated case: for every clause one below, at, one above; the day before, on, after."""
    themes = (indications, spans, counts, days, ages, others, national, scopes, retold, profiles)
    return tuple(case for theme in themes for case in theme.cases())
