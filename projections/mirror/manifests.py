"""Manifests: of a directory of files the one that names the others, and the only one that is ever replaced.

Whoever reads it sees the directory as it was before a change or as it is after it. It is JSON, and says of itself by a
digest whether it is whole (`check`: SHA-256, in hex, of everything else, spelled with sorted keys and nothing between);
one without is of an earlier version of the program. What a manifest is of is the business of whoever has it.
"""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any, Generic, TypeVar

import msgspec

from ledger.files import write_durably

NAME = "manifest.json"
_CHECK = "check"

T = TypeVar("T", bound=msgspec.Struct)
_spell = msgspec.json.Encoder(order="deterministic").encode


class Manifests(Generic[T]):
    """Reads and writes the manifests of one kind, which has a `format`."""

    def __init__(
        self, kind: type[T], format: str, refused: Callable[[str], Exception], *, none: str, remedy: str
    ) -> None:
        """What cannot be read is `refused` with the path and the reason. `none`: what is told where there is no
        manifest; `remedy`: what to do about one that is damaged or of another format.
        """
        self._decoder = msgspec.json.Decoder(kind)
        self._format, self._refused, self._none, self._remedy = format, refused, none, remedy

    def read(self, directory: Path) -> T:
        """The manifest in the directory. What is `refused`: none, one that is damaged, or of another format."""
        path = directory / NAME
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            raise self._refused(f"{directory}: {self._none}") from None
        except OSError as error:
            raise self._refused(f"{path}: it cannot be read ({error.strerror})") from None
        try:
            told = msgspec.json.decode(data, type=dict[str, Any])
            if (found := told.get("format")) in (None, self._format):
                _require_whole(told)
                return self._decoder.decode(data)
        except (msgspec.DecodeError, ValueError) as error:
            raise self._refused(f"{path}: it cannot be read ({error}); {self._remedy}") from None
        raise self._refused(f"{path}: its format is {found!r}; this program reads {self._format!r}: {self._remedy}")

    def write(self, directory: Path, manifest: T) -> None:
        """Put the manifest in place in one step; the files that it names are durable already. OSError, and the one
        before stays.
        """
        told: dict[str, Any] = msgspec.json.decode(_spell(manifest))
        told[_CHECK] = sha256(_spell(told)).hexdigest()
        write_durably(directory / NAME, msgspec.json.format(_spell(told), indent=1).decode() + "\n")


def _require_whole(told: dict[str, Any]) -> None:
    check = told.pop(_CHECK, None)
    if check is not None and check != sha256(_spell(told)).hexdigest():
        raise ValueError("it does not say what it was written to say: a byte of it was changed")
