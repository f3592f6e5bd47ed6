"""Everything a ledger holds, derived again from the stored bytes, and held against what is stored beside them.

Reads and compares; changes nothing and needs no key but the public one. Findings are values: an audit goes on to
the end whatever it meets, and names each entry. What an entry *says* is not judged here.
"""

# ruff: noqa: S608  (statements are put together from our own words; every value is a parameter)

from collections.abc import Callable, Generator, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from ledger.proof import HASH_BYTES, stream_leaf
from ledger.store.audit_entries import VALID_TAGS, Seal, Stretch, examine
from ledger.store.audit_heads import AuditBegin, audit_begin, check_roots, check_seals
from ledger.store.audit_index import STREAM_LEAVES, DerivedIndex, derive_index
from ledger.store.audit_places import Ranges, stretches
from ledger.store.audit_tree import AuditedTree
from ledger.store.checkpoints import Checkpoints
from ledger.store.entry_problem import FactProblem
from ledger.store.findings import Finding
from ledger.store.index_tables import State
from ledger.store.parallel import ALONE, Processes
from ledger.store.progress import Progress
from ledger.store.schema import BY_POSITION, BY_TAG, has_table
from ledger.store.sqlite import SQLiteDCBRecorder
from ledger.store.tree import WIDTH

__all__ = ["audit"]

STRETCH = 32 * WIDTH
"""Entries that a process reads before it reports: some 10 MB."""

