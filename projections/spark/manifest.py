"""What stands beside decisions that were made on Spark: what they were made of, and by which rules.

It is written last, when every file that it names is there. Decisions without it are those of a run that did not end.
"""

from pathlib import Path

import msgspec

from ledger.files import write_durably
from projections.decisions import Ruling
from projections.mirror.manifest import Log

FORMAT = "treatment-ledger-rebuilt/1"
NAME = "manifest.json"
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


_encode = msgspec.json.Encoder(order="deterministic").encode


def write_rebuilt(directory: Path, rebuilt: Rebuilt) -> None:
    """Put the manifest in place, durably."""
    write_durably(directory / NAME, msgspec.json.format(_encode(rebuilt), indent=1).decode() + "\n")


def read_rebuilt(directory: Path) -> Rebuilt:
    """The manifest in the directory. FileNotFoundError, or msgspec's errors."""
    return msgspec.json.decode((directory / NAME).read_bytes(), type=Rebuilt)
