"""Machine code that is kept: found by whoever would make the same, and by nobody else.

By processes of an installation of the test's own, with a small function. numba is there, as wherever tests are run;
how it goes without is in `test_plain_python`.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SAID = "from projections.rebuild.dates import add_days\nfrom projections.rebuild.native import *\n"
MAKE = "print(is_kept(add_days), machine_code(add_days)(100, 5))\n"


class Installation:
    """The program once more, in a directory that a test may change; its user's cache is the test's."""

    def __init__(self, place: Path, cache: Path) -> None:
        self.dates = place / "projections/rebuild/dates.py"
        self._place, self._environment = place, {**os.environ, "XDG_CACHE_HOME": str(cache)}
        for package in ("ledger", "projections"):
            shutil.copytree(ROOT / package, place / package, ignore=shutil.ignore_patterns("__pycache__"))

    def says(self, code: str) -> str:
        """What a new process prints that runs this."""
        command = [sys.executable, "-c", SAID + code]
        done = subprocess.run(
            command, cwd=self._place, env=self._environment, capture_output=True, text=True, check=False
        )
        assert done.stderr == ""
        return done.stdout

    def upgraded(self, before: str, after: str) -> str:
        """What another version has in `dates.py`."""
        text = self.dates.read_text()
        assert before in text
        return text.replace(before, after)


@pytest.fixture
def installed(tmp_path: Path) -> Installation:
    return Installation(tmp_path / "one", tmp_path / "cache")


def test_what_was_made_is_kept(installed: Installation) -> None:
    assert installed.says(MAKE + "print(is_kept(add_days))") == "False 105\nTrue\n"
    assert installed.says(MAKE) == "True 105\n"


def test_an_upgrade_under_a_process_that_runs(installed: Installation) -> None:
    """It makes machine code of what it has imported, and the new version makes its own."""
    text = installed.upgraded("LAST_DAY = 2932896", "LAST_DAY = 50")
    upgrade = f"import pathlib\npathlib.Path({str(installed.dates)!r}).write_text({text!r})\n"
    assert installed.says(upgrade + MAKE) == "False 105\n"
    assert installed.says("print(add_days(100, 5))\n" + MAKE) == "50\nFalse 50\n"
    assert installed.says(MAKE) == "True 50\n"


def test_a_word_more_in_the_source_is_the_same_code(installed: Installation) -> None:
    assert installed.says(MAKE) == "False 105\n"
    installed.dates.write_text(installed.upgraded("@native\ndef year_of", "# A word more.\n\n\n@native\ndef year_of"))
    code = "import numba\nnumba.config.DEBUG_CACHE = 1\nmachine_code(add_days)(100, 5)"
    assert "data loaded" in installed.says(code)
    assert "saved" not in installed.says(code)


def test_another_installation_of_the_same(installed: Installation, tmp_path: Path) -> None:
    """It says that it is kept, and loads it."""
    assert installed.says(MAKE) == "False 105\n"
    other = Installation(tmp_path / "two", tmp_path / "cache")
    assert other.says("import numba\nnumba.config.DEBUG_CACHE = 1\n" + MAKE + MAKE).count("data loaded") == 1
    assert "saved" not in other.says("import numba\nnumba.config.DEBUG_CACHE = 1\n" + MAKE)
    assert other.says(MAKE) == "True 105\n"


def test_other_settings_of_numba(installed: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    assert installed.says(MAKE) == "False 105\n"
    code = "import os\nos.environ['NUMBA_CPU_NAME'] = 'generic'\n"
    assert installed.says(code + MAKE) == "False 105\n"
    assert installed.says(code + MAKE) == "True 105\n"


def test_what_is_not_used_any_more_goes_when_other_is_made(installed: Installation, tmp_path: Path) -> None:
    assert installed.says(MAKE) == "False 105\n"
    (old,) = (tmp_path / "cache/treatment-ledger").iterdir()
    os.utime(old, (1, 1))
    assert installed.says(MAKE) == "True 105\n"  # used, and so not old
    assert old.stat().st_mtime > 1
    os.utime(old, (1, 1))
    installed.dates.write_text(installed.upgraded("LAST_DAY = 2932896", "LAST_DAY = 50"))
    assert installed.says(MAKE) == "False 50\n"
    (new,) = (tmp_path / "cache/treatment-ledger").iterdir()
    assert new.name != old.name


def test_where_others_can_write_nothing_is_kept(installed: Installation, tmp_path: Path) -> None:
    assert installed.says(MAKE) == "False 105\n"
    (tmp_path / "cache/treatment-ledger").chmod(0o777)
    assert installed.says(MAKE) == "False 105\n", "what lay there while others could write is not run, but made anew"
    (kept,) = (tmp_path / "cache/treatment-ledger").iterdir()
    kept.chmod(0o777)
    assert installed.says(MAKE + "print(can_be_kept(add_days))") == "False 105\nFalse\n"
