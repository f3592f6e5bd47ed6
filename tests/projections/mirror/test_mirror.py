"""A mirror gives back what was written, whole patients at a time, the newest of each."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from msgspec.structs import replace

from projections.mirror import parts
from projections.mirror.columns import PER_PATIENT, Columns, Rows
from projections.mirror.house import houses
from projections.mirror.manifest import MANIFESTS
from projections.mirror.manifests import NAME
from projections.mirror.mirror import JUDGED, Mirror
from projections.mirror.refusal import MirrorDamaged, MirrorError
from projections.mirror.tabulating import tabulate
from projections.mirror.writing import Writing, compact, in_order, write_mirror
from projections.rules.evidence import Evidence
from tests.projections.mirror.logs import patients_journal, told

EVIDENCE = Evidence(patients_journal(7, 6))
ROWS = tabulate(EVIDENCE)
OTHERS = tabulate(Evidence(patients_journal(8, 6)))
"""Other rows of patients of the same names."""


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Row groups and files of few patients."""
    monkeypatch.setattr(parts, "GROUP_ROWS", 100)
    monkeypatch.setattr("projections.mirror.writing.PART_ROWS", 250)


def some(rows: Rows, patients: Sequence[str]) -> Rows:
    wanted = [k for k, patient in enumerate(rows.patients) if patient in patients]
    where = np.isin(rows.columns.patient, wanted)
    columns = {name: c[wanted] if name in PER_PATIENT else c[where] for name, c in rows.columns._asdict().items()}
    columns["patient"] = np.searchsorted(wanted, columns["patient"]).astype(np.int32)
    acts = tuple(rows.acts[k] for k in np.flatnonzero(where).tolist())
    return rows._replace(columns=Columns(**columns), patients=tuple(rows.patients[k] for k in wanted), acts=acts)


def one_by_one(rows: Rows) -> list[Rows]:
    return [some(rows, [patient]) for patient in rows.patients]


def test_what_was_written_is_read(tmp_path: Path, small: None) -> None:
    manifest = write_mirror(tmp_path, one_by_one(ROWS), houses(EVIDENCE.institutions), size=9)
    mirror = Mirror.open(tmp_path)
    assert len(manifest.parts) > 1
    assert len(mirror.pieces()) > len(manifest.parts)
    assert mirror.size == 9
    assert mirror.patients() == list(ROWS.patients)
    assert told(mirror.joined(list(mirror.batches()))) == told(ROWS)
    assert [p for rows in mirror.batches() for p in rows.patients] == list(ROWS.patients)
    assert {name: (i.level, i.kind, i.departments) for name, i in mirror.institutions.items()} == {
        name: (i.level, i.kind, i.departments) for name, i in EVIDENCE.institutions.items() if i.kind is not None
    }
    mirror.require_whole()


def test_the_columns_are_those_of_rows(tmp_path: Path) -> None:
    write_mirror(tmp_path, [ROWS], {})
    (rows,) = Mirror.open(tmp_path).batches()
    for name, column in rows.columns._asdict().items():
        plain = getattr(ROWS.columns, name)
        assert column.dtype == plain.dtype, name
        assert column.flags.c_contiguous
        assert not column.flags.writeable


def test_columns_that_are_not_wanted_are_zero(tmp_path: Path) -> None:
    write_mirror(tmp_path, [ROWS], {})
    (rows,) = Mirror.open(tmp_path).batches(("at", "item"), acts=False)
    assert rows.acts == ()
    for name in Columns._fields:
        column, plain = getattr(rows.columns, name), getattr(ROWS.columns, name)
        if name in ("at", "item", "patient", *PER_PATIENT):
            assert column.tolist() == plain.tolist()
        else:
            assert len(column) == len(plain)
            assert not column.any()


def test_what_judging_reads_is_named() -> None:
    assert {"fee", "record", "findings", "in_force"} <= set(JUDGED)
    assert not {"fund", "position", "staff", "recorded"} & set(JUDGED)


