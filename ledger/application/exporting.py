"""A subject's bundle: what was recorded under one tag, with all that has to stand beside it, proven complete.

Entries, index and checkpoint must be of one state of the log. Entries never change, so they are read up to the seal
that the checkpoint covers; the index in the tables moves with every seal, so whoever finds it moved seals again.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from ledger.application.mapper import read_entry
from ledger.application.reading import Stream, subject_streams
from ledger.proof import Checkpoint, ProofError, check_consistency, check_many
from ledger.store.bundle import RULEBOOKS_TAG, LogDamaged, format_bundle
from ledger.store.checkpoints import LAST, Checkpoints
from ledger.store.proving import BundleProofs, KeptDamaged, prove
from ledger.store.refusals import StoreError
from ledger.store.soundness import unsound
from ledger.store.sqlite import SQLiteDCBRecorder, Stored
from ledger.store.tree import Tree
from ledger.treatment.facts import EntryCorrected, RulebookAdopted

SUBJECTS = ("patient", "practitioner", "session")
"""Kinds of tags that a bundle can be about."""

RulebookTexts = Callable[[str], str | None]
"""The text of the rulebook with this digest (SHA-256, hex), or None: the ledger itself knows no rulebooks."""

Openings = Mapping[int, tuple[bytes, str]]
"""By the index of a commitment: its salt, and the text of the person."""

_TRIES = 5


class ExportAsked(NamedTuple):
    """What to export, and what besides; see `TreatmentLedger.export`."""

    subject: str
    now: datetime
    since: str | None = None
    each: bool = False
    rulebooks: RulebookTexts = lambda digest: None
    openings: Openings | None = None
    seal: bool = True


def export(recorder: SQLiteDCBRecorder, checkpoints: Checkpoints, order: ExportAsked) -> bytes:
    """The subject's bundle, complete up to now; without `seal`, up to the checkpoint that it is under.

    Unsound, in the words of a finding, when the log is damaged where the bundle rests on it, or `since` is of another
    history than this log's.
    """
    kind, _, name = order.subject.partition(":")
    if kind not in SUBJECTS or not name:
        raise StoreError(f"{order.subject!r}: a bundle is about a {', a '.join(SUBJECTS)}, as in `patient:P1`")
    since = None if order.since is None else checkpoints.open(order.since, "since")
    head = recorder.size()
    if since is not None:
        _require_same_history(recorder, since, head)
    end = head - 1 if order.seal else _end(subject_streams(recorder, order.subject, head))
    if since is not None:
        end = max(end, since.size - 1)
    note = checkpoints.latest()
    if note is None or checkpoints.open_kept(note, LAST).size <= end:
        note = checkpoints.sign(now=order.now)
    rebuilt = False
    for _ in range(_TRIES):
        # Entries may have come in since; the bundle holds exactly what its seal covers.
        checkpoint = checkpoints.open(note, "the checkpoint")
        streams = subject_streams(recorder, order.subject, checkpoint.size - 1)
        rows = _rows(streams)
        indexes = [row.position - 1 for row in rows] if order.each else None
        try:
            tags = [stream.tag for stream in streams]
            older = None if since is None else since.size
            proven = prove(recorder.connections, checkpoint, tags, since=older, indexes=indexes)
            if proven is not None:
                _require_kept_nodes_fit(proven, checkpoint, since, rows)
                return _bundle(order, note, streams, rows, proven)
        except KeptDamaged as damage:
            if rebuilt:
                # Made anew from the log, whose every entry was looked at for it, and still not what was signed.
                raise unsound("index-mismatch", f"checkpoint (size {checkpoint.size})", str(damage)) from None
            checkpoints.sealing.rebuild(signed=[checkpoint])
            rebuilt = True
        except LogDamaged:
            raise
        except ProofError as error:
            raise StoreError(f"{kind} {name!r} cannot be exported: {error}") from None
        note = checkpoints.sign(now=order.now)
    raise StoreError(f"{kind} {name!r} cannot be exported: others seal the log too often just now; ask again")


def _require_same_history(recorder: SQLiteDCBRecorder, since: Checkpoint, size: int) -> None:
    """Unsound when this ledger's key has signed, in `since`, what this log of `size` entries does not continue."""
    where = f"since (size {since.size})"
    if since.size > size:
        what = f"this ledger has {size} entries; an old backup was restored here, or entries are gone"
        raise unsound("checkpoint-rollback", where, what)
    with recorder.connections.read() as connection:
        root = Tree(connection).root(since.size)
        if root != since.root:
            root = Tree(connection, kept=False).root(since.size)
    if root != since.root:
        what = (
            f"the first {since.size} entries here have the root {root.hex()}, that checkpoint has {since.root.hex()}: "
            "one key signed two histories. Keep both checkpoints"
        )
        raise unsound("history-fork", where, what)


def _require_kept_nodes_fit(
    proven: BundleProofs, checkpoint: Checkpoint, since: Checkpoint | None, rows: Sequence[Stored]
) -> None:
    """KeptDamaged when nodes of the tree that were kept do not lead to what was signed."""
    try:
        if since is not None and proven.consistency is not None:
            check_consistency(since.size, checkpoint.size, proven.consistency, since.root, checkpoint.root)
        if proven.inclusion is not None:
            indexes, leaves = [row.position - 1 for row in rows], [row.leaf for row in rows]
            check_many(indexes, checkpoint.size, leaves, proven.inclusion, checkpoint.root)
    except ProofError as error:
        raise KeptDamaged(str(error)) from error


def _bundle(
    order: ExportAsked, note: str, streams: Sequence[Stream], rows: Sequence[Stored], proven: BundleProofs
) -> bytes:
    present = {row.position - 1 for row in rows}
    return format_bundle(
        streams=[(tag, [(row.position - 1, row.data) for row in rows]) for tag, rows in streams],
        checkpoint_note=note,
        seal=proven.seal,
        seal_proof=proven.seal_proof,
        tags=proven.tags,
        since=None if order.since is None or proven.consistency is None else (order.since, proven.consistency),
        inclusion=proven.inclusion,
        rulebooks=_adopted(rows, order.rulebooks),
        openings={index: opening for index, opening in (order.openings or {}).items() if index in present},
    )


def _adopted(rows: Iterable[Stored], texts: RulebookTexts) -> dict[str, str]:
    """The texts at hand of the rulebooks that these entries adopt, as written or as corrected, by digest."""
    digests = set()
    for row in rows:
        if row.type in (RulebookAdopted.ENTRY_TYPE, EntryCorrected.ENTRY_TYPE):
            _, fact = read_entry(row.data)
            if isinstance(fact, RulebookAdopted):
                digests.add(fact.digest.lower())
            elif isinstance(fact, EntryCorrected) and fact.field == "digest" and RULEBOOKS_TAG in _tags(row):
                digests.add(str(fact.new).lower())
    return {digest: text for digest in sorted(digests) if (text := texts(digest)) is not None}


def _tags(row: Stored) -> list[str]:
    """As the entry itself bears them: it is the entry that is hashed."""
    tags: list[str] = json.loads(row.data)["tags"]
    return tags


def _rows(streams: Iterable[Stream]) -> list[Stored]:
    """The entries of all streams, each once, in log order."""
    rows = {row.position: row for stream in streams for row in stream.rows}
    return [rows[position] for position in sorted(rows)]


def _end(streams: Iterable[Stream]) -> int:
    """How many entries of the log hold all of these streams."""
    return max((row.position for stream in streams for row in stream.rows), default=0)
