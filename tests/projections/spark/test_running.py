"""On Spark: the decisions of the plain loop, row by row, whoever cuts the rows; and plain words when it stops.

One session for all tests; its workers are processes, as they are on other machines.
"""

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from projections.decisions import ruling_of
from projections.mirror.mirror import Mirror
from projections.rules.judge import Judge
from projections.rules.rulebook import Rulebook
from projections.rules.succession import Succession
from projections.spark.judging import ASKED, Judging
from projections.spark.manifest import read_rebuilt
from projections.spark.pieces import Pieces
from projections.spark.running import SCHEMA, rebuild, rebuild_in
from projections.spark.starting import SparkError, session
from tests.projections.rules.building import SHANGHAI
from tests.projections.spark.mirrors import BEFORE, SUCCESSION, by_patient, decided_by_reference, mirror_in

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

CORES = 2


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator["SparkSession"]:
    with session(f"local[{CORES}]", tmp_path_factory.mktemp("said") / "spark.log") as started:
        yield started


def written(out: Path) -> pa.Table:
    return pa.concat_tables(pq.read_table(out / "decisions" / name) for name in read_rebuilt(out).files)


@pytest.mark.parametrize("patched", [False, True])
@pytest.mark.parametrize(
    ("rulebook", "readings"), [(SHANGHAI, {}), (SUCCESSION, {"transition": "by_episode_start"})], ids=["one", "several"]
)
def test_every_decision_is_that_of_the_plain_loop(
    spark: "SparkSession", tmp_path: Path, rulebook: Rulebook | Succession, readings: dict[str, str], patched: bool
) -> None:
    mirror = mirror_in(tmp_path / "mirror", patched=patched)
    judge = Judge(BEFORE, rulebook, readings)
    judging, pieces, out = Judging(judge, mirror), Pieces(mirror), tmp_path / "out"
    out.mkdir()
    plainly = [row for batch in judging.judge(pieces.batches(range(len(pieces)))) for row in batch.to_pylist()]
    made = rebuild_in(spark, mirror, judging, pieces, out)
    found = written(out)
    assert len(made.files) > CORES, "more than one task"
    assert found.to_pylist() == plainly
    assert by_patient(found) == decided_by_reference(rulebook, readings, patched=patched)
    assert made == read_rebuilt(out)
    assert (made.acts, made.payable) == (len(found), sum(found["payable"].to_pylist()))
    assert (made.mirror, made.size, made.ruling) == (mirror.digest, mirror.size, ruling_of(judge))


@pytest.mark.parametrize("rows", [1, 7, 100_000])
def test_spark_may_read_the_files_itself(spark: "SparkSession", tmp_path: Path, rows: int) -> None:
    """The same function over Spark's own reader, which cuts patients over batches: a row group is never cut."""
    mirror = mirror_in(tmp_path, patched=False)
    judging = Judging(Judge(BEFORE, SUCCESSION), mirror)
    files = [(tmp_path / f"{part.name}.parquet").as_uri() for part in mirror.manifest.parts]
    spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", rows)
    cut = spark.read.parquet(*files).select(*["patient", *(n for n in ASKED if n != "patient"), "act"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # of pandas, which is not used
        found = [row.asDict() for row in cut.mapInArrow(judging.judge, SCHEMA).collect()]
    expected = decided_by_reference(SUCCESSION, {}, patched=False)
    assert by_patient(pa.Table.from_pylist(found)) == expected


def test_nobody_has_rows(spark: "SparkSession", tmp_path: Path) -> None:
    from projections.mirror.writing import write_mirror

    write_mirror(tmp_path / "mirror", [], {})
    mirror = Mirror.open(tmp_path / "mirror")
    made = rebuild_in(spark, mirror, Judging(Judge(BEFORE, SHANGHAI), mirror), Pieces(mirror), tmp_path)
    assert (made.acts, made.payable) == (0, 0)


def test_what_stops_a_worker_is_told_in_a_line(spark: "SparkSession", tmp_path: Path) -> None:
    mirror = mirror_in(tmp_path / "mirror", patched=False)
    judging, pieces = Judging(Judge(BEFORE, SHANGHAI), mirror), Pieces(mirror)
    mirror_in(tmp_path / "mirror", patched=True)
    with pytest.raises(SparkError) as stopped:
        rebuild_in(spark, mirror, judging, pieces, tmp_path)
    told = f"{tmp_path / 'mirror'}: the mirror was written anew meanwhile; judge it again"
    assert str(stopped.value) == f"Spark stopped: {told}. What it said is in {tmp_path / 'spark.log'}"
    assert not (tmp_path / "manifest.json").exists()
    again = Mirror.open(tmp_path / "mirror")
    assert rebuild_in(spark, again, Judging(Judge(BEFORE, SHANGHAI), again), Pieces(again), tmp_path).acts


@pytest.mark.parametrize(("there", "told"), [("manifest.json", "decisions are there already"), ("x", "something else")])
def test_nothing_is_overwritten(tmp_path: Path, there: str, told: str) -> None:
    mirror = mirror_in(tmp_path / "mirror", patched=False)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / there).write_text("kept")
    with pytest.raises(SparkError, match=told):
        rebuild(mirror, Judge(BEFORE, SHANGHAI), tmp_path / "out")
    assert [path.read_text() for path in (tmp_path / "out").iterdir()] == ["kept"]
