"""What stands beside decisions that were made on Spark: what they were made of, and by which rules.

It is written last, when every file that it names is there. Decisions without it are those of a run that did not end.
"""

import msgspec

from projections.decisions import Ruling
from projections.mirror.manifest import Log
from projections.mirror.manifests import NAME, Manifests
from projections.spark.starting import SparkError

FORMAT = "treatment-ledger-rebuilt/1"
DECISIONS = "decisions"


class Rebuilt(msgspec.Struct, frozen=True, omit_defaults=True):
    """`mirror`: digest of the mirror that was judged, `size` the entries it has taken in, `log` whose they are.

    `ruling` has each rulebook's digest with the day from which it decides, and the readings; `ruling_digest` is the
    digest of it all, `evaluator` that of the program's sources. `files` are in the order of the mirror's pieces.
    """

    format: str
    mirror: str
    size: int
    ruling: Ruling
    ruling_digest: str
    evaluator: str
    acts: int
    payable: int
    files: tuple[str, ...]
    log: Log | None = None


MANIFESTS = Manifests(
    Rebuilt,
    FORMAT,
    SparkError,
    none=f"no decisions made on Spark are here, or those of a run that did not end (no {NAME})",
    remedy="remove the directory, and judge again",
)
read_rebuilt, write_rebuilt = MANIFESTS.read, MANIFESTS.write
