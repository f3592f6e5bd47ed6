"""Whom a batch is judged for, and how much room each patient takes: neither is seen in what is decided."""

from typing import Any

import numpy as np
import pytest

from projections.mirror.columns import EVIDENCE, Rows
from projections.mirror.tabulating import tabulate
from projections.rebuild.judging import ROOM, Outcome, judge_plainly, judge_rows, table_of
from projections.rebuild.layout import SCOPED_WIDTH
from projections.rules.judge import Judge
from tests.projections.rebuild.agreeing import together
from tests.projections.rules.building import SHANGHAI
from tests.projections.rules.random_journals import journal_of

PATIENTS = 5


def batch() -> tuple[Judge, Rows, Any]:
    judge = Judge(together(journal_of(seed) for seed in range(60, 60 + PATIENTS)), SHANGHAI)
    rows = tabulate(judge.evidence)
    return judge, rows, table_of(judge, rows, judge.evidence.institutions)


def test_a_patient_who_needs_more_room_than_others() -> None:
    """Institutions are numbered far apart: each takes room. Those before and behind him are judged all the same."""
    _, rows, table = batch()
    columns = rows.columns
    far = ROOM // int(table[SCOPED_WIDTH]) + 1
    plain = judge_rows(table, rows)
    for grown in ([2], [0], [PATIENTS - 1], [1, 3], [0, 1, 2, 3, 4]):
        houses = columns.house + np.where(np.isin(columns.patient, grown), far * (1 + columns.patient), 0)
        found = judge_rows(table, rows._replace(columns=columns._replace(house=houses.astype(np.int32))))
        assert all(mine.tolist() == theirs.tolist() for mine, theirs in zip(found, plain, strict=True))


@pytest.mark.parametrize("asked", [[], [0], [2, 3], [4], [0, 1, 2, 3, 4]], ids=str)
def test_only_those_who_are_asked_about(asked: list[int]) -> None:
    judge, rows, table = batch()
    whom = np.isin(np.arange(PATIENTS), asked)
    everybody = judge_rows(table, rows)
    theirs = whom[rows.columns.patient]
    acts = rows.columns.kind != EVIDENCE
    for found in (judge_rows(table, rows, whom), judge_plainly(judge, rows, whom)):
        for mine, all_of_it in zip(found, everybody, strict=True):
            assert mine[acts & theirs].tolist() == all_of_it[acts & theirs].tolist()
        assert nothing(found, ~theirs)
    assert theirs.any() == bool(asked)


def nothing(found: Outcome, of: Any) -> bool:
    return not found.payable[of].any() and not found.fails[of].any()