_ALTERED = "altered"  # the scratch file: of each altered entry its index, 8 bytes, and what its bytes hash to
_RANGES = 32  # of tags, each folded by one process at a time
_FEW = 10_000  # entries: below, one process folds all of them
_READING = 0.6  # the part of the time that the entries take; the index takes the rest


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
    each entry's spelling, its type and tags against the columns and the tag index that reads go by, and its time
    against those at which witnesses saw it; every checkpoint kept, with the columns beside its note and its
    cosignatures: signatures, roots, that each ends in a seal, and that none is gone; the place of every seal, and its
    index, derived from the log; the tables in which the index and the tree's nodes are kept. Not looked at: what facts
    come to, their tags and the signatures in them. What others append meanwhile is left for the next audit.

    The first offence is named: what is wrong only because an entry was altered or is missing is left out.
    """
    began = audit_begin(recorder, checkpoints)
    yield from began.findings

    def shown(part: float) -> None:
        progress(int(part * began.size), began.size)

    path = recorder.connections.path
    with recorder.connections.read() as connection:
        tasks = [
            Stretch(path, *bounds, fact_problem, began.witnessed.within(*bounds))
            for bounds in stretches(connection, began.size, stretch)
        ]
    # Scratch files hold hashes, and are their owner's alone (mode 0700).
    with TemporaryDirectory(prefix="treatment-ledger-audit-") as scratch, pool.ended_by_interrupt():
        log = yield from _read(pool, tasks, Path(scratch), began, lambda part: shown(_READING * part))
        damaged = Ranges([*log.spoilt, *log.missing])
        lost = log.missing.first(began.size)
        unfit = log.lacking > 0
        for finding in _tag_index(recorder, log, began.size):
            unfit = True
            if finding.at not in damaged:
                yield finding
        tree = _tree(log, began, lost, Path(scratch))
        yield from check_roots(began.signed, began.size, tree.roots, lost)
        yield from _kept_nodes(recorder, tree, log.missing, began.size)
        yield from check_seals(began, {seal.index: seal.at for seal in log.seals}, damaged)

        # Where a column of tags is not what was hashed, the tag index may agree with it: what was hashed tells.
        unfit = unfit or log.malformed > 0

        def derive(sizes: Sequence[int], state: State | None) -> DerivedIndex:
            bounds = [] if unfit or began.size < _FEW else _bounds(log.tags)
            return derive_index(
                pool,
                path,
                Path(scratch),
                sizes,
                bounds,
                state,
                from_entries=unfit,
                progress=lambda part: shown(_READING + (1 - _READING) * part),
            )

        yield from _index(derive, began, log.seals, lost)
    progress(began.size, began.size)


class _Log(NamedTuple):
    """What reading all entries came to: `tree` by the stored leaves, `hashed` by the stored bytes.

    `spoilt`: entries of which a finding was told; `altered`: how many were; `malformed`: how many are, or have columns
    that say something else; `lacking`: how many tags of entries are not in the tag index. `tree` and `hashed` end at
    the first long hole.
    """

    spoilt: Ranges
    missing: Ranges
    altered: int
    malformed: int
    lacking: int
    borne: int
    tree: AuditedTree
    hashed: AuditedTree
    seals: list[Seal]
    tags: list[str]


def _read(
    pool: Processes, tasks: Sequence[Stretch], scratch: Path, began: AuditBegin, progress: Callable[[float], None]
) -> Generator[Finding, None, _Log]:
    """Every entry; what each is in its tags' streams goes into a file. Findings are told as they come, and not kept."""
    sizes = {head.size for head in began.signed if head.size <= began.size}
    log = _Log(Ranges(), Ranges(), 0, 0, 0, 0, AuditedTree(sizes), AuditedTree(sizes), [], [])
    upto, whole = 0, True
    with open(scratch / STREAM_LEAVES, "wb") as file, open(scratch / _ALTERED, "wb") as altered:
        for number, (task, examined) in enumerate(zip(tasks, pool.map(examine, tasks), strict=True), 1):
            if task.after > upto:  # between two stretches there is nothing at all
                log.missing.add(upto, task.after - 1)
                whole = False
            upto = task.upto
            if whole:
                log.tree.extend(*examined.leaves)
                log.hashed.extend(*examined.hashed)
                file.write(examined.stream_leaves)
                altered.writelines(index.to_bytes(8, "big") + leaf for index, leaf in examined.altered.items())
                log = log._replace(altered=log.altered + len(examined.altered))
                whole = examined.whole
            for hole in examined.missing:
                log.missing.add(*hole)
            differ = {finding.at for finding in examined.differences if finding.at is not None}
            lacking = [
                Finding.of_entry("index-mismatch", position - 1, f"it bears {tag!r}, which the tag index lacks")
                for position, tag in examined.lacking
                if position - 1 not in differ
            ]
            told = [*examined.differences, *examined.late, *lacking]
            yield from sorted(told, key=lambda finding: finding.at or 0)
            for index in sorted(differ):
                log.spoilt.add(index, index)
            log.seals.extend(examined.seals)
            log.tags.extend(examined.tags)
            malformed = sum(finding.name == "malformed" for finding in examined.differences)
            log = log._replace(
                malformed=log.malformed + malformed,
                borne=log.borne + examined.borne,
                lacking=log.lacking + len(examined.lacking),
            )
            progress(number / len(tasks))
    log.tree.finish()
    log.hashed.finish()
    for first, last in log.missing:
        what = f"there is no entry at position {first + 1}"
        if last > first:
            what = f"there are no entries at the positions {first + 1} to {last + 1}, which is up to index {last}"
        yield Finding("entry-missing", f"index {first}", what)
    return log


def _tree(log: _Log, began: AuditBegin, lost: int, scratch: Path) -> AuditedTree:
    """The tree of the log. Of an altered entry either the leaf or the bytes are what was hashed: what was signed tells.

    Where it was the leaf that was altered, the file of stream leaves gets what it should have been.
    """

    def fits(tree: AuditedTree) -> bool:
        return not any(
            finding.name == "history-fork" for finding in check_roots(began.signed, began.size, tree.roots, lost)
        )

    if not log.altered or fits(log.tree) or not fits(log.hashed):
        return log.tree
    with open(scratch / STREAM_LEAVES, "r+b") as file, open(scratch / _ALTERED, "rb") as altered:
        while record := altered.read(8 + HASH_BYTES):
            index, leaf = int.from_bytes(record[:8], "big"), record[8:]
            file.seek(index * HASH_BYTES)
            file.write(stream_leaf(index, leaf))
    return log.hashed


