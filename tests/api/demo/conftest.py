"""The invented year, made once for all tests of it."""

from typing import NamedTuple

import pytest

from api.demo import Planted, year_with_mistakes
from ledger.treatment.facts import Fact


class Year(NamedTuple):
    """The facts in order, and the planted mistakes by act."""

    facts: list[Fact]
    planted: dict[str, Planted]


@pytest.fixture(scope="session")
def invented() -> Year:
    facts, planted = year_with_mistakes(2021, 240)
    return Year(facts, {mistake.act: mistake for mistake in planted})
