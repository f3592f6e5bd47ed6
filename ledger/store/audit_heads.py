"""What an audit begins with: how long the log is, what was signed of it, with which key, and what does not fit of that.

One moment of the ledger; what others append and sign after it is left for the next audit.
"""

# ruff: noqa: S608  (statements are put together from our own words; every value is a parameter)

import sqlite3
from collections.abc import Container, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from typing import Any, NamedTuple

from ledger.store.audit_schema import check_identity, check_kept_index
from ledger.store.checkpoints import Checkpoints
from ledger.store.cosignatures import checked, cosigned_at
from ledger.store.findings import Finding
from ledger.store.index import index_state
from ledger.store.index_tables import State
from ledger.store.kept_checkpoints import Kept, kept
from ledger.store.key import read_key
from ledger.store.known_schema import check_schema
from ledger.store.lateness import Seen, Witnessed
from ledger.store.refusals import StoreError, Unusable
from ledger.store.schema import BY_POSITION, BY_TAG
from ledger.store.sqlite import SQLiteDCBRecorder

_KEY = "signing.key"
_MARK = "last-signed"
_MOST = 1_000  # rows told of those that stand outside the log


class SignedHead(NamedTuple):
    """A tree head that was signed, and where it is kept."""

    where: str
    size: int
    root: bytes


class AuditBegin(NamedTuple):
    """The log's size, the tree heads signed up to then, what the index in the tables is of, and findings.

    `kept`: the sizes of the checkpoints kept, also of one whose note was altered; `times`: of each note by its number,
    which size it has, and the time that stands beside it; `witnessed`: what cosignatures that fit say of the time.
    """

    size: int
    signed: list[SignedHead]
    kept: set[int]
    times: dict[int, tuple[int, str]]
    index: State | None  # type: ignore[assignment]  # a tuple's own `index` is not missed
    findings: list[Finding]
    witnessed: Witnessed


def audit_begin(recorder: SQLiteDCBRecorder, checkpoints: Checkpoints) -> AuditBegin:
    """All of it at one moment."""
    with recorder.connections.read() as connection:
        findings = list(check_schema(connection))
    findings += _key(checkpoints)
    # The mark first: it is written before its checkpoint, so what is read of it now is not ahead of the tables.
    try:
        mark = checkpoints.mark.note()
        unread = False
    except StoreError as error:
        findings.append(Finding("malformed", _MARK, str(error)))
        mark, unread = None, True
    with recorder.connections.read() as connection:
        connection.execute("BEGIN")  # one snapshot: what is appended or signed meanwhile is no damage
        notes = kept(connection)
        log = f"entries {BY_POSITION}"
        (size,) = connection.execute(f"SELECT coalesce(max(position), 0) FROM {log} WHERE position > 0").fetchone()
        before, more = _some(connection, f"SELECT position FROM {log} WHERE position < 1 ORDER BY position")
        beyond, further = _some(connection, f"SELECT position, tag FROM tags {BY_TAG} WHERE position > ?", size)
        index = index_state(connection)
        findings += [*check_identity(connection), *check_kept_index(connection, index)]
        cosigned = list(checked(connection))
        connection.execute("COMMIT")
    if mark is None and notes and not unread and checkpoints.mark.note() is None:
        findings.append(Finding("checkpoint-rollback", _MARK, "the file beside the key is missing"))
    signed = [one for number, note in enumerate(notes, 1) for one in _kept(checkpoints, number, note, findings)]
    for one, unfit in cosigned:
        if unfit is not None:
            findings.append(Finding("checkpoint-signature", f"checkpoint of size {one.size}", unfit))
    sizes = {note.size for note in notes} | {head.size for head in signed}
    if mark is not None:
        for head in _opened(checkpoints, _MARK, mark, findings):
            if head.size != max(sizes, default=None) and (what := _mark_differs(recorder, checkpoints, size)):
                findings.append(Finding("checkpoint-rollback", head.where, what))
            signed.append(head)
    for (position,) in before:
        findings.append(Finding("entry-foreign", f"position {position}", "an entry stands before the log's first, 1"))
    if more:
        findings.append(Finding("entry-foreign", "log", f"and {more} more entries stand before its first"))
    # Where entries are gone from the end, their tags being left follows from that.
    follows = any(head.size > size for head in signed)
    for position, tag in () if follows else beyond:
        what = f"the tag index has {tag!r} there, and the log ends at index {size - 1}"
        findings.append(Finding("index-mismatch", f"index {position - 1}", what))
    if further and not follows:
        findings.append(Finding("index-mismatch", "tag index", f"and {further} more rows are behind the log's end"))
    times = {number: (note.size, note.signed_at) for number, note in enumerate(notes, 1)}
    seen = (Seen(one.size, cosigned_at(one.line), _name(one.vkey)) for one, unfit in cosigned if unfit is None)
    return AuditBegin(size, signed, sizes, times, index, findings, Witnessed(seen))


def check_roots(signed: Sequence[SignedHead], size: int, roots: Mapping[int, bytes], lost: int) -> Iterator[Finding]:
    """What was signed, against the roots that the log of `size` entries gives at those sizes.

    `lost`: the index of the first entry that is missing, behind which there are no roots.
    """
    for head in signed:
        if head.size > size:
            what = f"{head.size} entries were signed for, the log has {size}: entries are gone"
            yield Finding("checkpoint-rollback", head.where, what)
        elif head.size <= lost and roots[head.size] != head.root:
            derived = roots[head.size].hex()
            what = f"the first {head.size} entries have the root {derived}, signed was {head.root.hex()}"
            yield Finding("history-fork", head.where, what)


