"""Everything a ledger holds, derived again from the stored bytes, and held against what is stored beside them.

Reads and compares; changes nothing and needs no key but the public one. Findings are values: an audit goes on to
the end whatever it meets, and names each entry. What an entry *says* is not judged here.
"""

# ruff: noqa: S608  (statements are put together from our own words; every value is a parameter)

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from ledger.proof import HASH_BYTES, stream_leaf
from ledger.store.audit_entries import VALID_TAGS, FactProblem, Seal, Stretch, examine
from ledger.store.audit_heads import Heads, check_roots, check_seals, heads
from ledger.store.audit_index import STREAM_LEAVES, Derived, derive_index
from ledger.store.audit_tree import AuditedTree
from ledger.store.checkpoints import Checkpoints
from ledger.store.findings import Finding
from ledger.store.index_tables import State
from ledger.store.parallel import ALONE, Processes
from ledger.store.rederiving import Difference
from ledger.store.schema import has_table
from ledger.store.sqlite import SQLiteDCBRecorder
from ledger.store.tree import WIDTH

__all__ = ["audit"]

STRETCH = 32 * WIDTH
"""Entries that a process reads before it reports: some 10 MB."""

_RANGES = 32  # of tags, each folded by one process at a time
_FEW = 10_000  # entries: below, one process folds all of them
_READING = 0.6  # the part of the time that the entries take; the index takes the rest

Progress = Callable[[int, int], None]


def audit(
    recorder: SQLiteDCBRecorder,
    checkpoints: Checkpoints,
    fact_problem: FactProblem,
    progress: Progress = lambda done, total: None,
    *,
    pool: Processes = ALONE,
    stretch: int = STRETCH,
) -> Iterator[Finding]:
    """Yield every finding; none means that the ledger is sound as far as this looks.

    `fact_problem(type, fact)` says what is wrong with a fact's bytes under its entry's type name, or None: the store
    does not know facts. `progress(done, total)` is called with entries. `pool`: the processes to do it in; where they
    are others than this, `fact_problem` must be picklable. `stretch`: how many entries one of them reads at a time, a
    multiple of 256.

    Looked at: the schema; the signing key and its mark; that positions are dense; each leaf, against the stored bytes;
    each entry's spelling, its type and tags against the columns and the tag index that reads go by; every checkpoint
    kept, with the columns beside its note and its cosignatures: signatures, roots, that each ends in a seal, and that
    none is gone; the place of every seal; the last seal's index, derived from the log; the tables in which the index
    and the tree's nodes are kept. Not looked at: what facts come to, their tags and the signatures in them. What others
    append meanwhile is left for the next audit.

    The first offence is named: what is wrong only because an entry was altered or is missing is left out.
    """
    began = heads(recorder, checkpoints)
    yield from began.findings

    def shown(part: float) -> None:
        progress(int(part * began.size), began.size)

    path = recorder.connections.path
    tasks = [
        Stretch(path, after, min(after + stretch, began.size), fact_problem) for after in range(0, began.size, stretch)
    ]
    # Scratch files hold hashes, and are their owner's alone (mode 0700).
    with TemporaryDirectory(prefix="treatment-ledger-audit-") as scratch:
        log = _read(pool, tasks, Path(scratch), began, lambda part: shown(_READING * part))
        damaged = {difference.index for difference in log.differences}
        missing = [difference.index for difference in log.differences if difference.name == "entry-missing"]
        lost = min(missing, default=began.size)
        for difference in sorted(log.differences, key=lambda difference: difference.index):
            yield Finding(difference.name, f"index {difference.index}", difference.what)
        unfit = list(_tag_index(recorder, log, began.size))
        yield from (finding for finding in unfit if finding.at not in damaged)
        tree = _tree(log, began, lost, Path(scratch))
        yield from check_roots(began.signed, began.size, tree.roots, lost)
        yield from _kept_nodes(recorder, tree, missing)
        yield from check_seals(began, {seal.index for seal in log.seals}, damaged)

        def derive(size: int, state: State | None, part: Callable[[float], None]) -> Derived:
            bounds = [] if unfit or began.size < _FEW else _bounds(log.tags)
            return derive_index(pool, path, Path(scratch), size, bounds, state, from_entries=bool(unfit), progress=part)

        yield from _index(derive, began, log.seals, lost, lambda part: shown(_READING + (1 - _READING) * part))
    progress(began.size, began.size)


class _Log(NamedTuple):
    """What reading all entries came to: `tree` by the stored leaves, `hashed` by the stored bytes."""

    differences: list[Difference]
    altered: dict[int, bytes]
    lacking: list[tuple[int, str]]
    borne: int
    tree: AuditedTree
    hashed: AuditedTree
    seals: list[Seal]
    tags: list[str]


