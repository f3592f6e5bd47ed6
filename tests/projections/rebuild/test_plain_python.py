"""Without numba the same functions run as they are written: the same decisions, in another process."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
PLAIN = """
import sys
sys.modules["numba"] = None  # as if it were not installed

from projections.rebuild import native
from projections.rules.evidence import Evidence
from projections.rules.judge import Judge
from projections.rules.succession import Period, Succession
from tests.projections.rebuild.agreeing import differences
from tests.projections.rebuild.test_agreement import BOOKS
from tests.projections.rules.random_journals import journal_of

assert not native.NATIVE
SHANGHAI, NINE, _ = BOOKS
for seed in range(24):
    evidence = Evidence(journal_of(seed))
    days = [act.day for act in evidence.acts]
    followed = Succession([Period(days[len(days) // 4], NINE), Period(days[len(days) // 2], SHANGHAI)])
    for book in (*BOOKS, followed):
        together = ("same_day", "same_episode", "overlapping")[seed % 3]
        for readings in ({}, {"winner": "dearest", "together": together}):
            found = differences(Judge(evidence, book, readings))
            assert found == [], (seed, book, readings, found)
print("agreed")
"""


def test_the_same_decisions_as_plain_python() -> None:
    """An integer that overflows without numba is told of as an error."""
    command = [sys.executable, "-W", "error", "-c", PLAIN]
    ran = subprocess.run(command, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False)
    assert ran.stderr == ""
    assert ran.stdout == "agreed\n"
