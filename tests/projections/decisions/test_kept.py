"""Kept decisions are read only beside what they were made from, and stay readable for an appeal."""

import json

import pytest

from projections.decisions import Kept, KeptError
from projections.decisions.manifest import NAME
from projections.decisions.parts import KeptReader
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
    told = json.loads((kept.directory / NAME).read_text())
    del told["check"]
    for part in told["parts"]:
        del part["files"]  # as an earlier version of the program kept them
    (kept.directory / NAME).write_text(json.dumps(told))
    for path in kept.directory.glob("*.parquet"):
        path.write_bytes(b"PAR1 nothing of the kind PAR1")
    with pytest.raises(KeptError, match="cannot be read"):
        Kept.open(deciding.store, kept.mirror, deciding.judge)


@pytest.fixture
def changed(deciding: Deciding) -> Kept:
    """Kept decisions, with some that were other ones once."""
    three_patients(deciding)
    deciding.keep()
    deciding.record(line("AssessmentVoided", 9, assessment="XB", reason="r"))
    return deciding.keep()


def test_a_changed_bit_is_told_by_its_file(changed: Kept) -> None:
    kept = changed
    files = sorted(kept.directory.glob("*.parquet"))
    assert {path.name.split("-")[0] for path in files} == {"earlier", "part"}
    for path in files:
        whole = path.read_bytes()
        for place in range(0, len(whole), 7):
            path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
            with pytest.raises(KeptError, match=rf"{path.name}: these decisions are damaged .* are made anew"):
                _read_all(Kept.read(kept.directory))
        path.write_bytes(whole)
        _read_all(Kept.read(kept.directory))


@pytest.mark.parametrize("which", ["*.acts.parquet", "*.denied.parquet", "earlier-*.parquet"])
def test_what_is_damaged_is_made_anew(deciding: Deciding, changed: Kept, which: str) -> None:
    path = next(changed.directory.glob(which))
    whole = path.read_bytes()
    path.write_bytes(whole[:40] + bytes([whole[40] ^ 1]) + whole[41:])
    assert deciding.check() == 0  # what was otherwise before follows from the log, and is not told here any more
    assert deciding.keep().manifest.earlier is None


def _read_all(kept: Kept) -> None:
    for position in (kept.manifest.size, 1):
        kept.of(position)
    for part in kept.manifest.parts:
        KeptReader(kept.directory, part.name, part.files).denied()


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
