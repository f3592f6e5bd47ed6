"""Machine code made beside the service: another process, only for a long log, and none when the service has ended."""

import logging
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from api.machine_code import ENTRIES, PROGRAM, made_beside
from projections.rebuild.native import NATIVE
from projections.rebuild.ways import MAKING_PAYS


def children() -> dict[str, str]:
    """What the processes are that this one has started, by their number, and that have not ended."""
    task = Path(f"/proc/self/task/{os.getpid()}/children")
    found = {child: Path(f"/proc/{child}/cmdline").read_text() for child in task.read_text().split()}
    return {child: what for child, what in found.items() if what}


def test_while_the_service_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))  # nothing is kept there: making it takes longer than this
    before = children()
    with made_beside(ENTRIES):
        beside = {child: what for child, what in children().items() if child not in before}
        assert ["projections.rebuild.ways" in what for what in beside.values()] == ([True] if NATIVE else [])
        # It is at work: the first of many functions is there.
        while NATIVE and not list(tmp_path.rglob("*.nbc")):
            assert children().items() >= beside.items()
            time.sleep(0.05)
        assert children().items() >= beside.items()
    assert children() == before
    assert list(tmp_path.rglob("*interpreter.run-*.nbc")) == []  # it did not go on until it was done


def test_the_program_ends_well_where_nothing_can_be_kept(tmp_path: Path) -> None:
    (tmp_path / "cache").touch()
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")}
    done = subprocess.run(PROGRAM, env=environment, capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_that_it_failed_is_logged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "numba").mkdir()
    (tmp_path / "numba" / "__init__.py").write_text("raise ImportError('numba is broken here')")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), *sys.path]))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with caplog.at_level(logging.WARNING, "uvicorn.error"), made_beside(ENTRIES):
        while NATIVE and not caplog.messages:
            time.sleep(0.05)
    said = "machine code for judging was not made (exit 1): ImportError: numba is broken here"
    assert caplog.messages == ([said] if NATIVE else [])


def test_that_it_is_ended_is_no_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with made_beside(ENTRIES):
        pass
    assert caplog.messages == []


def test_for_a_short_log_it_is_not_worth_it() -> None:
    before = children()
    with made_beside(ENTRIES - 1):
        assert children() == before


def test_the_service_is_not_made_to_load_what_it_does_not_need() -> None:
    """So the number of entries is written down here, and not taken from the acts it stands for."""
    assert ENTRIES == 4 * MAKING_PAYS
    code = "import sys; import api.machine_code; sys.exit('numpy' in sys.modules or 'numba' in sys.modules)"
    assert os.spawnv(os.P_WAIT, sys.executable, [sys.executable, "-c", code]) == 0
