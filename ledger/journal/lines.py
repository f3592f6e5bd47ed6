"""Journals as files: line by line, in flat memory, whatever the file is.

A line is a fact or a problem; a file that cannot be read on is one problem more, and never an exception. A byte
order mark, CRLF, blank lines and a missing last newline are accepted; `.gz` is unpacked; `-` is standard input.
"""

import gzip
import io
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple, cast

from ledger.journal.parsing import MAX_LINE, LineProblem, parse_fact
from ledger.treatment.facts import Fact

_MARK: Final = b"\xef\xbb\xbf"
_GZIP: Final = b"\x1f\x8b"
_CHUNK: Final = 1 << 20
_LONGEST: Final = MAX_LINE + len(_MARK) + len(b"\r\n")


class Line(NamedTuple):
    """A line that holds a fact. `number` counts from 1; `raw` is the line as it came, without its line end."""

    file: str
    number: int
    fact: Fact
    raw: bytes


class Problem(NamedTuple):
    """A line that holds none, or a file that cannot be read (number 0, or the line it broke at)."""

    file: str
    number: int
    field: str
    what: str
    raw: bytes = b""

    def __str__(self) -> str:
        return f"{self.file}:{self.number}: {self.field}: {self.what}"


def read_lines(path: str | Path) -> Iterator[Line | Problem]:
    """Every line of a journal that is not blank, in order. Reads no further than it is asked to."""
    name = str(path)
    number = 0
    try:
        with _open(name) as file:
            for number, raw, length in _split(file):
                if length > MAX_LINE:
                    yield Problem(name, number, "line", f"{length} bytes long, expected at most {MAX_LINE}", raw)
                    continue
                try:
                    line: Line | Problem = Line(name, number, parse_fact(raw), raw)
                except LineProblem as problem:
                    line = Problem(name, number, problem.field, problem.what, raw)
                yield line
    except (OSError, EOFError, ValueError, zlib.error) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        where = f"after line {number}" if number else "at its beginning"
        yield Problem(name, number, "file", f"cannot be read {where} ({reason}), expected a journal or its .gz")


@contextmanager
def _open(name: str) -> Iterator[BinaryIO]:
    """The file's bytes, unpacked. Standard input stays open, for it is not ours."""
    file = io.BufferedReader(sys.stdin.buffer if name == "-" else io.FileIO(name), _CHUNK)  # type: ignore[type-var]
    try:
        if name.endswith(".gz") or file.peek(2)[:2] == _GZIP:
            yield cast(BinaryIO, gzip.GzipFile(fileobj=file))
        else:
            yield file
    finally:
        if name == "-":
            file.detach()
        else:
            file.close()


def _split(file: BinaryIO) -> Iterator[tuple[int, bytes, int]]:
    """(number, line, its length) of each line that is not blank; of a line that is too long only the beginning."""
    number = 0
    while raw := file.readline(_LONGEST):
        number += 1
        if number == 1 and raw.startswith(_MARK):
            raw = raw[3:]
        length = len(raw)
        if length > MAX_LINE and not raw.endswith(b"\n"):
            while rest := file.readline(_CHUNK):
                length += len(rest.rstrip(b"\r\n"))
                if rest.endswith(b"\n"):
                    break
            yield number, raw[:MAX_LINE], length
            continue
        line = raw.strip(b" \t\r\n")
        if line:
            yield number, line, len(line)
