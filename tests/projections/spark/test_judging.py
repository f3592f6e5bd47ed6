"""The plain loop: the decisions of the reference, row by row, however the rows are cut; what Spark does is in
`test_running`.
"""

import pickle
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyspark import cloudpickle

from projections.mirror.mirror import Mirror
from projections.rules.judge import Judge
from projections.rules.rulebook import Rulebook
from projections.rules.succession import Succession
from projections.spark.joining import PatientSplit
from projections.spark.judging import DECISIONS, Judging
from projections.spark.pieces import Pieces
from tests.projections.rules.building import SHANGHAI
from tests.projections.spark.mirrors import (
    BEFORE,
    SUCCESSION,
    by_patient,
    decided_by_reference,
    mirror_in,
)

RULES = [
    pytest.param(SHANGHAI, {}, id="one"),
    pytest.param(SHANGHAI, {"winner": "dearest"}, id="dearest"),
    pytest.param(SUCCESSION, {"transition": "by_act_date"}, id="by-act"),
    pytest.param(SUCCESSION, {"transition": "by_episode_start"}, id="by-episode"),
]


@pytest.fixture(scope="module")
def mirror(tmp_path_factory: pytest.TempPathFactory) -> Mirror:
    return mirror_in(tmp_path_factory.mktemp("patched"), patched=True)


def rows(mirror: Mirror) -> list[pa.RecordBatch]:
    pieces = Pieces(mirror)
    return list(pieces.batches(range(len(pieces))))


@pytest.mark.parametrize(("rulebook", "readings"), RULES)
@pytest.mark.parametrize("patched", [False, True])
def test_every_decision_is_that_of_the_reference(
    tmp_path: Path, rulebook: Rulebook | Succession, readings: dict[str, str], patched: bool
) -> None:
    mirror = mirror_in(tmp_path, patched=patched)
    decided = list(Judging(Judge(BEFORE, rulebook, readings), mirror).judge(rows(mirror)))
    assert len(decided) > 3
    assert all(one.schema == DECISIONS for one in decided)
    assert by_patient(decided) == decided_by_reference(rulebook, readings, patched=patched)


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_a_patient_may_be_cut_over_batches(mirror: Mirror, data: st.DataObject) -> None:
    judging = Judging(Judge(BEFORE, SUCCESSION), mirror)
    whole = pa.Table.from_batches(rows(mirror))
    ends = sorted(data.draw(st.sets(st.integers(1, whole.num_rows - 1), max_size=40)))
    cuts = zip([0, *ends], [*ends, whole.num_rows], strict=True)
    cut = [whole.slice(begin, end - begin).combine_chunks().to_batches()[0] for begin, end in cuts]
    assert pa.Table.from_batches(judging.judge(cut)) == pa.Table.from_batches(judging.judge(rows(mirror)))


def test_a_patient_whose_rows_are_apart_is_refused(mirror: Mirror) -> None:
    judging, (first, *others) = Judging(Judge(BEFORE, SHANGHAI), mirror), rows(mirror)
    with pytest.raises(PatientSplit):
        list(judging.judge([first.slice(1), *others, first.slice(0, 1)]))


def test_no_rows_no_decisions(mirror: Mirror) -> None:
    judging = Judging(Judge(BEFORE, SHANGHAI), mirror)
    assert list(judging.judge([])) == []
    assert list(judging.judge([rows(mirror)[0].slice(0, 0)])) == []


def test_it_travels_without_the_evidence(mirror: Mirror) -> None:
    judging = Judging(Judge(BEFORE, SUCCESSION), mirror)
    packed = cloudpickle.dumps(judging)
    assert BEFORE.acts[0].id.encode() not in packed
    again = pickle.loads(packed)
    assert by_patient(list(again.judge(rows(mirror)))) == by_patient(list(judging.judge(rows(mirror))))
