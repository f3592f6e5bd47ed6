"""Profiles that people write: the readings of an office, in a file that can be kept, sent and dated.

A file says what it is based on and what it reads otherwise, and nothing else; so an office's disputes with the text
are a page long. It is written by somebody else, so whatever is in it, the answer is a profile or a list of what is
wrong: file, key, reason, all at once. What the readings mean is in the rulebooks; no option is made up here.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from projections.rules.readings import PROFILES, Profile, ReadingRefused, problems_of, unknown
from projections.rules.schema import Keyed, Name, Reading, Words
from projections.rules.spelling import misspelt
from projections.rules.toml_file import NotToml, read_toml

LARGEST = 64 * 1024
"""Bytes of a file; a profile of every reading there is, with its reasons, has a tenth of it."""


class ProfileRefused(ReadingRefused):
    """The file is no profile. `problems` has a line each: FILE: KEY: reason."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class ProfileFile(Keyed, frozen=True, kw_only=True):
    """The whole file."""

    format: Literal["profile/1"]
    name: Name
    title: Words | None = None
    why: Annotated[str, Meta(min_length=1, max_length=10_000)] | None = None
    based_on: Literal["default", "strict", "lenient"] = "default"
    readings: Mapping[Name, Name] = {}


def load_profile(name_or_path: str | Path, books: Sequence[Mapping[str, Reading]] = ()) -> Profile:
    """A profile by its name (default, strict, lenient), or by the path of its file.

    With `books`, the readings that rulebooks declare, its readings and options are checked against them as well: one
    is right when any of the books has it. Raises ReadingRefused for a name that is neither, ProfileRefused with
    every problem of a file.
    """
    if name_or_path in PROFILES:
        return Profile(str(name_or_path), str(name_or_path))
    source = str(name_or_path)
    raw = _read(source)
    problems = [*misspelt(raw, ProfileFile), *_misread(raw, books)]
    if problems:
        raise ProfileRefused([f"{source}: {key}: {reason}" for key, reason in problems])
    file = msgspec.convert(raw, ProfileFile)
    return Profile(file.name, file.based_on, file.readings, file.title, file.why, source)


def _read(source: str) -> dict[str, Any]:
    try:
        return read_toml(source, LARGEST, "profile")[1]
    except FileNotFoundError:
        known = unknown("profile", source, PROFILES)
        raise ReadingRefused(f"{known}; or the TOML file of a profile, and there is no such file") from None
    except NotToml as error:
        raise ProfileRefused([f"{source}: file: {error}"]) from error


def _misread(raw: Mapping[str, Any], books: Sequence[Mapping[str, Reading]]) -> Iterator[tuple[str, str]]:
    """What the spelling allows and is wrong all the same: key, reason."""
    if raw.get("name") in PROFILES:
        yield "name", f"{raw['name']} is the rulebook's own profile; give yours another name"
    readings = raw.get("readings")
    if books and isinstance(readings, dict):
        # What is no name at all has been told of already.
        names = {name: option for name, option in readings.items() if len(name) <= 64 and isinstance(option, str)}
        for name, problem in problems_of({name: option[:64] for name, option in names.items()}, books):
            yield f"readings.{name}", problem
