"""A rulebook read from its file, checked whole, or refused with file, key and reason.

The file is data; what its words mean is in `clauses/`. Loading never guesses: an unknown key, a clause without its
words, a text that differs from the notice, a finding or a reading that nobody knows, each is an error that names
where it is. A rulebook is known by its id and by the SHA-256 of its file.
"""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

from projections.rules.check import problems_of
from projections.rules.readings import Profile, choose
from projections.rules.schema import Item, Reading, RulebookFile
from projections.rules.spelling import did_you_mean, misspelt
from projections.rules.toml_file import NotToml, parse_toml, read_toml

HOME = Path(__file__).resolve().parent.parent / "rulebooks"

LARGEST = 4 * 1024 * 1024
"""Bytes of a file; the largest rulebook of the project has about 50 thousand."""


class RulebookRefused(ValueError):
    """The file is no rulebook. `problems` has a line each: FILE: KEY: reason."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Rulebook:
    """A checked rulebook. Read-only; `file` has all of it as written."""

    def __init__(self, file: RulebookFile, digest: str, path: Path) -> None:
        self.file = file
        self.digest = digest
        self.path = path
        self.id: str = file.id
        self.title: str = file.title
        self.items: tuple[Item, ...] = tuple(file.item)
        self.readings: Mapping[str, Reading] = file.readings
        self.by_slug: dict[str, Item] = {slug: item for item in file.item for slug in (item.slug, *item.includes)}

    def choose(self, readings: Mapping[str, str] | None = None, profile: str | Profile = "default") -> dict[str, str]:
        """One option for every reading; raises ReadingRefused naming the right ones."""
        return choose(self.readings, readings, profile)


def rulebook_ids() -> list[str]:
    """The rulebooks that come with the project."""
    return sorted(path.stem for path in HOME.glob("*.toml"))


def rulebook_texts(files: Iterable[str | Path] = ()) -> dict[str, str]:
    """By the digest that an adoption names: the texts of the project's rulebooks, and of these files.

    Raises RulebookRefused for a file that is no rulebook.
    """
    paths = [*HOME.glob("*.toml"), *(load_rulebook(Path(file)).path for file in files)]
    return {sha256(data).hexdigest(): data.decode() for data in (path.read_bytes() for path in paths)}


def load_rulebook(id_or_path: str | Path) -> Rulebook:
    """A rulebook by its id among those that come with the project, or by the path of a file.

    Raises RulebookRefused with every problem found.
    """
    path = _find(id_or_path)
    try:
        data, raw = read_toml(path, LARGEST, "rulebook")
    except (FileNotFoundError, NotToml) as error:
        raise RulebookRefused([f"{path}: file: {error}"]) from error
    return _checked(data, raw, path, (path.parent, HOME))


def parse_rulebook(text: str, name: str) -> Rulebook:
    """The rulebook of a text that came without a file, under a name for messages. Raises RulebookRefused.

    What its author's copy was held against, a notice beside it, is not asked for.
    """
    path, data = Path(name), text.encode()
    try:
        raw = parse_toml(data, LARGEST, "rulebook")
    except NotToml as error:
        raise RulebookRefused([f"{path}: file: {error}"]) from error
    return _checked(data, raw, path, None)


def _checked(data: bytes, raw: dict[str, Any], path: Path, directories: Sequence[Path] | None) -> Rulebook:
    if not data.strip():
        raise RulebookRefused([f"{path}: file: is empty; shanghai-2017 is an example of what stands in one"])
    try:
        file = msgspec.convert(raw, RulebookFile)
    except msgspec.ValidationError as error:
        # That error names one mistake; a person who writes a rulebook wants to know all of them.
        problems = misspelt(raw) or [("file", str(error))]
    else:
        problems = problems_of(file, directories)
    if problems:
        raise RulebookRefused([f"{path}: {key}: {reason}" for key, reason in problems])
    return Rulebook(file, sha256(data).hexdigest(), path)


def _find(id_or_path: str | Path) -> Path:
    if isinstance(id_or_path, str) and id_or_path in rulebook_ids():
        return HOME / f"{id_or_path}.toml"
    path = Path(id_or_path)
    try:
        exists = path.exists()
    except (OSError, ValueError):  # a name that no file can have
        exists = False
    if not exists:
        ids = rulebook_ids()
        guess = did_you_mean(str(id_or_path), ids)
        reason = f"no such rulebook and no such file{guess} There are: {', '.join(ids)}"
        raise RulebookRefused([f"{id_or_path}: file: {reason}"])
    return path
