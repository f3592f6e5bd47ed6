"""The clauses of all 43 items at their edges: one below, at and one above each limit; the day before, on and after each
date, by default and under each option of each reading that the clause asks. The cases are made in `boundaries/` from
tables written from annex 1 of the notice and the project's rules, item by item, so that an item that lost a clause,
or has another number, fails here by name."""

import pytest

from tests.cases.boundaries.every import generated
from tests.cases.case import Case, check


@pytest.mark.parametrize("case", generated(), ids=str)
def test_boundary(case: Case) -> None:
    check(case)
