"""The manifest of the decisions kept by one ruling: what they were made from, and which files they are in."""

import msgspec

from projections.decisions.refusal import KeptError
from projections.decisions.ruling import Ruling
from projections.mirror.manifests import NAME as NAME
from projections.mirror.manifests import Manifests

FORMAT = "treatment-ledger-decisions/1"


class KeptPart(msgspec.Struct, frozen=True, omit_defaults=True):
    """The decisions on one part of a mirror, which they fit as long as its digest, and all below, is the same.

    `size`: how many entries the mirror had taken in when they were made. `superseded`: so many patients of the part had
    a newer one by then; of those nothing is said of any act. `houses`: digest of what judging asked of `institutions`.
    `files`: SHA-256, in hex, of the file of acts and of that of what is denied; an earlier version did not tell them.
    """

    name: str
    part: str
    evaluator: str
    institutions: tuple[str, ...]
    houses: str
    superseded: int
    size: int
    acts: int
    denied: int
    files: tuple[str, str] | None = None


class KeptManifest(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is in the directory. `mirror` and `size`: digest of the mirror that `parts` are of, and its entries.

    `earlier`: the file of decisions that were other ones once, if there are any, and `earlier_file` its SHA-256.
    """

    format: str
    ruling: Ruling
    mirror: str
    size: int
    parts: tuple[KeptPart, ...]
    earlier: str | None = None
    earlier_file: str | None = None


MANIFESTS = Manifests(
    KeptManifest,
    FORMAT,
    KeptError,
    none=f"no decisions are kept here (no {NAME})",
    remedy="remove the directory, and they are made anew",
)
read_manifest, write_manifest = MANIFESTS.read, MANIFESTS.write
