"""The mirror kept up with its log: made from the whole log, or of each patient anew whom entries since have touched.

Whoever may be touched is written anew, with everybody they have something to do with; who was not is left alone. A
mirror kept so and one made from the whole log say the same, and have the same digest.
"""

import json
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import numpy as np

from ledger.application import TreatmentLedger
from ledger.application.mapper import read_entry
from ledger.application.reading import case_streams, recorded
from ledger.store.entry import tags_of
from ledger.store.missing import in_order
from ledger.store.soundness import require_unaltered
from ledger.store.sqlite import SQLiteDCBRecorder, Stored
from ledger.store.tree import Tree
from ledger.treatment.facts import Fact
from projections.history import effective
from projections.mirror.columns import Rows
from projections.mirror.digest import mirror_digest
from projections.mirror.house import House, houses
from projections.mirror.manifest import Log, Manifest
from projections.mirror.mirror import Mirror
from projections.mirror.refusal import MirrorDamaged, MirrorError
from projections.mirror.replaying import batches, plainly, replay
from projections.mirror.writing import Writing, compact, kept_manifest, written_by_one
from projections.rules.evidence import Evidence

ENTRIES_A_PATIENT = 8_000
"""How many entries are replayed in the time that one patient takes by themselves."""
MOST_PATCHES = 16
"""So many patches are made one with the next."""
PATCHED_ROWS = 10
"""When patches have more than a tenth of the rows, all parts are written anew, in order."""

_INSTITUTION, _PRACTITIONER = "registry:institution:", "registry:practitioner:"


def update(directory: Path, ledger: TreatmentLedger, jobs: int = 1) -> Manifest:
    """Bring the mirror in `directory` up to the log, or make it. `jobs`: over how many processes a log is replayed;
    with more than one, the caller's main module must be guarded.

    One that turns out damaged is made anew. MirrorError where the mirror is of another log, or ahead of this one, or
    another process writes it, or it cannot be written. Unsound where an entry was altered, is gone or cannot be read.
    Then the mirror stays as it was.
    """
    with written_by_one(directory):
        size = ledger.size
        before = kept_manifest(directory)
        log = Log(ledger.origin, ledger.vkey, log_root(ledger.recorder, size))
        if before is None:
            return _anew(directory, ledger.recorder, log, size, None, jobs)
        _require_same(directory, before, log, ledger.recorder, size)
        try:
            mirror = Mirror.open(directory)
            if before.size == size:
                return before
            touched = _Touched(ledger.recorder, mirror, size)
            if not touched.are_many():
                return _patched(directory, mirror, touched, log)
        except MirrorDamaged:  # nothing was lost: all of it is in the log
            pass
        return _anew(directory, ledger.recorder, log, size, before, jobs)


def rebuild(directory: Path, ledger: TreatmentLedger, jobs: int = 1) -> Manifest:
    """Make the mirror anew from the whole log, whatever is in the directory."""
    with written_by_one(directory):
        size = ledger.size
        log = Log(ledger.origin, ledger.vkey, log_root(ledger.recorder, size))
        return _anew(directory, ledger.recorder, log, size, kept_manifest(directory), jobs)


def _require_same(directory: Path, before: Manifest, log: Log, recorder: SQLiteDCBRecorder, size: int) -> None:
    told = None
    if before.log is None:
        told = "it was made of no log; make another one in another directory"
    elif (before.log.origin, before.log.vkey) != (log.origin, log.vkey):
        told = f"it is of another log, {before.log.origin}; remove it, or name another directory"
    elif before.size > size:
        told = (
            f"it has {before.size:,} entries, the log {size:,}: one of the two is of an old backup; remove the mirror "
            "if the log is the right one"
        )
    elif log_root(recorder, before.size) != before.log.root:
        told = (
            f"it was not made of the first {before.size:,} entries of this log; run `audit`, and remove the mirror if "
            "the log is the right one"
        )
    if told is not None:
        raise MirrorError(f"{directory}: this mirror does not fit the log: {told}")


def log_root(recorder: SQLiteDCBRecorder, size: int) -> str:
    """The root of the first `size` entries, in hex."""
    with recorder.connections.read() as connection:
        return Tree(connection).root(size).hex()


def _anew(
    directory: Path, recorder: SQLiteDCBRecorder, log: Log, size: int, before: Manifest | None, jobs: int
) -> Manifest:
    with Writing(directory, before, anew=True) as writing:
        replayed = replay(recorder, size, writing.vocabulary, jobs)
        with ThreadPoolExecutor(1) as beside:  # the next are assembled while these are written
            written: Future[None] | None = None
            for rows, acts in batches(replayed, writing.vocabulary):
                if written is not None:
                    written.result()
                written = beside.submit(writing.add_numbered, rows, acts)
            if written is not None:
                written.result()
        return writing.finish(size, houses(replayed.register.institutions), log)


