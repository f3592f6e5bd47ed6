"""Writes an invented journal to a file or a stream, in the one spelling of the ledger."""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from api.demo.district import districts, year
from ledger.journal import spell
from ledger.treatment.facts import Fact

_CHUNK_LINES = 5_000


def write_journal(
    path: str | Path | BinaryIO, *, seed: int = 2021, patients: int = 240, rulebook_digest: str, ordered: bool = True
) -> int:
    """Writes the year of so many patients as NDJSON; how many lines it has. `-` is standard output.

    `ordered`: by `at` over everything, which holds the whole year in memory. Otherwise district after district (240
    patients each), ordered only within each, in flat memory: the journal means the same, for the order of lines does
    not matter where `at` differs.
    """
    facts: Iterable[Fact] = (
        year(seed, patients, rulebook_digest=rulebook_digest)
        if ordered
        else _unordered(seed, patients, rulebook_digest)
    )
    if not isinstance(path, str | Path):
        return _write(path, facts)
    if str(path) == "-":
        return _write(sys.stdout.buffer, facts)
    with open(path, "wb") as out:
        return _write(out, facts)


def _unordered(seed: int, patients: int, rulebook_digest: str) -> Iterator[Fact]:
    """Every fact, a district at a time."""
    for facts, _ in districts(seed, patients, rulebook_digest):
        yield from facts


def _write(out: BinaryIO, facts: Iterable[Fact]) -> int:
    """Lines in large pieces; how many."""
    lines: list[bytes] = []
    count = 0
    for fact in facts:
        lines.append(spell(fact))
        if len(lines) == _CHUNK_LINES:
            out.write(b"\n".join(lines) + b"\n")
            count += len(lines)
            lines.clear()
    if lines:
        out.write(b"\n".join(lines) + b"\n")
    return count + len(lines)
