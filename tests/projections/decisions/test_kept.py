"""Kept decisions are read only beside what they were made from, and stay readable for an appeal."""

import json

import pytest

from projections.decisions import Kept, KeptError
from projections.decisions.manifest import NAME
from projections.mirror.mirror import JUDGED
from tests.application.world import line
from tests.projections.decisions.deciding import Deciding
from tests.projections.decisions.test_keeping import three_patients


def test_other_rows_are_told(deciding: Deciding) -> None:
    three_patients(deciding)
    deciding.keep()
    deciding.record(line("FeeConfirmed", 9, act="XB", amount_fen=5))
    with pytest.raises(KeptError, match=r"the decisions are of [0-9]+ entries, not of"):
        Kept.open(deciding.store, deciding.mirror(), deciding.judge)


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [("format", "x/1", "its format is"), ("mirror", "00", "entries"), ("size", "many", "cannot be read")],
)
def test_a_manifest_that_does_not_fit(deciding: Deciding, key: str, value: str, told: str) -> None:
    three_patients(deciding)
    kept = deciding.keep()
    path = kept.directory / NAME
    told_before = json.loads(path.read_text())
    del told_before["check"]  # as one of an earlier version of the program, which says nothing of being whole
    path.write_text(json.dumps(told_before | {key: value}))
    with pytest.raises(KeptError, match=told):
        Kept.open(deciding.store, kept.mirror, deciding.judge)
    deciding.check()


def test_a_file_that_cannot_be_read(deciding: Deciding) -> None:
    three_patients(deciding)
    kept = deciding.keep()
    for path in kept.directory.glob("*.parquet"):
        path.write_bytes(b"PAR1 nothing of the kind PAR1")
    opened = Kept.open(deciding.store, kept.mirror, deciding.judge)
    with pytest.raises(KeptError, match="cannot be read"):
        list(opened.batches(JUDGED))


def test_of_nothing_that_is_no_act(deciding: Deciding) -> None:
    three_patients(deciding)
    kept = Kept.read(deciding.keep().directory)
    assert kept.of(1) == []
    assert kept.of(10**9) == []
    with pytest.raises(KeptError, match="without a mirror"):
        list(kept.batches())


def test_what_was_opened_stays_as_it_was(deciding: Deciding) -> None:
    three_patients(deciding)
    before = deciding.keep()
    deciding.record(line("AssessmentVoided", 9, assessment="XB", reason="r"))
    after = deciding.keep()
    payable = [sum(outcome.payable.sum() for _, outcome in kept.batches(JUDGED)) for kept in (before, after)]
    assert payable[0] - payable[1] == 1