def _patched(directory: Path, mirror: Mirror, touched: "_Touched", log: Log) -> Manifest:
    """Whom entries have touched, in a part that supersedes what parts before it say of them."""
    manifest = mirror.manifest
    rows, stay = touched.rows(), manifest.parts
    with Writing(directory, manifest, patch=True) as writing:
        if len(mirror.patches) >= MOST_PATCHES:
            # All who were ever written anew, in one patch; also those without rows, whom parts before may still have.
            stay = tuple(part for part in manifest.parts if not part.patch)
            rows = mirror.with_patched(writing.vocabulary.recoded(rows))
        writing.add(rows)
        own = writing.end()
        digests = {patient: digest for patient, digest in mirror.digests() if patient not in own}
        digests |= {patient: digest for patient, digest in own.items() if digest is not None}
        kept = touched.houses()
        digest = mirror_digest(kept, sorted(digests.items()))
        after = writing.finish(touched.size, kept, log, before=stay, digest=digest)
    patched = sum(part.rows for part in after.parts if part.patch)
    if patched * PATCHED_ROWS > sum(part.rows for part in after.parts):
        return compact(directory, after)
    return after


class _Touched:
    """Whom the entries since a mirror's size concern: everybody whose rows may be others now."""

    def __init__(self, recorder: SQLiteDCBRecorder, mirror: Mirror, size: int) -> None:
        self.size = size
        self._recorder = recorder
        self._mirror = mirror
        self._institutions: set[str] = set()
        self._facts: dict[int, Fact] = {}
        practitioners: set[str] = set()
        self.patients: set[str] = set()
        for row in in_order(recorder.rows(after=mirror.size, upto=size), mirror.size):
            require_unaltered(row)
            read_entry(row.data)
            for tag in json.loads(tags_of(row.data)):
                if tag.startswith("patient:"):
                    self.patients.add(tag[8:])
                elif tag.startswith(_INSTITUTION):
                    self._institutions.add(tag.removeprefix(_INSTITUTION))
                elif tag.startswith(_PRACTITIONER):
                    practitioners.add(tag.removeprefix(_PRACTITIONER))
        self.patients |= self._at(self._institutions) | self._by(practitioners)

    def are_many(self) -> bool:
        """Whether the whole log is replayed sooner."""
        return len(self.patients) * ENTRIES_A_PATIENT > self.size

    def rows(self) -> Rows:
        """The rows of all of them, from their cases; of those without acts there are none."""
        pending = sorted(self.patients)
        while pending:
            more: set[str] = set()
            for patient in pending:
                for stream in case_streams(self._recorder, patient, self.size):
                    for row in stream.rows:
                        if row.position not in self._facts:
                            self._facts[row.position] = recorded(row).fact
                            more |= _patients(row)
            pending = sorted(more - self.patients)
            self.patients |= more
        return plainly(sorted(self._facts.items()), self.patients)

    def houses(self) -> dict[str, House]:
        """Institutions as they are now."""
        kept = dict(self._mirror.houses)
        if self._institutions:
            streams = self._recorder.streams(
                [((_INSTITUTION + name, ()),) for name in sorted(self._institutions)], upto=self.size
            )
            facts = {row.position: recorded(row).fact for stream in streams for row in stream}
            now = houses(Evidence(effective([facts[position] for position in sorted(facts)])).institutions)
            for name in self._institutions:
                kept.pop(name, None)
            kept |= {name: one for name, one in now.items() if name in self._institutions}
        return dict(sorted(kept.items()))

    def _at(self, institutions: Iterable[str]) -> set[str]:
        """Who has an act, or evidence, at one of them."""
        numbers = [k for k, name in enumerate(self._mirror.words.institutions) if name in set(institutions)]
        if not numbers:
            return set()
        return {
            rows.patients[k]
            for rows in self._mirror.batches(("institution",), acts=False)
            for k in np.unique(rows.columns.patient[np.isin(rows.columns.institution, numbers)]).tolist()
        }

    def _by(self, practitioners: Iterable[str]) -> set[str]:
        """Who has something from one of them: an act, an assessment that others gave as well, a sheet."""
        streams = self._recorder.streams(
            [((f"practitioner:{name}", ()),) for name in sorted(practitioners)], upto=self.size
        )
        found: set[str] = set()
        for row in {row.position: row for stream in streams for row in stream}.values():
            require_unaltered(row)
            found |= _patients(row)
        return found


def _patients(row: Stored) -> set[str]:
    """The patients whom an entry's tags name."""
    return {tag[8:] for tag in json.loads(tags_of(row.data)) if tag.startswith("patient:")}
