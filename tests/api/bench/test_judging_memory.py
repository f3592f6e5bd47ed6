"""That what is measured is judging, in a process of its own, and nothing that this one holds."""

from pathlib import Path

import pytest

from api.bench.judging_memory import of_judging, of_reading_first
from api.bench.memory import MB
from api.bench.repeated import write_repeated
from projections.mirror.refusal import MirrorError
from projections.mirror.writing import write_mirror
from projections.rules.evidence import Evidence
from tests.projections.mirror.logs import patients_journal

BALLAST = 600 * MB
ACTS = 1_000_000


@pytest.fixture(scope="module")
def mirror(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("mirror")
    write_repeated(directory, Evidence(patients_journal(7, 240)), ACTS)
    return directory


def test_what_this_process_holds_does_not_count(mirror: Path) -> None:
    held = b"\x01" * BALLAST
    assert 30 < of_judging(mirror, "shanghai-2017") < BALLAST / MB
    assert len(held) == BALLAST


def test_rows_that_are_held_take_what_they_take(mirror: Path) -> None:
    """A row is fifty bytes or more; judged batch by batch, most of them are gone again."""
    held = of_reading_first(mirror, "shanghai-2017") - of_judging(mirror, "shanghai-2017")
    assert held > ACTS * 30 / MB


def test_there_must_be_something_to_judge(tmp_path: Path) -> None:
    with pytest.raises(MirrorError):
        of_judging(tmp_path, "shanghai-2017")
    write_mirror(tmp_path, [], {})
    with pytest.raises(AssertionError, match="the mirror of the benchmark is none"):
        of_judging(tmp_path, "shanghai-2017")
