"""The write side of a bundle: one file from which a subject's entries are proven offline (ledger/FORMAT.md, "Bundle").

Knows entries as bytes, the tags they bear and, of what they mean, as much as the other parts of a bundle are held
against: the seal, commitments that are opened, rulebooks that are adopted. It refuses to write what would not
verify: a bundle that leaves this file has been held against the seal and the checkpoint it names.
"""

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from ledger.proof import (
    Checkpoint,
    Frontier,
    ProofError,
    SealedStream,
    TagProof,
    check_consistency,
    check_inclusion,
    check_many,
    check_tags,
    format_base64,
    format_indexes,
    leaf_hash,
    marks,
    parse_checkpoint,
    parse_note,
    stream_leaf,
    tag_key,
)
from ledger.store.findings import Finding
from ledger.store.refusals import Unsound
from ledger.store.seals import read_seal
from ledger.store.soundness import HANDED_OUT

BUNDLE_FORMAT = "treatment-ledger-bundle/2"

RULEBOOKS_TAG = "registry:rulebook"
"""Borne by adoptions of rulebooks, and by what corrects one."""

Streams = Sequence[tuple[str, Sequence[tuple[int, bytes]]]]
"""(tag, [(index, entry bytes)…]), the subject's first; a stream without entries is absent."""

_SALT_BYTES = range(16, 65)


class LogDamaged(Unsound, ProofError):
    """The log's entries, as they are found, are not those that are sealed: they are no bundle."""


def format_bundle(
    *,
    streams: Streams,
    checkpoint_note: str,
    seal: bytes,
    seal_proof: Sequence[bytes],
    tags: TagProof,
    since: tuple[str, Sequence[bytes]] | None = None,
    inclusion: Sequence[bytes] | None = None,
    rulebooks: Mapping[str, str] | None = None,
    openings: Mapping[int, tuple[bytes, str]] | None = None,
) -> bytes:
    """The bundle of these streams as UTF-8 JSON, one entry a line.

    An entry in several streams stands once. `seal`: the last entry under the checkpoint, and `seal_proof` its
    inclusion there. `tags`: what the sealed index has under the streams' tags. `since`: the note of an older
    checkpoint and the consistency proof from it. `inclusion`: the proof of all entries as many leaves of the
    checkpoint's tree. `rulebooks`: texts by digest, of those that the entries adopt. `openings`: by the index of a
    commitment its salt and the person's text. ProofError when any of it does not fit the rest; LogDamaged when it is
    the log itself that does not.
    """
    head = parse_checkpoint(parse_note(checkpoint_note).body)
    check_inclusion(head.size - 1, head.size, leaf_hash(seal), seal_proof, head.root)
    sealed_root = _sealed_root(seal, head)
    entries = _entries(streams, head.size - 1)
    check_tags(tags.places, tags.nodes, sealed_root)
    keys = _placed(streams, tags)

    indexes = list(entries)
    leaves = [leaf_hash(entry) for entry in entries.values()]
    subject, *others = [tag for tag, _ in streams]
    ordered = [subject, *sorted(others)]
    bundle: dict[str, object] = {"format": BUNDLE_FORMAT, "checkpoint": checkpoint_note}
    if since is not None:
        bundle["since"] = _since(*since, head)
    bundle |= {
        "seal": seal.decode(),
        "seal_proof": format_base64(b"".join(seal_proof)),
        "streams": ordered,
        "depths": [tags.places[keys[tag]].depth for tag in ordered],
        "absent": {tag: _in_place_of(keys[tag], tags) for tag in ordered if tags.places[keys[tag]].key != keys[tag]},
        "nodes": format_base64(b"".join(tags.nodes)),
        "indexes": format_base64(format_indexes(indexes)),
        "entries": [entry.decode() for entry in entries.values()],
        "marks": marks(indexes, leaves),
    }
    if inclusion is not None and indexes:
        check_many(indexes, head.size, leaves, inclusion, head.root)
        bundle["inclusion"] = format_base64(b"".join(inclusion))
    if rulebooks:
        _check_rulebooks(rulebooks, entries)
        bundle["rulebooks"] = dict(sorted(rulebooks.items()))
    if openings:
        bundle["openings"] = _openings(openings, entries)
    return _spell(bundle)


def _sealed_root(seal: bytes, head: Checkpoint) -> bytes:
    try:
        sealed = read_seal(seal)
    except Unsound as error:
        raise LogDamaged(str(error)) from None
    if sealed.size != head.size - 1:
        raise ProofError(f"seal: the last of the {head.size} entries does not seal those before it")
    return sealed.root


