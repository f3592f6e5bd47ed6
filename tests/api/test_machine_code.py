"""Machine code made beside the service: another process, only for a long log, and none when the service has ended."""

import os
import sys
from pathlib import Path

import pytest

from api.machine_code import ENTRIES, made_beside
from projections.rebuild.native import NATIVE
from projections.rebuild.ways import MAKING_PAYS


def children() -> list[str]:
    """What the processes are that this one has started, and that have not ended."""
    task = Path(f"/proc/self/task/{os.getpid()}/children")
    return [Path(f"/proc/{child}/cmdline").read_text() for child in task.read_text().split()]


def test_while_the_service_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))  # nothing is kept there: making it takes longer than this
    before = children()
    with made_beside(ENTRIES):
        beside = [one for one in children() if one not in before]
        assert len(beside) is (1 if NATIVE else 0)
    assert children() == before
    assert list(tmp_path.rglob("*.nbc")) == []  # it did not go on until it was done


def test_for_a_short_log_it_is_not_worth_it() -> None:
    before = children()
    with made_beside(ENTRIES - 1):
        assert children() == before


def test_the_service_is_not_made_to_load_what_it_does_not_need() -> None:
    """So the number of entries is written down here, and not taken from the acts it stands for."""
    assert ENTRIES == 4 * MAKING_PAYS
    code = "import sys; import api.machine_code; sys.exit('numpy' in sys.modules or 'numba' in sys.modules)"
    assert os.spawnv(os.P_WAIT, sys.executable, [sys.executable, "-c", code]) == 0
