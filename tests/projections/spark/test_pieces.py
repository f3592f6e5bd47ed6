"""Pieces by number: each read once, whole patients, the newest rows; another mirror is not read by old numbers."""

from pathlib import Path

import pyarrow as pa
import pytest

from projections.mirror.mirror import Mirror
from projections.mirror.refusal import MirrorError
from projections.mirror.writing import compact
from projections.spark.joining import rows_of
from projections.spark.judging import ASKED
from projections.spark.pieces import Pieces
from tests.projections.mirror.logs import told
from tests.projections.spark.mirrors import mirror_in


def test_the_pieces_are_all_there_is(tmp_path: Path) -> None:
    mirror = mirror_in(tmp_path, patched=True)
    pieces = Pieces(mirror)
    batches = list(pieces.batches(range(len(pieces))))
    patients = [set(batch["patient"].to_pylist()) for batch in batches]
    assert sum(map(len, patients)) == len(set().union(*patients)) == len(mirror.patients())
    assert len(batches) > len(mirror.manifest.parts)
    back = [rows_of(batch, mirror.words)._replace(acts=tuple(batch["act"].to_pylist())) for batch in batches]
    assert told(mirror.joined(back)) == told(mirror.joined(list(mirror.batches(ASKED))))


def test_a_batch_is_what_the_file_has(tmp_path: Path) -> None:
    """So whoever reads the files themselves hands over the same."""
    import pyarrow.parquet as pq

    mirror = mirror_in(tmp_path, patched=False)
    first = next(Pieces(mirror).batches([0]))
    file = pq.ParquetFile(tmp_path / f"{mirror.manifest.parts[0].name}.parquet")
    assert pa.Table.from_batches([first]) == file.read_row_group(0).select(first.schema.names).cast(first.schema)


@pytest.mark.parametrize("how", ["patched", "compacted", "gone"])
def test_another_mirror_by_now(tmp_path: Path, how: str) -> None:
    mirror = mirror_in(tmp_path, patched=how == "compacted")
    pieces = Pieces(mirror)
    if how == "patched":
        mirror_in(tmp_path, patched=True)
    elif how == "compacted":  # the same rows in other files
        assert compact(tmp_path, mirror.manifest).digest == mirror.digest
    else:
        (tmp_path / "manifest.json").unlink()
    with pytest.raises(MirrorError, match=r"no mirror here" if how == "gone" else "written anew meanwhile"):
        list(pieces.batches([0]))
    with pytest.raises(MirrorError):
        pieces.require_same()
    if how != "gone":
        assert list(Pieces(Mirror.open(tmp_path)).batches([0]))
