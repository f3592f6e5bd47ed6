"""The manifest of the decisions kept by one ruling: what they were made from, and which files they are in.

The one file that is replaced: whoever reads sees the decisions before a change or after it.
"""

from pathlib import Path

import msgspec

from ledger.files import write_durably
from projections.decisions.refusal import KeptError
from projections.decisions.ruling import Ruling

FORMAT = "treatment-ledger-decisions/1"
NAME = "manifest.json"


class KeptPart(msgspec.Struct, frozen=True):
    """The decisions on one part of a mirror, which they fit as long as its digest, and all below, is the same.

    `size`: how many entries the mirror had taken in when they were made. `superseded`: so many patients of the part had
    a newer one by then; of those nothing is said of any act. `houses`: digest of what judging asked of `institutions`.
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


class KeptManifest(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is in the directory. `mirror` and `size`: digest of the mirror that `parts` are of, and its entries.

    `earlier`: the file of decisions that were other ones once, if there are any.
    """

    format: str
    ruling: Ruling
    mirror: str
    size: int
    parts: tuple[KeptPart, ...]
    earlier: str | None = None


_decode = msgspec.json.Decoder(KeptManifest).decode
_encode = msgspec.json.Encoder(order="deterministic").encode


def read_manifest(directory: Path) -> KeptManifest:
    """The manifest in the directory. KeptError where there is none, or none that can be read."""
    path = directory / NAME
    try:
        manifest = _decode(path.read_bytes())
    except FileNotFoundError:
        raise KeptError(f"{directory}: no decisions are kept here (no {NAME})") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise KeptError(f"{path}: it cannot be read ({error}); remove the directory, and they are made anew") from None
    if manifest.format != FORMAT:
        raise KeptError(f"{path}: its format is {manifest.format!r}; this program reads {FORMAT!r}")
    return manifest


def write_manifest(directory: Path, manifest: KeptManifest) -> None:
    """Put the manifest in place in one step; the files that it names are durable already."""
    write_durably(directory / NAME, msgspec.json.format(_encode(manifest), indent=1).decode() + "\n")