@pytest.mark.parametrize("wanted", [[], [0], [5], [1, 2, 4], range(6)])
def test_some_patients(tmp_path: Path, small: None, wanted: Sequence[int]) -> None:
    write_mirror(tmp_path, one_by_one(ROWS), {})
    named = [ROWS.patients[k] for k in wanted]
    found = Mirror.open(tmp_path).rows_of([*reversed(named), "nobody"])
    assert told(found) == told(some(ROWS, named))


def test_a_patch_supersedes(tmp_path: Path, small: None) -> None:
    manifest = write_mirror(tmp_path, one_by_one(ROWS), {})
    before = Mirror.open(tmp_path)
    anew, gone = ROWS.patients[1:4:2], ROWS.patients[2]
    writing = Writing(tmp_path, manifest, patch=True)
    writing.add(with_nobody(some(OTHERS, anew), gone))
    patched = writing.finish(5, {}, before=manifest.parts, digest="")
    expected = told(joined([some(OTHERS, anew), some(ROWS, [p for p in ROWS.patients if p not in (*anew, gone)])]))
    mirror = Mirror.open(tmp_path)
    assert told(mirror.joined(list(mirror.batches()))) == expected
    assert mirror.patients() == sorted(set(ROWS.patients) - {gone})
    assert told(mirror.rows_of([gone, anew[0]])) == told(some(OTHERS, anew[:1]))
    assert told(mirror.joined(list(in_order(mirror)))) == expected
    assert [p for rows in in_order(mirror) for p in rows.patients] == mirror.patients()
    together = compact(tmp_path, patched)
    assert not any(part.patch for part in together.parts)
    after = Mirror.open(tmp_path)
    assert told(after.joined(list(after.batches()))) == expected
    # Who opened it before reads it to the end as it was.
    assert told(before.joined(list(before.batches()))) == told(ROWS)


def with_nobody(rows: Rows, patient: str) -> Rows:
    """The rows, and a patient of whom there is nothing to say any more, second."""
    columns = {name: np.insert(c, 1, 0) if name in PER_PATIENT else c for name, c in rows.columns._asdict().items()}
    columns["patient"] = np.where(columns["patient"] >= 1, columns["patient"] + 1, columns["patient"])
    return rows._replace(columns=Columns(**columns), patients=(rows.patients[0], patient, *rows.patients[1:]))


def joined(cuts: Sequence[Rows]) -> Rows:
    """Rows by words of their own, joined by way of a mirror's."""
    from projections.mirror.mirror import together
    from projections.mirror.words import Vocabulary

    vocabulary = Vocabulary()
    recoded = [vocabulary.recoded(rows) for rows in cuts]
    return together(recoded, vocabulary.numbered())


def test_others_read_the_files_too(tmp_path: Path, small: None) -> None:
    """Whoever has nothing of ours (Spark, DuckDB): whole patients a row group, and no null."""
    manifest = write_mirror(tmp_path, one_by_one(ROWS), {})
    patients: list[list[str]] = []
    for part in manifest.parts:
        file = pq.ParquetFile(tmp_path / f"{part.name}.parquet")
        assert file.metadata.num_rows == part.rows
        for k in range(file.num_row_groups):
            table = file.read_row_group(k)
            assert all(column.null_count == 0 for column in table.columns)
            patients.append(sorted(set(table["patient"].to_pylist())))
    flat = [patient for group in patients for patient in group]
    assert flat == list(ROWS.patients)


def test_none_is_no_mirror(tmp_path: Path) -> None:
    with pytest.raises(MirrorError, match="no mirror here"):
        Mirror.open(tmp_path)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"format":"treatment-ledger-mirror/3"}'])
def test_a_damaged_manifest(tmp_path: Path, text: str) -> None:
    (tmp_path / NAME).write_text(text)
    with pytest.raises(MirrorError, match="cannot be read"):
        Mirror.open(tmp_path)