def _entries(streams: Streams, size: int) -> dict[int, bytes]:
    entries: dict[int, bytes] = {}
    for tag, stream in streams:
        for index, entry in stream:
            if not 0 <= index < size:
                raise ProofError(f"index {index}: it is not below {size}, the size that is sealed")
            if tag not in json.loads(entry)["tags"]:
                raise _mismatch(f"index {index}", f"the entry does not bear {tag}, by which it is found")
            if entries.setdefault(index, entry) != entry:
                raise ProofError(f"index {index}: two entries are said to stand there")
    return dict(sorted(entries.items()))


def _placed(streams: Streams, tags: TagProof) -> dict[str, bytes]:
    """The key of each tag, when the index has for each exactly the entries that are given."""
    keys = {tag: tag_key(tag) for tag, _ in streams}
    if len(keys) != len(streams) or tags.places.keys() != set(keys.values()):
        raise ProofError("streams: each tag stands once, and is one that the index is asked for")
    for tag, stream in streams:
        frontier = Frontier()
        frontier.extend(stream_leaf(index, leaf_hash(entry)) for index, entry in sorted(stream))
        place = tags.places[keys[tag]]
        held = place.stream if place.key == keys[tag] else None
        if held != (SealedStream(frontier.size, frontier.root()) if frontier.size else None):
            sealed = held.count if held else 0
            what = f"entries found: {frontier.size}, sealed in the index: {sealed}"
            if sealed == frontier.size:
                what = "the entries found are not those that the index seals"
            raise _mismatch(tag, what)
    return keys


def _mismatch(where: str, what: str) -> LogDamaged:
    return LogDamaged(f"{Finding('index-mismatch', where, what)}. {HANDED_OUT}")


def _in_place_of(key: bytes, tags: TagProof) -> str:
    """What stands where the path of an absent tag ends: nothing, or another tag's leaf."""
    place = tags.places[key]
    if place.key is None or place.stream is None:
        return ""
    return format_base64(place.key + place.stream.count.to_bytes(8, "big") + place.stream.root)


def _since(note: str, proof: Sequence[bytes], head: Checkpoint) -> dict[str, object]:
    old = parse_checkpoint(parse_note(note).body)
    if old.size > head.size:
        raise ProofError(f"since: that checkpoint has {old.size} entries, this one {head.size}")
    try:
        check_consistency(old.size, head.size, proof, old.root, head.root)
    except ProofError as error:
        raise ProofError(f"since: that checkpoint of size {old.size} is not one of this log: {error}") from None
    return {"checkpoint": note, "consistency": [format_base64(node) for node in proof]}


def _check_rulebooks(rulebooks: Mapping[str, str], entries: Mapping[int, bytes]) -> None:
    adopted = set()
    for entry in map(json.loads, entries.values()):
        fact = entry["fact"]
        if fact["type"] == "RulebookAdopted":
            adopted.add(str(fact.get("digest")).lower())
        elif fact["type"] == "EntryCorrected" and fact.get("field") == "digest" and RULEBOOKS_TAG in entry["tags"]:
            adopted.add(str(fact.get("new")).lower())
    for digest, text in rulebooks.items():
        if digest not in adopted:
            raise ProofError(f"rulebook {digest}: no entry of the bundle adopts it")
        if sha256(text.encode()).hexdigest() != digest:
            raise ProofError(f"rulebook {digest}: the text has another digest")


def _openings(openings: Mapping[int, tuple[bytes, str]], entries: Mapping[int, bytes]) -> dict[str, object]:
    spelled: dict[str, object] = {}
    for index, (salt, person) in sorted(openings.items()):
        fact: dict[str, Any] = json.loads(entries[index])["fact"] if index in entries else {"type": None}
        if fact["type"] != "PersonCommitted":
            raise ProofError(f"opening {index}: no commitment of the bundle stands at this index")
        if len(salt) not in _SALT_BYTES:
            raise ProofError(f"opening {index}: a salt has 16 to 64 bytes, this has {len(salt)}")
        if format_base64(sha256(salt + person.encode()).digest()) != fact.get("commitment"):
            raise ProofError(f"opening {index}: it is not what the entry commits to")
        spelled[str(index)] = {"salt": format_base64(salt), "person": person}
    return spelled


def _spell(bundle: dict[str, object]) -> bytes:
    # A line for each part and each entry, so that a person can read it and two bundles can be compared line by line.
    lines = []
    for key, value in bundle.items():
        if key in ("streams", "entries") and isinstance(value, list):
            spelled = "[\n" + ",\n".join(_json(item) for item in value) + "\n]" if value else "[]"
        else:
            spelled = _json(value)
        lines.append(f"{_json(key)}: {spelled}")
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode()


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