def check_seals(began: AuditBegin, seals: Mapping[int, str], damaged: Container[int]) -> Iterator[Finding]:
    """Checkpoints that do not end in a seal, or are said to be of another time than their seal, and seals whose
    checkpoint is not kept. `seals`: by index, when each was made.

    Checkpoints that are older than the log's first seal need none. A seal behind the last one may be what a crash left.
    `damaged`: indexes of entries that are not what they were.
    """
    first = min(seals, default=began.size)
    for head in began.signed:
        if first < head.size <= began.size and head.size - 1 not in seals and head.size - 1 not in damaged:
            what = f"its last entry, index {head.size - 1}, is no seal of the entries before it"
            yield Finding("seal-not-in-log", head.where, what)
    for number, (size, signed_at) in began.times.items():
        differs = None if size - 1 in damaged else _mistimed(signed_at, seals.get(size - 1))
        if differs is not None:
            yield Finding("malformed", f"checkpoint {number} (size {size})", differs)
    sizes = began.kept | {head.size for head in began.signed}  # that the last-signed one is not kept, was said
    for index in sorted(seals):
        if index + 1 < max(sizes, default=0) and index + 1 not in sizes:
            what = f"the checkpoint of {index + 1} entries, which ends in this seal, is not kept any more"
            yield Finding("checkpoint-rollback", f"index {index}", what)


def _some(connection: sqlite3.Connection, sql: str, *parameters: int) -> tuple[list[tuple[Any, ...]], int]:
    """The first rows, and how many more there are."""
    rows = connection.execute(sql, parameters)
    return rows.fetchmany(_MOST), sum(1 for _ in rows)


def _mistimed(signed_at: str, sealed_at: str | None) -> str | None:
    """What is wrong with the time beside a checkpoint, which is that of its seal. Older ones have no seal."""
    if sealed_at is not None:
        differs = f"its seal is of {sealed_at}, the column beside the note says {signed_at[:40]!r}"
        return None if signed_at == sealed_at else differs
    try:
        datetime.fromisoformat(signed_at)
    except ValueError:
        return f"the column beside the note says {signed_at[:40]!r}, which is no time"
    return None


def _name(vkey: str) -> str:
    """The witness's, of its key, which was checked."""
    return vkey.partition("+")[0]


def _key(checkpoints: Checkpoints) -> Iterator[Finding]:
    """Whether the key that signs the checkpoints is there, and this log's."""
    try:
        key = read_key(checkpoints.key_file)
    except StoreError as error:
        yield Finding("malformed", _KEY, str(error).removeprefix(f"{checkpoints.key_file}: "))
        return
    if key.vkey != checkpoints.vkey:
        what = f"it is another ledger's key ({key.vkey}); this ledger's is {checkpoints.vkey}"
        yield Finding("checkpoint-signature", _KEY, what)


def _opened(checkpoints: Checkpoints, where: str, note: str, findings: list[Finding]) -> list[SignedHead]:
    """The tree head of a note that our key signed, or none and a finding."""
    try:
        checkpoint = checkpoints.open_alone(note, where)
    except StoreError as error:
        findings.append(Finding("checkpoint-signature", where, str(error).removeprefix(f"{where}: ")))
        return []
    return [SignedHead(f"{where} (size {checkpoint.size})", checkpoint.size, checkpoint.root)]


def _kept(checkpoints: Checkpoints, number: int, row: Kept, findings: list[Finding]) -> list[SignedHead]:
    """The same of a checkpoint kept, whose columns, by which it is found, must say what its note says."""
    opened = _opened(checkpoints, f"checkpoint {number}", row.note, findings)
    for where, size, root in opened:
        if row.size != size:
            findings.append(Finding("malformed", where, f"the note is of size {size}, the column says {row.size}"))
        if row.root != root:
            what = f"the note has the root {root.hex()}, the column beside it says {row.root.hex()}"
            findings.append(Finding("malformed", where, what))
    return opened


@contextmanager
def _nobody_writing(recorder: SQLiteDCBRecorder) -> Iterator[sqlite3.Connection]:
    """A connection under the write lock; on a disk that cannot be written nobody else writes either."""
    try:
        connection = recorder.connections.write(whatever=True)
    except Unusable:
        with recorder.connections.read() as reader:
            yield reader
        return
    with closing(connection):
        with suppress(sqlite3.Error):
            connection.execute("BEGIN IMMEDIATE")
        yield connection


def _mark_differs(recorder: SQLiteDCBRecorder, checkpoints: Checkpoints, size: int) -> str | None:
    """What is wrong with the key's mark, which is not of the last checkpoint kept.

    Both are written under the write lock, the mark first: so both are read again under it, and nothing is written.
    """
    with _nobody_writing(recorder) as connection:
        sizes, mark = {row.size for row in kept(connection)}, checkpoints.mark.note()
    opened = None if mark is None else checkpoints.open_alone(mark, _MARK)
    last = max(sizes, default=0)
    if opened is not None and opened.size < last:
        return f"the key signed a checkpoint of {last} entries after it: an older file was put in its place"
    # One of more entries than there are is an old backup's, which is said of the log.
    if opened is not None and last < opened.size <= size:
        return "the key signed it, and it is not kept with the others: `checkpoint` does that, if a crash came between"
    return None
