"""Acts on the last day that counts, the first that does not, and the day after: of spans, gaps, ages, years, limits.

Random journals seldom step on the very day; these step on little else.
"""

from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projections.rules.calendar import add_months, add_years
from projections.rules.evidence import Evidence
from projections.rules.judge import Judge
from projections.rules.rulebook import Rulebook
from tests.projections.rebuild.agreeing import differences
from tests.projections.rebuild.test_agreement import BOOKS, SEEDS, readings_of
from tests.projections.rules.building import Journal

ANCHORS = (date(2019, 1, 31), date(2020, 2, 29), date(2020, 6, 30), date(2021, 1, 1), date(2021, 3, 1))
STEPS = (0, 1, 13, 14, 15, 29, 30, 31, 60, 89, 90, 91, 179, 180, 181, 364, 365, 366)
AGES = (3, 6, 7, 15, 16, 18, 50, 55, 60)
LATER = (
    *(60 * 12 + months for months in (0, 1, 2, 36)),
    *(50 * 12 + 1, 55 * 12 + 1, 55 * 12, 50 * 12 + 60),
)
SITES = ("upper limb", "lower limb", "left arm", "上肢", "下肢", "上肢、下肢", "")


def near(random: Random, day: date) -> date:
    """The day, the one before or the one after."""
    return day + timedelta(random.choice((-1, 0, 1)))


def on_the_day(seed: int, book: Rulebook) -> Evidence:
    """One invented patient whose acts fall on anniversaries of one day, and on birthdays."""
    random = Random(seed)
    anchor = random.choice(ANCHORS)
    of_age = random.choice((near(random, anchor), near(random, anchor + timedelta(random.choice(STEPS)))))
    born = add_years(of_age, -random.choice(AGES)) if random.random() < 0.6 else None
    born = born or add_months(of_age, -random.choice(LATER))
    journal = Journal(born=born.isoformat(), sex=random.choice(("male", "female")))
    journal.patient("P1", born.isoformat(), random.choice(("male", "female")), random.choice((None, "cadre", "worker")))
    journal.episode("E2", onset=anchor.isoformat())
    days = {anchor, near(random, add_years(anchor, 1)), near(random, add_years(anchor, 2)), near(random, of_age)}
    days |= {near(random, add_months(anchor, random.choice((1, 3, 6, 12)))) for _ in range(2)}
    days |= {near(random, anchor + timedelta(random.choice(STEPS))) for _ in range(6)}
    days |= {near(random, date(year, month, 1)) for year in (2020, 2021, 2022) for month in (1, 7)}
    if random.random() < 0.3:  # enough of them, one day after another
        days |= {anchor + timedelta(n) for n in range(random.choice((32, 95, 185)))}
    items = random.sample(list(book.items), min(len(book.items), 3))
    given: dict[str, Any] = {"episode": random.choice(("E1", "E1", "E2"))}
    for day in sorted(days):
        if random.random() < 0.3:
            journal.assessment(10, day, "08:30", outcome=random.choice(("improved", "unchanged", "baseline")), **given)
        for item in random.sample(items, random.choice((1, 1, len(items)))):
            clock, fee = random.choice(("09:00", "09:30", "10:00")), random.choice((None, 1, 1, 2))
            voided = random.random() < 0.05
            if item.kind == "training":
                sheet = f"sheet-{len(journal.facts)}"
                journal.prescription(sheet, item.slug, site=random.choice(SITES), episode=given["episode"])
                journal.session(item.slug, day, clock, prescription=sheet, fee=fee, voided=voided)
            else:
                journal.assessment(item.slug, day, clock, fee=fee, voided=voided, outcome="improved", **given)
    return Evidence(journal.facts)


@pytest.mark.parametrize("book", BOOKS, ids=lambda book: str(book.id))
@settings(max_examples=30, deadline=None)
@given(seed=SEEDS, data=st.data())
def test_on_the_very_day(book: Rulebook, seed: int, data: Any) -> None:
    readings = data.draw(st.one_of(st.just({}), readings_of(book)))
    assert differences(Judge(on_the_day(seed, book), book, readings)) == []
