"""A rulebook read from its file, checked whole, or refused with file, key and reason.

The file is data; what its words mean is in `clauses/`. Loading never guesses: an unknown key, a clause without its
words, a text that differs from the notice, a finding or a reading that nobody knows, each is an error that names
where it is. A rulebook is known by its id and by the SHA-256 of its file.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

from projections.rules.check import problems_of
from projections.rules.readings import choose
from projections.rules.schema import Item, Reading, RulebookFile

HOME = Path(__file__).resolve().parent.parent / "rulebooks"

_PLACE = re.compile(r"^(?P<reason>.*?)(?: - at `(?P<place>[^`]*)`)?$", re.DOTALL)
_STEP = re.compile(r"\[(\d+)\]|\.([A-Za-z0-9_]+)|\[\.\.\.\]")


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

    def choose(self, readings: Mapping[str, str] | None = None, profile: str = "default") -> dict[str, str]:
        """One option for every reading; raises ReadingRefused naming the right ones."""
        return choose(self.readings, readings, profile)


def rulebook_ids() -> list[str]:
    """The rulebooks that come with the project."""
    return sorted(path.stem for path in HOME.glob("*.toml"))


def load_rulebook(id_or_path: str | Path) -> Rulebook:
    """A rulebook by its id among those that come with the project, or by the path of a file.

    Raises RulebookRefused with every problem found.
    """
    path = _find(id_or_path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise RulebookRefused([f"{path}: file: cannot be read: {error.strerror}"]) from error
    try:
        raw = tomllib.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RulebookRefused([f"{path}: file: is not TOML in UTF-8: {error}"]) from error
    misspelt = list(_misspelt(raw))
    if misspelt:
        raise RulebookRefused([f"{path}: {problem}" for problem in misspelt])
    file = msgspec.convert(raw, RulebookFile)
    problems = problems_of(file, path.parent)
    if problems:
        raise RulebookRefused([f"{path}: {key}: {reason}" for key, reason in problems])
    return Rulebook(file, sha256(data).hexdigest(), path)


def _find(id_or_path: str | Path) -> Path:
    if isinstance(id_or_path, str) and id_or_path in rulebook_ids():
        return HOME / f"{id_or_path}.toml"
    path = Path(id_or_path)
    if not path.exists():
        raise RulebookRefused([f"{id_or_path}: file: no such rulebook and no such file; there are: {rulebook_ids()}"])
    return path


def _misspelt(raw: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with the spelling: one problem for each reading, each item, and the rest of the file."""
    readings = raw.get("readings")
    items = raw.get("item")
    found = False
    for name, table in readings.items() if isinstance(readings, dict) else ():
        try:
            msgspec.convert(table, Reading)
        except msgspec.ValidationError as error:
            found = True
            yield _place_and_reason(str(error), table, f"readings.{name}")
    for index, table in enumerate(items) if isinstance(items, list) else ():
        try:
            msgspec.convert(table, Item)
        except msgspec.ValidationError as error:
            found = True
            yield _place_and_reason(str(error), table, _name_of(table, "item", index))
    if not found:
        try:
            msgspec.convert(raw, RulebookFile)
        except msgspec.ValidationError as error:
            yield _place_and_reason(str(error), raw)


def _place_and_reason(message: str, raw: Any, begin: str | None = None) -> str:
    """`Object contains unknown field `foo` - at `$.item[0].clause[1]`` → `item 1, 1.span: …`. `begin` names `raw`."""
    match = _PLACE.match(message)
    place, reason = (match["place"] or "$", match["reason"]) if match else ("$", message)
    here: Any = raw
    names = [begin] if begin else []
    for index, key in _STEP.findall(place):
        if index and isinstance(here, list) and int(index) < len(here):
            here = here[int(index)]
            names[-1] = _name_of(here, names[-1], int(index))
        elif key:
            here = here.get(key) if isinstance(here, dict) else None
            names.append(key)
    return f"{', '.join(names) or 'file'}: {reason[:1].lower()}{reason[1:]}"


def _name_of(table: Any, kind: str, index: int) -> str:
    if isinstance(table, dict):
        if kind == "item" and "number" in table:
            return f"item {table['number']}"
        if kind in ("clause", "record") and isinstance(table.get("clause"), str):
            return str(table["clause"])
    return f"{kind} {index + 1}"
