"""The write side of a bundle: one file from which a patient's entries are proven offline (ledger/FORMAT.md, "Bundle").

Knows entries as bytes and the tags they bear, nothing of what they mean. It refuses to write what would not verify:
a bundle that leaves this file has been held against the leaves and the checkpoint it names.
"""

import json
from collections.abc import Sequence

from ledger.proof import (
    ProofError,
    format_base64,
    leaf_hash,
    marks,
    parse_checkpoint,
    parse_note,
    prove_consistency,
    prove_many,
    root,
)

BUNDLE_FORMAT = "treatment-ledger-bundle/1"


def format_bundle(
    *,
    streams: Sequence[tuple[str, Sequence[tuple[int, bytes]]]],
    checkpoint_note: str,
    leaf_hashes: Sequence[bytes],
    since: str | None = None,
) -> bytes:
    """The bundle of these streams as UTF-8 JSON, one entry a line.

    `streams`: (tag, [(index, entry bytes)…]), the patient's first; an entry in several streams stands once.
    `leaf_hashes`: those of the whole log as the checkpoint covers it. `since`: the note of an older checkpoint, from
    which consistency is to be proven. ProofError when the entries, leaves and checkpoints do not fit each other.
    """
    checkpoint = parse_checkpoint(parse_note(checkpoint_note).body)
    if checkpoint.size != len(leaf_hashes) or checkpoint.root != root(leaf_hashes):
        raise ProofError(f"checkpoint: it is not of these {len(leaf_hashes)} leaves; export with a new checkpoint")
    entries = _entries(streams, leaf_hashes)
    indexes = list(entries)
    nodes = prove_many(indexes, leaf_hashes)
    patient, *others = [tag for tag, _ in streams]
    bundle: dict[str, object] = {"format": BUNDLE_FORMAT, "checkpoint": checkpoint_note}
    if since is not None:
        bundle["since"] = _since(since, leaf_hashes)
    bundle |= {
        "streams": [patient, *sorted(others)],
        "indexes": indexes,
        "entries": [entry.decode() for entry in entries.values()],
        "nodes": [format_base64(node) for node in nodes],
        "marks": {
            "entries": format_base64(marks(indexes, [leaf_hashes[index] for index in indexes])),
            "nodes": format_base64(marks(range(len(nodes)), nodes)),
        },
    }
    return _spell(bundle)


def _entries(
    streams: Sequence[tuple[str, Sequence[tuple[int, bytes]]]], leaf_hashes: Sequence[bytes]
) -> dict[int, bytes]:
    entries: dict[int, bytes] = {}
    for tag, stream in streams:
        for index, entry in stream:
            if not 0 <= index < len(leaf_hashes) or leaf_hash(entry) != leaf_hashes[index]:
                raise ProofError(f"index {index}: the stored entry is not the leaf of the log; run audit")
            if tag not in json.loads(entry)["tags"]:
                raise ProofError(f"index {index}: the entry does not bear the tag {tag}; run audit")
            entries[index] = entry
    return dict(sorted(entries.items()))


def _since(note: str, leaf_hashes: Sequence[bytes]) -> dict[str, object]:
    old = parse_checkpoint(parse_note(note).body)
    if old.size > len(leaf_hashes):
        raise ProofError(f"since: that checkpoint has {old.size} entries, the log has {len(leaf_hashes)}")
    if old.root != root(leaf_hashes[: old.size]):
        raise ProofError(f"since: that checkpoint of size {old.size} is not one of this log: its root is another")
    proof = prove_consistency(old.size, len(leaf_hashes), leaf_hashes)
    return {"checkpoint": note, "consistency": [format_base64(node) for node in proof]}


def _spell(bundle: dict[str, object]) -> bytes:
    # A line for each part and each entry, so that a person can read it and two bundles can be compared line by line.
    lines = []
    for key, value in bundle.items():
        if key in ("streams", "entries", "nodes") and isinstance(value, list):
            spelled = "[\n" + ",\n".join(_json(item) for item in value) + "\n]" if value else "[]"
        else:
            spelled = _json(value)
        lines.append(f"{_json(key)}: {spelled}")
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode()


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
