"""The manifest of a mirror: what it was made from, which files it has, and the words that they number.

The one file of a mirror that is replaced: whoever reads it sees the mirror before a change or after it.
"""

from pathlib import Path

import msgspec

from ledger.files import write_durably
from projections.mirror.digest import FORMAT
from projections.mirror.house import House
from projections.mirror.refusal import MirrorError
from projections.mirror.words import Words

NAME = "manifest.json"


class Part(msgspec.Struct, frozen=True, omit_defaults=True):
    """A file of whole patients, sorted by id, and its list of patients beside it.

    `first` and `last` patient; `digest` as of a mirror of these patients alone (without institutions). A patch holds
    patients anew: what files before it in the list say of them is superseded. `patients` counts those without rows too.
    """

    name: str
    rows: int
    patients: int
    first: str
    last: str
    digest: str
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


_decode = msgspec.json.Decoder(Manifest).decode
_encode = msgspec.json.Encoder(order="deterministic").encode


def read_manifest(directory: Path) -> Manifest:
    """The manifest in the directory. MirrorError where there is none, or none that can be read."""
    path = directory / NAME
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise MirrorError(f"{directory}: there is no mirror here (no {NAME}); make one from the log") from None
    try:
        manifest = _decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise MirrorError(
            f"{path}: it cannot be read ({error}); remove the directory and make the mirror anew"
        ) from None
    if manifest.format != FORMAT:
        raise MirrorError(f"{path}: its format is {manifest.format!r}; this program reads {FORMAT!r}: make it anew")
    return manifest


def write_manifest(directory: Path, manifest: Manifest) -> None:
    """Put the manifest in place in one step; the files that it names are durable already."""
    write_durably(directory / NAME, msgspec.json.format(_encode(manifest), indent=1).decode() + "\n")
