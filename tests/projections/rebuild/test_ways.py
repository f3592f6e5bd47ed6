"""Which way the interpreter runs: as it is written for few rows, as machine code from so many on, once for all."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

import pytest

from projections.rebuild import ways
from projections.rebuild.interpreter import run
from projections.rebuild.native import NATIVE, can_be_kept, is_kept, machine_code

ROOT = Path(__file__).parents[3]


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a process that has judged nothing yet; machine code is kept."""
    monkeypatch.setattr(ways, "_interpreter", ways._Interpreter())


def elsewhere(cache: Path, code: str) -> str:
    """What another process prints, that keeps its machine code under `cache`."""
    environment = {**os.environ, "XDG_CACHE_HOME": str(cache)}
    done = subprocess.run(
        [sys.executable, "-c", f"from projections.rebuild.ways import *\n{code}"],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stderr == ""
    return done.stdout


@pytest.mark.usefixtures("fresh")
def test_few_rows_are_run_as_it_is_written() -> None:
    assert ways.run_for(ways.LOADING_PAYS - 1) is run
    assert not ways.pays_native(ways.LOADING_PAYS - 1)


@pytest.mark.usefixtures("fresh")
def test_rows_are_counted_together_and_what_is_loaded_stays() -> None:
    fast = machine_code(run) if NATIVE else run
    assert ways.pays_native(ways.LOADING_PAYS) is NATIVE
    assert ways.run_for(ways.LOADING_PAYS - 1) is run
    assert ways.run_for(1) is fast
    assert ways.run_for(1) is fast
    assert ways.pays_native(1) is NATIVE


@pytest.mark.usefixtures("fresh")
def test_whoever_wants_it_sooner() -> None:
    ways.make_native()
    assert ways.run_for(1) is (machine_code(run) if NATIVE else run)


def test_what_was_made_is_kept() -> None:
    assert is_kept(run) is can_be_kept(run) is NATIVE
    assert not ways.is_to_be_made(ways.MAKING_PAYS)


def test_where_nothing_is_kept_more_rows_are_needed(tmp_path: Path) -> None:
    """And numba is not imported as long as nobody needs it."""
    code = (
        "import sys\n"
        "print(is_to_be_made(MAKING_PAYS - 1), is_to_be_made(MAKING_PAYS))\n"
        "print(run_for(COMPILING_PAYS - 1) is run, pays_native(COMPILING_PAYS), 'numba' in sys.modules)"
    )
    assert elsewhere(tmp_path, code) == f"False {NATIVE}\nTrue {NATIVE} False\n"


def test_without_a_directory_to_keep_it_in(tmp_path: Path) -> None:
    (tmp_path / "cache").touch()
    code = "print(is_to_be_made(MAKING_PAYS), is_kept(run), run_for(LOADING_PAYS) is run)"
    assert elsewhere(tmp_path / "cache", code) == "False False True\n"


@pytest.mark.usefixtures("fresh")
def test_while_another_thread_makes_it() -> None:
    """Few rows are run as it is written meanwhile; for many it is sooner to wait."""
    interpreter = ways._Interpreter()
    with ThreadPoolExecutor() as threads:
        with interpreter._making:
            assert interpreter.run_for(ways.LOADING_PAYS - 1) is run
            assert interpreter.run_for(1) is run  # together they would have been enough
            many = threads.submit(interpreter.run_for, ways.COMPILING_PAYS)
            assert wait([many], 0.2).not_done == ({many} if NATIVE else set())
        assert many.result() is (machine_code(run) if NATIVE else run)


def test_few_rows_wait_for_nobody_where_nothing_is_kept(tmp_path: Path) -> None:
    code = (
        "interpreter = _Interpreter()\n"
        "with interpreter._making:\n"
        "    print([interpreter.run_for(rows) is run for rows in (COMPILING_PAYS - 1, COMPILING_PAYS - 1, 1)])"
    )
    assert elsewhere(tmp_path, f"from projections.rebuild.ways import _Interpreter\n{code}") == "[True, True, True]\n"


@pytest.mark.usefixtures("fresh")
def test_what_is_handed_out_is_ready() -> None:
    """Nobody who has it makes it at the first call."""
    assert not NATIVE or ways.run_for(ways.COMPILING_PAYS).signatures  # type: ignore[attr-defined]


def test_where_it_cannot_be_kept_it_is_not_made_beside_others(tmp_path: Path) -> None:
    """The program ends, and numba was not imported: the process would take it along."""
    (tmp_path / "cache").touch()
    code = (
        "import runpy, sys\n"
        "del sys.modules['projections.rebuild.ways']\n"
        "runpy.run_module('projections.rebuild.ways', run_name='__main__')\n"
        "print('numba' in sys.modules)"
    )
    assert elsewhere(tmp_path / "cache", code) == "False\n"


def test_the_program_that_makes_it_beside_others() -> None:
    """Here it is made already, and loaded."""
    done = subprocess.run(
        [sys.executable, "-m", "projections.rebuild.ways"], cwd=ROOT, capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
