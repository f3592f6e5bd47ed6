"""Everything a ledger holds, derived again from the stored bytes, and held against what is stored beside them.

Reads and compares; changes nothing and needs no key but the public one. Findings are values: an audit goes on to
the end whatever it meets, and names each entry. What an entry *says* is not judged here.
"""

# ruff: noqa: S608  (statements are put together from our own words; every value is a parameter)

import json
from collections.abc import Callable, Iterator
from typing import NamedTuple

from ledger.store.checkpoints import Checkpoints
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
    tags against the columns and the tag index that reads go by; the root, by two paths; every checkpoint kept and
    the key's mark, their signatures and their roots. Not looked at: signatures inside facts.
    """
    size = recorder.head()
    unopened: list[Finding] = []
    signed = list(_signed(checkpoints, unopened))
    yield from unopened

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


def _signed(checkpoints: Checkpoints, findings: list[Finding]) -> Iterator[tuple[str, int, bytes]]:
    """What was signed, as (where, size, root): every checkpoint kept, and the key's mark."""
    notes = [(f"checkpoint {number}", note) for number, note in enumerate(checkpoints.notes(), 1)]
    mark = checkpoints.mark()
    if mark is not None:
        notes.append(("last-signed", mark))
    elif notes:
        findings.append(Finding("checkpoint-rollback", "last-signed", "the file beside the key is missing"))
    for where, note in notes:
        try:
            checkpoint = checkpoints.open(note, where)
        except StoreError as error:
            findings.append(Finding("checkpoint-signature", where, str(error).removeprefix(f"{where}: ")))
        else:
            yield f"{where} (size {checkpoint.size})", checkpoint.size, checkpoint.root


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
    except ValueError:
        tags = row.tags_json
    if entry.tags != tags:
        return f"the entry's tags are {entry.tags}, the column beside it says {row.tags_json}"
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