def _tag_index(recorder: SQLiteDCBRecorder, log: _Log, size: int) -> Iterator[Finding]:
    """Reads find entries by the tag index: it must hold their tags, which was looked at, and none besides."""
    foreign = f"""
        SELECT t.position, t.tag FROM tags AS t {BY_TAG} WHERE t.position <= ? AND NOT EXISTS
        (SELECT 1 FROM entries AS e {BY_POSITION} CROSS JOIN json_each({VALID_TAGS}) AS tag
         WHERE e.position = t.position AND tag.value = t.tag)"""
    with recorder.connections.read() as connection:
        # Every tag is there; so are others, exactly if there are more rows than tags. Looking for them is slow.
        (rows,) = connection.execute(f"SELECT count(*) FROM tags {BY_TAG} WHERE position <= ?", (size,)).fetchone()
        if rows == log.borne - log.lacking:
            return
        for position, tag in connection.execute(foreign, (size,)):
            what = f"the tag index has {tag!r}, which it does not bear"
            yield Finding("index-mismatch", f"index {position - 1}", what)


def _kept_nodes(recorder: SQLiteDCBRecorder, tree: AuditedTree, missing: Ranges, size: int) -> Iterator[Finding]:
    with recorder.connections.read() as connection:
        connection.execute("BEGIN")  # one snapshot: nodes are kept of no more leaves than there are
        (more,) = connection.execute("SELECT count(*) FROM entries NOT INDEXED WHERE position > ?", (size,)).fetchone()
        kept = tree.differing(connection, missing, size + more) if has_table(connection, "tree") else ()
        for level, number in kept:
            what = "the node kept there is not the root of its leaves; `checkpoint --anew` makes such nodes anew"
            yield Finding("index-mismatch", f"tree {level}/{number}", what)
        connection.execute("COMMIT")


def _index(
    derive: Callable[[Sequence[int], State | None], DerivedIndex], began: AuditBegin, seals: Sequence[Seal], lost: int
) -> Iterator[Finding]:
    """The index of every seal, and the tables, which are of the last one's moment as a rule. Behind the first missing
    entry nothing can be derived.
    """
    sealed = [seal for seal in seals if seal.index <= lost]
    sizes = {seal.index for seal in sealed}
    state = began.index if began.index is not None and began.index.covers <= min(lost, began.size) else None
    if state is not None:
        sizes.add(state.covers)
    elif began.index is not None and began.index.covers > began.size:
        what = f"it is said to be of {began.index.covers} entries, the log has {began.size}"
        yield Finding("index-mismatch", "kept index", what)
    if not sizes:
        return
    try:
        derived = derive(sorted(sizes), state)
    except UnicodeError:
        what = "they cannot be derived: a tag in the log is no text"
        yield Finding("index-mismatch", "sealed indexes", what)
        return
    for seal in sealed:
        right = derived.indexes[seal.index]
        if (seal.tags, seal.root) != right:
            then = "no checkpoint that ends in it was signed, nor will be: restore the newest backup that lacks it"
            if any(head.size == seal.index + 1 for head in began.signed):
                then = "`checkpoint --anew` sees to it that the next seal is right"
            what = (
                f"the entries before the seal have {right.tags} tags and the root {right.root.hex()}, sealed are "
                f"{seal.tags} and {seal.root.hex()}; {then}"
            )
            yield Finding("index-mismatch", f"index {seal.index}", what)
    for what in derived.differing:
        yield Finding("index-mismatch", "kept index", f"{what}; `checkpoint --anew` builds it again")


def _bounds(tags: Sequence[str]) -> list[str]:
    """Tags that cut all tags into ranges of about as many rows each."""
    in_order = sorted(tags)
    return sorted({in_order[len(in_order) * number // _RANGES] for number in range(1, _RANGES)}) if tags else []
