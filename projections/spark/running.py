"""Everything judged by Spark: a mirror's pieces in, partitioned Parquet of decisions out.

Spark is given numbers of pieces, and each of its tasks reads its own: nothing is shuffled, and no patient is cut. The
mirror and the directory of the decisions have to be reachable under the same path wherever Spark runs.
"""

import shutil
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from projections.decisions import ruling_of
from projections.decisions.ruling import evaluator_digest
from projections.mirror.manifests import NAME
from projections.mirror.mirror import Mirror
from projections.rebuild.ways import make_native, pays_native
from projections.rules.judge import Judge
from projections.spark.judging import DECISIONS, Judging
from projections.spark.manifest import DECISIONS as FILES
from projections.spark.manifest import FORMAT, Rebuilt, write_rebuilt
from projections.spark.pieces import Pieces
from projections.spark.starting import SparkError, in_a_line, session, thrown

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

LOG = "spark.log"
ROWS_A_TASK = 1 << 19
"""About: less, and starting a task costs more than the task; more, and one that fails costs much."""
TASKS_A_CORE = 3
"""At least, where there are so many pieces: the last task should not be waited for alone."""
_SPELLED = {pa.string(): "string", pa.int64(): "bigint", pa.int32(): "int", pa.bool_(): "boolean"}
SCHEMA = ", ".join(f"{field.name} {_SPELLED[field.type]}" for field in DECISIONS)
"""The columns of `DECISIONS` as Spark spells them."""

Told = Callable[[int, int], None]
"""(tasks done, tasks in all)"""


def rebuild(
    mirror: Mirror, judge: Judge, out: Path, *, master: str | None = None, told: Told = lambda done, total: None
) -> Rebuilt:
    """Judge the whole mirror on Spark at `master`, into the directory `out`, which must not hold anything else.

    `out` gets `decisions/` (Parquet, `judging.DECISIONS`), `manifest.json` once all of it is there, and `spark.log`.
    SparkError (also where decisions are there already), MirrorError, and NotTabled where the tables cannot say a
    rulebook.
    """
    judging, pieces = Judging(judge, mirror), Pieces(mirror)
    _require_free(out)
    # What is wrong with the mirror is told before Spark starts; and machine code that is made here all the processes of
    # this machine find, which would each make their own.
    next(judging.judge(pieces.batches(range(min(1, len(pieces))))), None)
    if pays_native(sum(part.rows for part in mirror.manifest.parts)):
        make_native()
    out.mkdir(mode=0o700, parents=True, exist_ok=True)
    with session(master, out / LOG) as spark:
        return rebuild_in(spark, mirror, judging, pieces, out, told)


def rebuild_in(
    spark: "SparkSession",
    mirror: Mirror,
    judging: Judging,
    pieces: Pieces,
    out: Path,
    told: Told = lambda done, total: None,
) -> Rebuilt:
    """The same in a session that runs already; `out` is a directory."""
    decisions = (out / FILES).resolve()
    shutil.rmtree(decisions, ignore_errors=True)  # of a run that did not end
    try:
        with _watched(spark, told):
            decided(spark, mirror, judging, pieces).write.parquet(decisions.as_uri(), compression="zstd")
    except thrown() as error:
        raise SparkError(f"Spark stopped: {in_a_line(error)}. What it said is in {out / LOG}") from None
    pieces.require_same()
    rebuilt = _summed(mirror, judging, sorted(decisions.glob("part-*.parquet")))
    write_rebuilt(out, rebuilt)
    return rebuilt


def decided(spark: "SparkSession", mirror: Mirror, judging: Judging, pieces: Pieces) -> "DataFrame":
    """The decisions as a data frame: a number a piece, and whoever gets it reads the piece and judges it."""

    def judge(numbers: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        return judging.judge(pieces.batches(number for batch in numbers for number in batch["id"].to_pylist()))

    rows = sum(part.rows for part in mirror.manifest.parts)
    tasks = max(rows // ROWS_A_TASK, TASKS_A_CORE * spark.sparkContext.defaultParallelism)
    numbers = spark.range(0, len(pieces), 1, max(1, min(len(pieces), tasks)))
    with warnings.catch_warnings():
        # Of what it does with objects of pandas: here none is ever made.
        warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
        return numbers.mapInArrow(judge, SCHEMA)


def _require_free(out: Path) -> None:
    found = {path.name for path in out.iterdir()} if out.exists() else set()
    if NAME in found:
        raise SparkError(f"{out}: decisions are there already; name another directory, or remove it")
    if found - {FILES, LOG}:
        raise SparkError(f"{out}: something else is there; name an empty directory, or one that is to be made")


def _summed(mirror: Mirror, judging: Judging, files: list[Path]) -> Rebuilt:
    """What was written, counted in the files themselves."""
    acts = payable = 0
    for file in files:
        column = pq.ParquetFile(file).read(["payable"]).column("payable")
        acts += len(column)
        payable += pc.sum(column).as_py() or 0
    ruling = ruling_of(judging.by)
    return Rebuilt(
        format=FORMAT,
        mirror=mirror.digest,
        size=mirror.size,
        ruling=ruling,
        ruling_digest=ruling.digest,
        evaluator=evaluator_digest(),
        acts=acts,
        payable=payable,
        files=tuple(file.name for file in files),
        log=mirror.manifest.log,
    )


class _watched:
    """While it is entered, tells of Spark's tasks twice a second."""

    def __init__(self, spark: "SparkSession", told: Told) -> None:
        self._tracker: Any = spark.sparkContext.statusTracker()
        self._told = told
        self._over = Event()
        self._thread = Thread(target=self._watch, daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *of: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(0.5):
            for stage in self._tracker.getActiveStageIds():
                found = self._tracker.getStageInfo(stage)
                if found is not None:
                    self._told(found.numCompletedTasks, found.numTasks)
