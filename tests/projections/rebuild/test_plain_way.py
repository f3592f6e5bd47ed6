"""The reference evaluator's answers in the form of the fast one's: the same, whoever was asked."""

import numpy as np
import pytest

from projections.mirror.tabulating import tabulate
from projections.rebuild.judging import judge_plainly, judge_rows, outcome_of, table_of
from projections.rules.evidence import Evidence
from projections.rules.judge import Judge
from tests.projections.rules.building import SHANGHAI
from tests.projections.rules.random_journals import journal_of


@pytest.mark.parametrize("seed", range(40))
def test_both_ways_answer_alike(seed: int) -> None:
    evidence = Evidence(journal_of(seed))
    judge, rows = Judge(evidence, SHANGHAI), tabulate(evidence)
    plainly = judge_plainly(judge, rows)
    fast = judge_rows(table_of(judge, rows, evidence.institutions), rows)
    acts = rows.columns.kind != 2
    for name, ours, theirs in zip(plainly._fields, plainly, fast, strict=True):
        assert (ours[acts] == theirs[acts]).all(), name
    assert all(np.array_equal(one[acts], two[acts]) for one, two in zip(outcome_of(judge, rows), plainly, strict=True))
