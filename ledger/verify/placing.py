"""Is each stream what the seal says of it: these entries, at these indexes, and no others? If not: where is the damage?

The index proof proves or refutes all streams at once; the marks then say which entry does not fit. Marks are no proof:
who alters an entry can alter its mark, and then only "the index does not fit" can be said.
"""

from collections.abc import Collection, Sequence

from ledger.proof import (
    MARK_CHARACTERS,
    Checkpoint,
    PathEnd,
    ProofError,
    SealedStream,
    check_many,
    check_tags,
    leaf_hash,
    mark,
    root,
    stream_leaf,
    tag_key,
)
from ledger.verify.entries import Entry, read_entry
from ledger.verify.findings import Findings
from ledger.verify.reading import Bundle
from ledger.verify.seals import Seal
from ledger.verify.streams import check_streams
from ledger.verify.verdict import Finding

_PAIRS = 300  # of more misfits, who stands in whose place is not looked for
_RUBBISH = 1000  # of more entries that are none, nothing else is asked: hashing them could take longer than reading


def read_entries(bundle: Bundle) -> tuple[list[Entry | str], list[Finding]]:
    """Each entry, or what is wrong with it; a finding when most of what is offered as entries are none."""
    read: list[Entry | str] = []
    wrong = 0
    for raw in bundle.entries:
        read.append(read_entry(raw))
        wrong += isinstance(read[-1], str)
        if wrong > _RUBBISH:
            what = f"more than {_RUBBISH} of these are no entries: no bundle is like that"
            return [], [Finding("malformed", "entries", what)]
    return read, []


def check_counts(bundle: Bundle, seal: Seal) -> Collection[Finding]:
    """Entries, indexes and marks go together, and the seal covers all of them."""
    entries, indexes, marks = len(bundle.entries), len(bundle.indexes), len(bundle.marks) // MARK_CHARACTERS
    if entries == indexes == marks:
        return Findings().append_ascending(
            Finding("entry-foreign", f"index {index}", f"it is not below {seal.size}, the entries that were sealed")
            for index in bundle.indexes
            if index >= seal.size
        )
    counts = f"{entries} entries, {indexes} indexes and {marks} marks do not go together"
    if indexes != marks:
        where = "indexes" if entries == marks else "marks" if entries == indexes else "entries"
        return [Finding("malformed", where, counts)]
    paired = min(entries, indexes)
    misfits = _misfits(bundle, [leaf_hash(entry) for entry in bundle.entries[:paired]])
    place = misfits[0] if misfits else paired
    if entries < indexes:
        what = f"its entry is not in the bundle ({counts})"
        return [Finding("entry-missing", f"index {bundle.indexes[place]}", what)]
    return [Finding("entry-foreign", f"entries[{place}]", f"no index calls for this entry ({counts})")]


def check_index(
    bundle: Bundle, read: Sequence[Entry | str], seal: Seal
) -> tuple[dict[int, Entry], Collection[Finding]]:
    """The entries by index, when the seal proves of every stream that it has these and no others; else findings.

    `read`: the entries as `read_entries` has them.
    """
    leaves = [leaf_hash(entry) for entry in bundle.entries]
    entries, findings = _placed(bundle.indexes, read)
    findings = (
        findings
        or check_streams(bundle.streams, bundle.absent, entries)
        or _check_proof(bundle, seal, entries, dict(zip(bundle.indexes, leaves, strict=True)))
    )
    if misfits := _misfits(bundle, leaves):
        if findings:
            return {}, _name_entries(bundle, leaves, misfits)
        places = ", ".join(map(str, misfits[:10])) + (", …" if len(misfits) > 10 else "")
        what = f"altered at {places}: these marks do not fit their entries, and the entries are proven"
        findings = [Finding("malformed", "marks", what)]
    return entries, findings


def check_inclusion_of_each(bundle: Bundle, head: Checkpoint) -> list[Finding]:
    """Where the bundle brings the proof: each entry is in the log itself, not only under the seal."""
    if bundle.inclusion is None:
        return []
    leaves = [leaf_hash(entry) for entry in bundle.entries]
    try:
        check_many(bundle.indexes, head.size, leaves, bundle.inclusion, head.root)
    except ProofError as error:
        what = f"what was sealed of these entries is not what the log holds, or this proof was damaged ({error})"
        return [Finding("index-mismatch", "inclusion", what)]
    return []


def _placed(indexes: Sequence[int], read: Sequence[Entry | str]) -> tuple[dict[int, Entry], Collection[Finding]]:
    entries: dict[int, Entry] = {}
    findings = Findings()
    for index, entry in zip(indexes, read, strict=True):
        if isinstance(entry, Entry):
            entries[index] = entry
        else:
            findings.append(Finding("malformed", f"index {index}", entry))
    return entries, findings


def _check_proof(bundle: Bundle, seal: Seal, entries: dict[int, Entry], leaves: dict[int, bytes]) -> list[Finding]:
    hashes: dict[str, list[bytes]] = {tag: [] for tag in bundle.streams}
    for index, entry in entries.items():
        hash_ = stream_leaf(index, leaves[index])
        for tag in entry.tags & hashes.keys():
            hashes[tag].append(hash_)
    places: dict[bytes, PathEnd] = {}
    for tag, depth in zip(bundle.streams, bundle.depths, strict=True):
        key = tag_key(tag)
        if tag not in bundle.absent:
            places[key] = PathEnd(depth, key, SealedStream(len(hashes[tag]), root(hashes[tag])))
        elif (leaf := bundle.absent[tag]) is None:
            places[key] = PathEnd(depth)
        else:
            places[key] = PathEnd(depth, leaf.key, leaf.stream)
    try:
        check_tags(places, bundle.nodes, seal.root)
    except ProofError as error:
        what = (
            "the streams here are not those that were sealed: an entry is left out, or was altered together with its "
            f"mark, or the proof was damaged ({error})"
        )
        return [Finding("index-mismatch", "nodes", what)]
    return []


def _misfits(bundle: Bundle, leaves: Sequence[bytes]) -> list[int]:
    """The positions at which the mark is not that of the leaf at its index."""
    marked = zip(bundle.indexes, leaves, strict=False)  # of those that have both, and then a mark
    return [n for n, (index, leaf) in enumerate(marked) if mark(index, leaf) != _given_mark(bundle, n)]


def _given_mark(bundle: Bundle, n: int) -> str:
    """The mark that the bundle gives the entry there."""
    return bundle.marks[n * MARK_CHARACTERS : (n + 1) * MARK_CHARACTERS]


def _name_entries(bundle: Bundle, leaves: list[bytes], misfits: list[int]) -> Collection[Finding]:
    elsewhere = _places(bundle, leaves, misfits)
    findings = Findings()
    for n in misfits:
        index = bundle.indexes[n]
        if elsewhere:
            what = f"its entry stands at entries[{elsewhere[n]}], another one in its place at entries[{n}]"
            findings.append(Finding("entry-order", f"index {index}", what))
        else:
            what = f"entries[{n}], or the index it is given, is not what was exported: neither index nor mark fit"
            findings.append(Finding("entry-altered", f"index {index}", what))
    return findings


def _places(bundle: Bundle, leaves: list[bytes], misfits: list[int]) -> dict[int, int]:
    """Where the entry of each misfit stands instead, when each is found among the others; else nothing."""
    found: dict[int, int] = {}
    if len(misfits) > _PAIRS:
        return found
    for n in misfits:
        others = (m for m in misfits if m != n and mark(bundle.indexes[n], leaves[m]) == _given_mark(bundle, n))
        if (place := next(others, None)) is None:
            return {}
        found[n] = place
    return found
