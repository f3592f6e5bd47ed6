"""The same patients again and again, nothing of one in another."""

from pathlib import Path

from api.bench.repeated import ACTS_A_PATIENT, acts_in, write_repeated
from projections.mirror.columns import EVIDENCE
from projections.mirror.mirror import Mirror
from projections.rules.evidence import Evidence
from tests.projections.mirror.logs import patients_journal

JOURNAL = Evidence(patients_journal(7, 6))


def test_whole_patients_until_there_are_enough(tmp_path: Path) -> None:
    write_repeated(tmp_path, JOURNAL, 900)
    mirror = Mirror.open(tmp_path)
    batches = list(mirror.batches())
    acts = sum(map(acts_in, batches))
    assert acts >= 900
    patients = [patient for rows in batches for patient in rows.patients]
    assert len(patients) == len(set(patients)) > 12
    positions: set[int] = set()
    for rows in batches:
        for number in range(len(rows.patients)):
            own = (rows.columns.patient == number) & (rows.columns.kind != EVIDENCE)
            assert 0 < own.sum() <= ACTS_A_PATIENT
            positions |= set(rows.columns.position[own].tolist())
    assert len(positions) == acts, "each is opened by a line of its own"


def test_the_same_in_each_run(tmp_path: Path) -> None:
    for name in ("one", "other"):
        write_repeated(tmp_path / name, JOURNAL, 300)
    assert Mirror.open(tmp_path / "one").digest == Mirror.open(tmp_path / "other").digest