def test_another_format(tmp_path: Path) -> None:
    write_mirror(tmp_path, [ROWS], {})
    text = (tmp_path / NAME).read_text()
    assert "mirror/3" in text
    (tmp_path / NAME).write_text(text.replace("mirror/3", "mirror/2"))
    with pytest.raises(MirrorError, match="this program reads"):
        Mirror.open(tmp_path)


@pytest.mark.parametrize("end", ["", ".patients"])
def test_a_damaged_file(tmp_path: Path, end: str) -> None:
    write_mirror(tmp_path, [ROWS], {})
    path = tmp_path / f"part-000001{end}.parquet"
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(MirrorDamaged, match=rf"part-000001{end}\.parquet: .* damaged .*; remove the mirror's"):
        list(Mirror.open(tmp_path).batches())


def test_a_missing_file(tmp_path: Path) -> None:
    write_mirror(tmp_path, [ROWS], {})
    (tmp_path / "part-000001.parquet").unlink()
    with pytest.raises(MirrorError, match="is gone"):
        Mirror.open(tmp_path)


def test_the_files_of_another_mirror_are_found(tmp_path: Path) -> None:
    write_mirror(tmp_path / "one", [ROWS], {})
    write_mirror(tmp_path / "other", [OTHERS], {})
    for end in ("", ".patients"):
        (tmp_path / "one" / f"part-000001{end}.parquet").write_bytes(
            (tmp_path / "other" / f"part-000001{end}.parquet").read_bytes()
        )
    with pytest.raises(MirrorDamaged, match=r"part-000001\.parquet: .*it is not what was written"):
        Mirror.open(tmp_path / "one")


def test_what_says_something_else_is_found(tmp_path: Path) -> None:
    """Of files that are as they were written, but not what the manifest says of them."""
    write_mirror(tmp_path / "one", [ROWS], {})
    write_mirror(tmp_path / "other", [OTHERS], {})
    one, other = (MANIFESTS.read(tmp_path / name) for name in ("one", "other"))
    swapped = [replace(part, digest=other.parts[0].digest) for part in one.parts]
    MANIFESTS.write(tmp_path / "one", replace(one, parts=tuple(swapped)))
    with pytest.raises(MirrorDamaged, match=r"part-000001\.parquet: .*does not say what its digest says"):
        Mirror.open(tmp_path / "one").require_whole()
    MANIFESTS.write(tmp_path / "one", replace(one, digest=other.digest))
    with pytest.raises(MirrorDamaged, match="the mirror does not say what its digest says"):
        Mirror.open(tmp_path / "one").require_whole()


def test_who_writes_and_reads_one_imports_no_pandas(tmp_path: Path) -> None:
    """As Arrow would, where pandas is installed: longer than all the rest of a short report."""
    write_mirror(tmp_path / "one", [ROWS], {})
    code = (
        "import sys; from pathlib import Path; from projections.mirror.mirror import Mirror;"
        "from projections.mirror.writing import write_mirror; here = Path(sys.argv[1]);"
        "write_mirror(here / 'other', Mirror.open(here / 'one').batches(), {});"
        "Mirror.open(here / 'other').require_whole(); sys.exit('pandas' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False).returncode == 0


def what_is_said(directory: Path) -> object:
    try:
        mirror = Mirror.open(directory)
        return told(mirror.joined(list(mirror.batches())))
    except MirrorError as error:
        return str(error)


@pytest.mark.usefixtures("small")
def test_any_byte_that_was_changed_is_told_by_its_file(tmp_path: Path) -> None:
    """Or it changes nothing of what is said. Each file, at a hundred places spread over it."""
    write_mirror(tmp_path, [ROWS], houses(EVIDENCE.institutions))
    before = what_is_said(tmp_path)
    found = 0
    for path in sorted(tmp_path.iterdir()):
        whole = path.read_bytes()
        for place in range(0, len(whole), max(1, len(whole) // 100)):
            path.write_bytes(whole[:place] + bytes([whole[place] ^ 1 << place % 8]) + whole[place + 1 :])
            said = what_is_said(tmp_path)
            assert said == before or path.name in str(said), (path, place)
            found += said != before
        path.write_bytes(whole)
    assert found > 200
