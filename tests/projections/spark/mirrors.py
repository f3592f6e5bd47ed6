"""Mirrors of random patients in small pieces, some of them written anew since; and what the reference says of them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from projections.mirror import parts
from projections.mirror.columns import EVIDENCE, NONE, PER_PATIENT, Columns, Rows
from projections.mirror.house import houses
from projections.mirror.mirror import Mirror
from projections.mirror.tabulating import tabulate
from projections.mirror.writing import Writing, write_mirror
from projections.rebuild.judging import judge_plainly
from projections.rules.evidence import Evidence
from projections.rules.judge import Judge
from projections.rules.rulebook import Rulebook, load_rulebook
from projections.rules.succession import Period, Succession
from tests.projections.mirror.logs import patients_journal
from tests.projections.rules.building import SHANGHAI

PATIENTS = 8
BEFORE = Evidence(patients_journal(7, PATIENTS))
SINCE = Evidence(patients_journal(8, PATIENTS))
"""Other acts of patients of the same names."""
ANEW = (1, 4, 5)
"""Whose rows are written anew, by their place."""
DAYS = sorted({act.day for act in BEFORE.acts})
SUCCESSION = Succession(
    [
        Period(DAYS[len(DAYS) // 5], load_rulebook("national-2010")),
        Period(DAYS[len(DAYS) // 2], SHANGHAI),
        Period(DAYS[len(DAYS) * 3 // 4], load_rulebook("national-29")),
    ]
)
"""Nothing at first, then three texts, all within the acts."""

Decision = dict[str, Any]


def mirror_in(directory: Path, *, patched: bool) -> Mirror:
    """A mirror of several files with several pieces each; `patched`: some patients have other rows by now."""
    rows = tabulate(BEFORE)
    with pytest.MonkeyPatch.context() as small:
        small.setattr(parts, "GROUP_ROWS", 90)
        small.setattr("projections.mirror.writing.PART_ROWS", 250)
        one_by_one = [some(rows, [patient]) for patient in rows.patients]
        manifest = write_mirror(directory, one_by_one, houses(BEFORE.institutions))
        if patched:
            with Writing(directory, manifest, patch=True) as writing:
                writing.add(some(tabulate(SINCE), [rows.patients[k] for k in ANEW]))
                writing.finish(5, manifest.institutions, before=manifest.parts, digest="5" * 64)
    return Mirror.open(directory)


def some(rows: Rows, patients: Sequence[str]) -> Rows:
    """The rows of these patients."""
    wanted = [k for k, patient in enumerate(rows.patients) if patient in patients]
    where = np.isin(rows.columns.patient, wanted)
    columns = {name: c[wanted] if name in PER_PATIENT else c[where] for name, c in rows.columns._asdict().items()}
    columns["patient"] = np.searchsorted(wanted, columns["patient"]).astype(np.int32)
    acts = tuple(rows.acts[k] for k in np.flatnonzero(where).tolist())
    return rows._replace(columns=Columns(**columns), patients=tuple(rows.patients[k] for k in wanted), acts=acts)


def decided_by_reference(
    rulebook: Rulebook | Succession, readings: dict[str, str], *, patched: bool
) -> dict[str, list[Decision]]:
    """By patient, every decision in the order of judging, by the reference evaluator alone."""
    now = Judge(BEFORE, rulebook, readings)
    found = _decided(now)
    if patched:
        since = _decided(Judge(SINCE, rulebook, readings))
        found |= {patient: since[patient] for patient in [sorted(found)[k] for k in ANEW]}
    return found


def _decided(judge: Judge) -> dict[str, list[Decision]]:
    rows = tabulate(judge.evidence)
    columns, outcome = rows.columns, judge_plainly(judge, rows)
    digests = {(decision.kind, decision.act): decision.digest or None for decision in judge.decisions()}
    found: dict[str, list[Decision]] = {patient: [] for patient in rows.patients}
    for k, act in enumerate(rows.acts):
        if columns.kind[k] == EVIDENCE:
            continue
        patient = rows.patients[columns.patient[k]]
        blocking, used = int(outcome.blocking[k]), int(outcome.used[k])
        found[patient].append({
            "patient": patient,
            "position": int(columns.position[k]),
            "act": act,
            "payable": bool(outcome.payable[k]),
            "fails": int(outcome.fails[k]),
            "blocking": int(columns.position[blocking]) if blocking >= 0 else None,
            "used": used if used != NONE else None,
            "rulebook": digests["assessment" if columns.kind[k] else "session", act],
        })  # fmt: skip
    return found


def by_patient(batches: Sequence[pa.RecordBatch] | pa.Table) -> dict[str, list[Decision]]:
    """Decisions as they were handed out, by patient, in their order."""
    found: dict[str, list[Decision]] = {}
    for decision in pa.Table.from_batches(batches).to_pylist() if isinstance(batches, list) else batches.to_pylist():
        found.setdefault(decision["patient"], []).append(decision)
    return found
