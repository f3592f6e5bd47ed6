"""The manifest of a mirror: what it was made from, which files it has, and the words that they number."""

import msgspec

from projections.mirror.checksums import Checksums
from projections.mirror.house import House
from projections.mirror.manifests import NAME, Manifests
from projections.mirror.refusal import REMEDY, MirrorError
from projections.mirror.words import Words

FORMAT = "treatment-ledger-mirror/3"
"""Of the manifest, and of the files that it names. What they say has a format of its own (`projections.mirror.digest`).
"""


class Part(msgspec.Struct, frozen=True, omit_defaults=True):
    """A file of whole patients, sorted by id, and its list of patients beside it.

    `first` and `last` patient; `digest` as of a mirror of these patients alone (without institutions). A patch holds
    patients anew: what files before it in the list say of them is superseded. `patients` counts those without rows too.
    `checksums`: of its two files, as they were written.
    """

    name: str
    rows: int
    patients: int
    first: str
    last: str
    digest: str
    checksums: Checksums
    patch: bool = False


class Log(msgspec.Struct, frozen=True):
    """The log that the mirror is of: who signs it, and its RFC 6962 root (hex) at the mirror's size."""

    origin: str
    vkey: str
    root: str


class Manifest(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is in the directory. `size`: entries taken in; `log` is None of a mirror that was made of no log."""

    format: str
    size: int
    digest: str
    parts: tuple[Part, ...]
    words: Words
    institutions: dict[str, House]
    log: Log | None = None


MANIFESTS = Manifests(
    Manifest,
    FORMAT,
    MirrorError,
    none=f"there is no mirror here (no {NAME}); `mirror update` makes that of a ledger",
    remedy=REMEDY,
)
