"""Refused lines handed back: as messages, and as a file that someone mends and imports again."""

import base64
from collections.abc import Callable, Iterable
from typing import IO

import msgspec

from ledger.journal import Problem
from ledger.store.staging import RefusedLine


def report(refused: Iterable[RefusedLine], problem: Callable[[str], None]) -> None:
    """Call `problem` with `FILE:LINE: field: what is wrong, what is expected` for each refused line."""
    for line in refused:
        problem(str(Problem(line.file, line.number, line.field, line.what, line.raw or b"")))


def write_rejects(refused: Iterable[RefusedLine], file: IO[bytes]) -> None:
    """Write the refused lines as NDJSON: {"file","line","field","problem","raw"}, `raw` the line as it came.

    A line that is not UTF-8 cannot stand in JSON: `raw` then shows it with escapes, and `raw_base64` has its bytes.
    """
    for line in refused:
        raw = line.raw or b""
        rejected: dict[str, object] = {
            "file": line.file,
            "line": line.number,
            "field": line.field,
            "problem": line.what,
            "raw": raw.decode(errors="backslashreplace"),
        }
        try:
            raw.decode()
        except UnicodeDecodeError:
            rejected["raw_base64"] = base64.b64encode(raw).decode()
        file.write(msgspec.json.encode(rejected) + b"\n")
