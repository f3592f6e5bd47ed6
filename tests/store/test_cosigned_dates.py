"""The latest date of each witness, in a file of its own beside the key; damage to it is said, and nothing guessed."""

from pathlib import Path

import pytest

from ledger.proof import COSIGNATURE_V1, vkey
from ledger.store.cosigned_dates import CosignedDates
from ledger.store.refusals import StoreError

ONE, TWO = (vkey("w.example", bytes(range(n, n + 32)), COSIGNATURE_V1) for n in (0, 1))


def test_each_witness_has_its_own(tmp_path: Path) -> None:
    dates = CosignedDates(tmp_path)
    assert dates.latest(ONE) is None
    for seconds in (5, 7, 1 << 63):
        dates.keep(ONE, seconds)
        assert CosignedDates(tmp_path).latest(ONE) == seconds
    assert dates.latest(TWO) is None, "another key of the same name"
    dates.keep(TWO, 3)
    assert (dates.latest(ONE), dates.latest(TWO)) == (1 << 63, 3)
    assert [file.stat().st_mode & 0o777 for file in tmp_path.iterdir()] == [0o600] * 2


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"latest": "7"}', '{"latest": true}', '{"latest": 7.5}'])
def test_what_is_no_date_is_not_guessed(tmp_path: Path, content: str) -> None:
    dates = CosignedDates(tmp_path)
    dates.keep(ONE, 5)
    (file,) = tmp_path.iterdir()
    file.write_text(content)
    with pytest.raises(StoreError, match=rf"{file.name}: the latest date .* cannot be read .* Restore the file"):
        dates.latest(ONE)


def test_a_place_that_cannot_be_read_or_written(tmp_path: Path) -> None:
    absent = CosignedDates(tmp_path / "absent")
    with pytest.raises(StoreError, match="cannot be kept"):
        absent.keep(ONE, 5)
    dates = CosignedDates(tmp_path)
    dates.keep(ONE, 5)
    (file,) = tmp_path.iterdir()
    file.unlink()
    file.mkdir()
    with pytest.raises(StoreError, match="cannot be read"):
        dates.latest(ONE)