def _read(
    pool: Processes, tasks: Sequence[Stretch], scratch: Path, began: Heads, progress: Callable[[float], None]
) -> _Log:
    """Every entry; what each is in its tags' streams goes into a file."""
    sizes = {head.size for head in began.signed if head.size <= began.size}
    log = _Log([], {}, [], 0, AuditedTree(sizes), AuditedTree(sizes), [], [])
    with open(scratch / STREAM_LEAVES, "wb") as file:
        for number, examined in enumerate(pool.map(examine, tasks), 1):
            log.tree.extend(*examined.leaves)
            log.hashed.extend(*examined.hashed)
            file.write(examined.stream_leaves)
            log.differences.extend(examined.differences)
            log.altered.update(examined.altered)
            log.lacking.extend(examined.lacking)
            log.seals.extend(examined.seals)
            log.tags.extend(examined.tags)
            log = log._replace(borne=log.borne + examined.borne)
            progress(number / len(tasks))
    log.tree.finish()
    log.hashed.finish()
    return log


def _tree(log: _Log, began: Heads, lost: int, scratch: Path) -> AuditedTree:
    """The tree of the log. Of an altered entry either the leaf or the bytes are what was hashed: what was signed tells.

    Where it was the leaf that was altered, the file of stream leaves gets what it should have been.
    """

    def fits(tree: AuditedTree) -> bool:
        return not any(
            finding.name == "history-fork" for finding in check_roots(began.signed, began.size, tree.roots, lost)
        )

    if not log.altered or fits(log.tree) or not fits(log.hashed):
        return log.tree
    with open(scratch / STREAM_LEAVES, "r+b") as file:
        for index, leaf in log.altered.items():
            file.seek(index * HASH_BYTES)
            file.write(stream_leaf(index, leaf))
    return log.hashed


def _tag_index(recorder: SQLiteDCBRecorder, log: _Log, size: int) -> Iterator[Finding]:
    """Reads find entries by the tag index: it must hold each entry's tags, and none besides."""
    foreign = f"""
        SELECT t.position, t.tag FROM tags AS t WHERE t.position <= ? AND NOT EXISTS
        (SELECT 1 FROM entries AS e CROSS JOIN json_each({VALID_TAGS}) AS tag
         WHERE e.position = t.position AND tag.value = t.tag)"""
    for position, tag in log.lacking:
        yield Finding("index-mismatch", f"index {position - 1}", f"it bears {tag!r}, which the tag index lacks")
    with recorder.connections.read() as connection:
        # Every tag is there; so are others, exactly if there are more rows than tags. Looking for them is slow.
        (rows,) = connection.execute("SELECT count(*) FROM tags WHERE position <= ?", (size,)).fetchone()
        more = connection.execute(foreign, (size,)).fetchall() if rows != log.borne - len(log.lacking) else []
    for position, tag in more:
        yield Finding("index-mismatch", f"index {position - 1}", f"the tag index has {tag!r}, which it does not bear")


def _kept_nodes(recorder: SQLiteDCBRecorder, tree: AuditedTree, lost: Sequence[int]) -> Iterator[Finding]:
    with recorder.connections.read() as connection:
        wrong = list(tree.differing(connection, lost)) if has_table(connection, "tree") else []
    for level, number in wrong:
        what = "the node kept there is not the root of its leaves; `checkpoint` makes such nodes anew"
        yield Finding("index-mismatch", f"tree {level}/{number}", what)


def _index(
    derive: Callable[[int, State | None, Callable[[float], None]], Derived],
    began: Heads,
    seals: Sequence[Seal],
    lost: int,
    progress: Callable[[float], None],
) -> Iterator[Finding]:
    """The last seal's index, and the tables, which are of the same moment as a rule. Behind the first missing entry
    neither can be derived.
    """
    last = max((seal for seal in seals if seal.index <= lost), default=None, key=lambda seal: seal.index)
    sizes = {last.index} if last is not None else set()
    if began.index is not None and lost < began.index.covers <= began.size:
        pass
    elif began.index is not None and began.index.covers <= began.size:
        sizes.add(began.index.covers)
    elif began.index is not None:
        what = f"it is said to be of {began.index.covers} entries, the log has {began.size}"
        yield Finding("index-mismatch", "kept index", what)
    for number, size in enumerate(sorted(sizes)):
        state = began.index if began.index is not None and began.index.covers == size else None
        try:
            derived = derive(size, state, lambda part, done=number: progress((done + part) / len(sizes)))  # type: ignore[misc]
        except UnicodeError:
            what = "it cannot be derived: a tag in the log is no text"
            yield Finding("index-mismatch", f"sealed index (size {size})", what)
            continue
        if last is not None and last.index == size and (last.tags, last.root) != (derived.tags, derived.root):
            what = (
                f"the entries before the seal have {derived.tags} tags and the root {derived.root.hex()}, sealed "
                f"are {last.tags} and {last.root.hex()}"
            )
            yield Finding("index-mismatch", f"sealed index (size {size})", what)
        for what in derived.differing:
            yield Finding("index-mismatch", "kept index", what)


def _bounds(tags: Sequence[str]) -> list[str]:
    """Tags that cut all tags into ranges of about as many rows each."""
    in_order = sorted(tags)
    return sorted({in_order[len(in_order) * number // _RANGES] for number in range(1, _RANGES)}) if tags else []
