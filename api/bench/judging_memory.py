"""How much memory judging a whole mirror takes, beside reading all of it before judging.

Each is done in a process started fresh, as `api.bench.memory` has it, from the files alone: what made the mirror does
not count.
"""

from pathlib import Path

from api.bench.memory import MB, fresh, most_resident
from api.bench.repeated import acts_in
from projections.mirror.mirror import Mirror
from projections.rebuild.asked import asked_columns
from projections.rebuild.judging import judge_rows, table_of
from projections.rules.evidence import Evidence
from projections.rules.judge import Judge
from projections.rules.rulebook import load_rulebook


def of_judging(mirror: Path, rulebook: str) -> float:
    """MB that it takes to read the mirror in this directory, to judge it and to count what is payable."""
    return fresh(_batch_by_batch, (mirror, rulebook)) / MB


def of_reading_first(mirror: Path, rulebook: str) -> float:
    """MB that the plain way takes: every row in memory, then judged."""
    return fresh(_all_at_once, (mirror, rulebook)) / MB


def _batch_by_batch(of: tuple[Path, str]) -> int:
    return _judged(*of, at_once=False)


def _all_at_once(of: tuple[Path, str]) -> int:
    return _judged(*of, at_once=True)


def _judged(directory: Path, rulebook: str, *, at_once: bool) -> int:
    mirror = Mirror.open(directory)
    judge, acts, payable = Judge(Evidence([]), load_rulebook(rulebook)), 0, 0
    batches = mirror.batches(asked_columns(judge), acts=False)
    table = None
    for rows in list(batches) if at_once else batches:
        if table is None:
            table = table_of(judge, rows, mirror.institutions)
        acts += acts_in(rows)
        payable += int(judge_rows(table, rows).payable.sum())
    if not 0 < payable <= acts:
        raise AssertionError(f"of {acts} acts {payable} are payable: the mirror of the benchmark is none")
    return most_resident()
