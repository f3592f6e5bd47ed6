"""Every case of the TOML files beside this one, through the public judge. The cases are written from the notice and
the project's rules, not from the code; `case.py` and `story.py` say how they are read."""

import pytest

from tests.cases.case import Case, check, written


@pytest.mark.parametrize("case", written(), ids=str)
def test_case(case: Case) -> None:
    check(case)
