"""What is not asked for may say anything: the decisions are the same."""

from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projections.mirror.columns import PER_PATIENT
from projections.mirror.tabulating import tabulate
from projections.rebuild.asked import ASKED_SELDOM, asked_columns
from projections.rebuild.growing import NotTabled
from projections.rebuild.judging import judge_rows, table_of
from projections.rules.evidence import Evidence
from projections.rules.judge import Judge
from projections.rules.rulebook import load_rulebook
from projections.rules.succession import Period, Succession
from tests.projections.rules.building import SHANGHAI
from tests.projections.rules.random_journals import OPTIONS, journal_of

NATIONAL = load_rulebook("national-2010")


@settings(max_examples=120, deadline=None)
@given(seed=st.integers(0, 2**32), data=st.data())
def test_any_other_column_decides_nothing(seed: int, data: Any) -> None:
    names = data.draw(st.sets(st.sampled_from(sorted(OPTIONS)), max_size=3))
    judge = Judge(Evidence(journal_of(seed)), SHANGHAI, {n: data.draw(st.sampled_from(OPTIONS[n])) for n in names})
    rows = tabulate(judge.evidence)
    try:
        asked = asked_columns(judge)
    except NotTabled:
        return
    table = table_of(judge, rows, judge.evidence.institutions)
    others = {
        name: np.full_like(column, 77)
        for name, column in rows.columns._asdict().items()
        if name not in asked and name != "patient"
    }
    assert others.keys().isdisjoint(PER_PATIENT)
    for mine, theirs in zip(
        judge_rows(table, rows), judge_rows(table, rows._replace(columns=rows.columns._replace(**others))), strict=True
    ):
        assert mine.tolist() == theirs.tolist()


@pytest.mark.parametrize(
    ("readings", "more"),
    [
        ({}, set()),
        ({"span_anchor": "episode_onset"}, set(ASKED_SELDOM)),
        ({"together": "overlapping"}, set(ASKED_SELDOM)),
        ({"winner": "dearest"}, {"at", "end", "fee"}),
    ],
    ids=["as proposed", "onset", "overlapping", "dearest"],
)
def test_what_asks_for_more(readings: dict[str, str], more: set[str]) -> None:
    plain = set(asked_columns(Judge(Evidence([]), SHANGHAI)))
    assert set(asked_columns(Judge(Evidence([]), SHANGHAI, readings))) - plain == more


def test_of_several_whatever_one_of_them_asks() -> None:
    plain, onset = (Judge(Evidence([]), SHANGHAI, chosen) for chosen in ({}, {"span_anchor": "episode_onset"}))
    assert set(asked_columns(plain, onset)) == set(asked_columns(onset)) > set(asked_columns(plain))


def test_what_the_opening_decides() -> None:
    both = Succession([Period(date(2010, 1, 1), NATIONAL), Period(date(2017, 1, 1), SHANGHAI)])
    by_act, by_start = (
        Judge(Evidence([]), both, {"transition": f"by_{what}"}) for what in ("act_date", "episode_start")
    )
    assert "opened" not in asked_columns(by_act)
    assert "opened" in asked_columns(by_start)
