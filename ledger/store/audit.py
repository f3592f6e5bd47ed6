"""Everything a ledger holds, derived again from the stored bytes, and held against what is stored beside them.

Reads and compares; changes nothing and needs no key but the public one. Findings are values: an audit goes on to
the end whatever it meets, and names each entry. What an entry *says* is not judged here.
"""

# ruff: noqa: S608  (statements are put together from our own words; every value is a parameter)

import json
from collections.abc import Callable, Iterator
from typing import NamedTuple

from ledger.store.checkpoints import Checkpoints, Kept, kept
from ledger.store.entry import parse_entry
from ledger.store.rederiving import Derived, Difference, derive
from ledger.store.refusals import StoreError
from ledger.store.sqlite import SQLiteDCBRecorder, Stored


class Finding(NamedTuple):
    """One thing that is not as it must be: the finding's name (spec: `entry-altered` …), where, what."""

    name: str
    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.name}: {self.where}: {self.what}"


def audit(
    recorder: SQLiteDCBRecorder,
    checkpoints: Checkpoints,
    types: Callable[[str, bytes], str | None],
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Iterator[Finding]:
    """Yield every finding; none means that the ledger is sound as far as this looks (the last paragraph here).

    `types(type, fact)` says what is wrong with a fact's bytes under its entry's type name, or None: the store does
    not know facts. `progress(done, total)` is called as entries are read.

    Looked at: that positions are dense; each leaf, against the stored bytes; each entry's spelling, its type and
    tags against the columns and the tag index that reads go by; the root, by two paths; every checkpoint kept, with
    the columns beside its note, and the key's mark, their signatures and their roots. Not looked at: signatures
    inside facts. What others append meanwhile is left for the next audit.
    """
    size, signed, unfit = _heads(recorder, checkpoints)
    yield from unfit

    found: list[Difference] = []

    def read() -> Iterator[Stored]:
        for row in recorder.rows(upto=size):
            if row.position % 1_000 == 0:
                progress(row.position, size)
            if (what := _wrong(row, types)) is not None:
                found.append(Difference("malformed", row.position - 1, what))
            yield row

    derived = derive(read(), size, at={size for _, size, _ in signed}, differs=found.append)
    progress(size, size)
    # By index; that the bytes were altered goes before what they no longer are.
    for difference in sorted(found, key=lambda difference: (difference.index, difference.name)):
        yield Finding(difference.name, f"index {difference.index}", difference.what)
    yield from _tag_index(recorder, size)
    yield from _roots(signed, derived)


_Signed = tuple[str, int, bytes]
"""A tree head that was signed: where it is kept, its size, its root."""


def _heads(recorder: SQLiteDCBRecorder, checkpoints: Checkpoints) -> tuple[int, list[_Signed], list[Finding]]:
    """The size of the log, what was signed up to then, and what does not fit of either: one moment of the ledger."""
    findings: list[Finding] = []
    # The mark first: it is written before its checkpoint, so what is read of it now is not ahead of the tables.
    mark = _mark(checkpoints, findings)
    with recorder.connections.read() as connection:
        connection.execute("BEGIN")  # one snapshot: what is appended or signed meanwhile is no damage
        notes = kept(connection)
        (size,) = connection.execute("SELECT coalesce(max(position), 0) FROM entries WHERE position > 0").fetchone()
        before = connection.execute("SELECT position FROM entries WHERE position < 1 ORDER BY position").fetchall()
        beyond = connection.execute("SELECT position, tag FROM tags WHERE position > ?", (size,)).fetchall()
        connection.execute("COMMIT")
    if mark is None and notes and not findings and checkpoints.mark() is None:
        findings.append(Finding("checkpoint-rollback", _MARK, "the file beside the key is missing"))
    signed = [one for number, note in enumerate(notes, 1) for one in _kept(checkpoints, number, note, findings)]
    if mark is not None:
        signed += _opened(checkpoints, _MARK, mark, findings)
    for (position,) in before:
        findings.append(Finding("entry-foreign", f"position {position}", "an entry stands before the log's first, 1"))
    for position, tag in beyond:
        what = f"the tag index has {tag!r} there, and the log ends at index {size - 1}"
        findings.append(Finding("index-mismatch", f"index {position - 1}", what))
    return size, signed, findings


_MARK = "last-signed"


def _mark(checkpoints: Checkpoints, findings: list[Finding]) -> str | None:
    try:
        return checkpoints.mark()
    except StoreError as error:
        findings.append(Finding("malformed", _MARK, str(error)))
        return None


def _opened(checkpoints: Checkpoints, where: str, note: str, findings: list[Finding]) -> list[_Signed]:
    """The tree head of a note that our key signed, or none and a finding."""
    try:
        checkpoint = checkpoints.open(note, where)
    except StoreError as error:
        findings.append(Finding("checkpoint-signature", where, str(error).removeprefix(f"{where}: ")))
        return []
    return [(f"{where} (size {checkpoint.size})", checkpoint.size, checkpoint.root)]


def _kept(checkpoints: Checkpoints, number: int, row: Kept, findings: list[Finding]) -> list[_Signed]:
    """The same of a checkpoint kept, whose columns, by which it is found, must say what its note says."""
    opened = _opened(checkpoints, f"checkpoint {number}", row.note, findings)
    for where, size, root in opened:
        if row.size != size:
            findings.append(Finding("malformed", where, f"the note is of size {size}, the column says {row.size}"))
        if row.root != root:
            what = f"the note has the root {root.hex()}, the column beside it says {row.root.hex()}"
            findings.append(Finding("malformed", where, what))
    return opened


def _wrong(row: Stored, types: Callable[[str, bytes], str | None]) -> str | None:
    """What is wrong with an entry, or with the columns beside it."""
    try:
        entry = parse_entry(row.data)
    except ValueError as error:
        return str(error)
    if entry.type != row.type:
        return f"the entry's type is {entry.type!r}, the column beside it says {row.type!r}"
    try:
        tags = json.loads(row.tags_json)
    except (ValueError, RecursionError):
        tags = row.tags_json
    if entry.tags != tags:
        return f"the entry's tags are {entry.tags}, the column beside it says {row.tags_json[:200]!r}"
    return types(entry.type, bytes(entry.fact))


def _tag_index(recorder: SQLiteDCBRecorder, size: int) -> Iterator[Finding]:
    """Reads find entries by the tag index: it must hold each entry's tags, and none besides."""
    # A tags column that is no JSON any more was named above; here it counts as empty.
    tags = "CASE WHEN json_valid(e.tags) THEN e.tags ELSE '[]' END"
    lacking = f"""
        SELECT e.position, tag.value FROM entries AS e CROSS JOIN json_each({tags}) AS tag
        WHERE e.position > ? AND e.position <= ? AND NOT EXISTS
        (SELECT 1 FROM tags AS t WHERE t.tag = tag.value AND t.position = e.position AND t.type = e.type)"""
    foreign = f"""
        SELECT t.position, t.tag FROM tags AS t WHERE t.position <= ? AND NOT EXISTS
        (SELECT 1 FROM entries AS e CROSS JOIN json_each({tags}) AS tag
         WHERE e.position = t.position AND tag.value = t.tag)"""
    borne = f"SELECT coalesce(sum(json_array_length({tags})), 0) FROM entries AS e WHERE position <= ?"
    with recorder.connections.read() as connection:
        pages = range(0, size, 10_000)
        missing = [row for after in pages for row in connection.execute(lacking, (after, min(after + 10_000, size)))]
        for position, tag in missing:
            yield Finding("index-mismatch", f"index {position - 1}", f"it bears {tag!r}, which the tag index lacks")
        # Every tag is there; so are others, exactly if there are more rows than tags. Looking for them is slow.
        (tags_borne,) = connection.execute(borne, (size,)).fetchone()
        (rows,) = connection.execute("SELECT count(*) FROM tags WHERE position <= ?", (size,)).fetchone()
        more = connection.execute(foreign, (size,)).fetchall() if rows != tags_borne - len(missing) else []
    for position, tag in more:
        yield Finding("index-mismatch", f"index {position - 1}", f"the tag index has {tag!r}, which it does not bear")


def _roots(signed: list[tuple[str, int, bytes]], derived: Derived) -> Iterator[Finding]:
    for where, size, root in signed:
        if size > derived.size:
            what = f"{size} entries were signed for, the log has {derived.size}: entries are gone"
            yield Finding("checkpoint-rollback", where, what)
        elif derived.roots[size] != root:
            what = f"the first {size} entries have the root {derived.roots[size].hex()}, signed was {root.hex()}"
            yield Finding("history-fork", where, what)
