"""What an audit begins with: how long the log is, what was signed of it, and what does not fit of either.

One moment of the ledger; what others append and sign after it is left for the next audit.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from ledger.store.checkpoints import Checkpoints, Kept, kept
from ledger.store.index import index_state
from ledger.store.index_tables import State
from ledger.store.refusals import StoreError
from ledger.store.schema import has_table
from ledger.store.sqlite import SQLiteDCBRecorder

_MARK = "last-signed"


class Finding(NamedTuple):
    """One thing that is not as it must be: the finding's name (spec: `entry-altered` …), where, what."""

    name: str
    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.name}: {self.where}: {self.what}"


class Signed(NamedTuple):
    """A tree head that was signed, and where it is kept."""

    where: str
    size: int
    root: bytes


class Heads(NamedTuple):
    """The log's size, the tree heads signed up to then, what the index in the tables is of, and findings."""

    size: int
    signed: list[Signed]
    index: State | None  # type: ignore[assignment]  # a tuple's own `index` is not missed
    findings: list[Finding]


def heads(recorder: SQLiteDCBRecorder, checkpoints: Checkpoints) -> Heads:
    """All of it at one moment."""
    findings: list[Finding] = []
    # The mark first: it is written before its checkpoint, so what is read of it now is not ahead of the tables.
    mark = _mark(checkpoints, findings)
    unread = bool(findings)
    with recorder.connections.read() as connection:
        connection.execute("BEGIN")  # one snapshot: what is appended or signed meanwhile is no damage
        notes = kept(connection)
        (size,) = connection.execute("SELECT coalesce(max(position), 0) FROM entries WHERE position > 0").fetchone()
        before = connection.execute("SELECT position FROM entries WHERE position < 1 ORDER BY position").fetchall()
        beyond = connection.execute("SELECT position, tag FROM tags WHERE position > ?", (size,)).fetchall()
        index = index_state(connection)
        if index is None and has_table(connection, "index_state"):
            (rows,) = connection.execute("SELECT count(*) FROM index_state").fetchone()
            if rows:
                findings.append(Finding("index-mismatch", "kept index", "what it is said to be of was altered"))
        connection.execute("COMMIT")
    if mark is None and notes and not unread and checkpoints.mark() is None:
        findings.append(Finding("checkpoint-rollback", _MARK, "the file beside the key is missing"))
    signed = [one for number, note in enumerate(notes, 1) for one in _kept(checkpoints, number, note, findings)]
    if mark is not None:
        signed += _opened(checkpoints, _MARK, mark, findings)
    for (position,) in before:
        findings.append(Finding("entry-foreign", f"position {position}", "an entry stands before the log's first, 1"))
    for position, tag in beyond:
        what = f"the tag index has {tag!r} there, and the log ends at index {size - 1}"
        findings.append(Finding("index-mismatch", f"index {position - 1}", what))
    return Heads(size, signed, index, findings)


def check_roots(signed: list[Signed], size: int, roots: Mapping[int, bytes]) -> Iterator[Finding]:
    """What was signed, against the roots that the log of `size` entries gives at those sizes."""
    for head in signed:
        if head.size > size:
            what = f"{head.size} entries were signed for, the log has {size}: entries are gone"
            yield Finding("checkpoint-rollback", head.where, what)
        elif roots[head.size] != head.root:
            derived = roots[head.size].hex()
            what = f"the first {head.size} entries have the root {derived}, signed was {head.root.hex()}"
            yield Finding("history-fork", head.where, what)


def _mark(checkpoints: Checkpoints, findings: list[Finding]) -> str | None:
    try:
        return checkpoints.mark()
    except StoreError as error:
        findings.append(Finding("malformed", _MARK, str(error)))
        return None


def _opened(checkpoints: Checkpoints, where: str, note: str, findings: list[Finding]) -> list[Signed]:
    """The tree head of a note that our key signed, or none and a finding."""
    try:
        checkpoint = checkpoints.open(note, where)
    except StoreError as error:
        findings.append(Finding("checkpoint-signature", where, str(error).removeprefix(f"{where}: ")))
        return []
    return [Signed(f"{where} (size {checkpoint.size})", checkpoint.size, checkpoint.root)]


def _kept(checkpoints: Checkpoints, number: int, row: Kept, findings: list[Finding]) -> list[Signed]:
    """The same of a checkpoint kept, whose columns, by which it is found, must say what its note says."""
    opened = _opened(checkpoints, f"checkpoint {number}", row.note, findings)
    for where, size, root in opened:
        if row.size != size:
            findings.append(Finding("malformed", where, f"the note is of size {size}, the column says {row.size}"))
        if row.root != root:
            what = f"the note has the root {root.hex()}, the column beside it says {row.root.hex()}"
            findings.append(Finding("malformed", where, what))
    return opened
