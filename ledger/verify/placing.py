"""Does every entry stand at its index in the log that the checkpoint signs? And if not: where is the damage?

The root proves or refutes all entries at once; the marks then say which value does not fit. Marks are no proof: who
alters an entry can alter its mark, and then only "one of them" can be said.
"""

from collections.abc import Sequence

from ledger.proof import MARK_BYTES, Checkpoint, ProofError, check_many, leaf_hash, many_ranges, mark
from ledger.verify.reading import Bundle
from ledger.verify.verdict import Finding

_PAIRS = 300  # beyond so many misfits, who stands in whose place is no longer looked for


def check_places(bundle: Bundle, head: Checkpoint | None, signed: bool) -> list[Finding]:
    """Nothing, when the entries at their indexes and the nodes lead to the checkpoint's root and all marks fit."""
    leaves = [leaf_hash(entry) for entry in bundle.entries]
    if findings := _check_counts(bundle, leaves) or _check_order(bundle, head):
        return findings
    entry_misfits = _misfits(bundle.indexes, leaves, bundle.entry_marks)
    node_places = range(len(bundle.nodes))
    node_misfits = _misfits(node_places, bundle.nodes, bundle.node_marks)

    why = "there is no checkpoint to hold them against"
    if head is not None:
        try:
            check_many(bundle.indexes, head.size, leaves, bundle.nodes, head.root)
        except ProofError as error:
            why = str(error)
        else:
            return _false_marks(bundle, entry_misfits, node_misfits)

    if entry_misfits:
        return _name_entries(bundle, leaves, entry_misfits)
    expected = len(many_ranges(bundle.indexes, head.size)) if head else len(bundle.nodes)
    if len(bundle.nodes) != expected:
        what = f"{len(bundle.nodes)} nodes stand here, the indexes and the size of the log call for {expected}"
        first_odd = node_misfits[0] if node_misfits else len(bundle.nodes)
        return [Finding("malformed", f"nodes[{first_odd}]", what)]
    if node_misfits:
        what = "the hash is not the one that was exported; the entries fit their marks"
        return [Finding("malformed", f"nodes[{place}]", what) for place in node_misfits]
    if not signed:
        return []  # the checkpoint itself is at fault, and named
    low, high = bundle.indexes[0], bundle.indexes[-1]
    what = f"one of these entries, or an index, is not what the log holds; the marks do not say which ({why})"
    return [Finding("entry-altered", f"index {low} to {high}", what)]


def _check_counts(bundle: Bundle, leaves: list[bytes]) -> list[Finding]:
    """An entry, an index or a mark too many or too few, named by the first place from which on they do not fit."""
    indexes, marks = len(bundle.indexes), len(bundle.entry_marks) // MARK_BYTES
    if len(leaves) == indexes == marks:
        if not leaves:
            return [Finding("entry-missing", "entries", "there is none: such a bundle proves nothing")]
        return []
    paired = min(len(leaves), indexes, marks)
    fits = _misfits(bundle.indexes[:paired], leaves[:paired], bundle.entry_marks[: paired * MARK_BYTES])
    place = fits[0] if fits else paired
    counts = f"{len(leaves)} entries, {indexes} indexes and {marks} marks do not go together"
    if indexes == marks:
        if len(leaves) < indexes:
            what = f"its entry is not in the bundle ({counts})"
            return [Finding("entry-missing", f"index {bundle.indexes[place]}", what)]
        return [Finding("entry-foreign", f"entries[{place}]", f"no index calls for this entry ({counts})")]
    where = "indexes" if len(leaves) == marks else "marks.entries" if len(leaves) == indexes else "entries"
    return [Finding("malformed", f"{where}[{place}]", counts)]


def _check_order(bundle: Bundle, head: Checkpoint | None) -> list[Finding]:
    before = -1
    for place, index in enumerate(bundle.indexes):
        if index <= before:
            what = f"indexes[{place}] comes after {before}; they ascend, and each stands once"
            return [Finding("entry-order", f"index {index}", what)]
        if head and index >= head.size:
            what = f"indexes[{place}] is beyond the log, which has {head.size} entries at this checkpoint"
            return [Finding("entry-foreign", f"index {index}", what)]
        before = index
    return []


def _misfits(places: Sequence[int], hashes: Sequence[bytes], marks: bytes) -> list[int]:
    """The positions at which the mark is not that of the hash; all that have no counterpart, too."""
    fits = [
        mark(place, hash_) == marks[n * MARK_BYTES : (n + 1) * MARK_BYTES]
        for n, (place, hash_) in enumerate(zip(places, hashes, strict=True))
    ]
    return [n for n, fit in enumerate(fits) if not fit]


def _name_entries(bundle: Bundle, leaves: list[bytes], misfits: list[int]) -> list[Finding]:
    findings = []
    for n in misfits:
        index = bundle.indexes[n]
        own = bundle.entry_marks[n * MARK_BYTES : (n + 1) * MARK_BYTES]
        others = (m for m in misfits[:_PAIRS] if m != n and mark(index, leaves[m]) == own)
        if len(misfits) <= _PAIRS and (elsewhere := next(others, None)) is not None:
            what = f"its entry stands at entries[{elsewhere}], another one in its place at entries[{n}]"
            findings.append(Finding("entry-order", f"index {index}", what))
        else:
            what = f"entries[{n}], or the index it is given, is not what the log holds: neither root nor mark fit"
            findings.append(Finding("entry-altered", f"index {index}", what))
    return findings


def _false_marks(bundle: Bundle, entry_misfits: list[int], node_misfits: list[int]) -> list[Finding]:
    """The marks that do not fit, where all entries and nodes are proven: it is the marks that were altered."""
    count, expected = len(bundle.node_marks) // MARK_BYTES, len(bundle.nodes)
    if count != expected:
        return [Finding("malformed", f"marks.nodes[{min(count, expected)}]", f"{count} marks for {expected} nodes")]
    places = [f"entries[{n}]" for n in entry_misfits] + [f"nodes[{n}]" for n in node_misfits]
    what = "this mark was altered: it does not fit its value, and the value itself is proven"
    return [Finding("malformed", f"marks.{place}", what) for place in places]
