"""A TOML file that somebody else wrote: read whole within limits, or refused with the reason.

Rulebooks and profiles come from anywhere, so a file may be anything: of any length, of another encoding, brackets
within brackets. What its tables mean is not known here.
"""

import tomllib
from pathlib import Path
from typing import Any

MOST_DOTS = 100
"""In one line. A key of thousands of dotted parts takes the parser minutes; nobody means one."""


class NotToml(ValueError):
    """The file cannot be read, or is no TOML. The message is the reason."""


def read_toml(path: str | Path, largest: int, kind: str) -> tuple[bytes, dict[str, Any]]:
    """The bytes of the file, `largest` at most, and its tables. `kind` is what the file should be, for the reason.

    Raises FileNotFoundError, and NotToml for whatever else is wrong.
    """
    try:
        with open(path, "rb") as file:
            data = file.read(largest + 1)
    except FileNotFoundError:
        raise
    except (OSError, ValueError) as error:  # a ValueError for a name that no file can have
        raise NotToml(f"cannot be read: {getattr(error, 'strerror', None) or error}") from error
    return data, parse_toml(data, largest, kind)


def parse_toml(data: bytes, largest: int, kind: str) -> dict[str, Any]:
    """The tables of a text that is at hand already. Raises NotToml."""
    if len(data) > largest:
        raise NotToml(f"is larger than {largest:,} bytes, which no {kind} is")
    for number, line in enumerate(data.split(b"\n"), 1):
        if line.count(b".") > MOST_DOTS:
            raise NotToml(f"has more than {MOST_DOTS} dots in line {number}, which no {kind} has")
    try:
        return tomllib.loads(data.decode("utf-8-sig"))  # a byte order mark at the start says nothing
    except UnicodeDecodeError as error:
        line_number = data.count(b"\n", 0, error.start) + 1
        wrong = f"byte {data[error.start]:#04x} in line {line_number}"
        raise NotToml(f"is not UTF-8: {wrong}; save it as UTF-8") from error
    except RecursionError as error:
        raise NotToml("is not TOML: tables or lists too deep in one another") from error
    except ValueError as error:  # a TOMLDecodeError, or a number of thousands of digits
        raise NotToml(f"is not TOML: {error}") from error
