"""One method a use case, a few lines each: what the ledger can be asked, and what it promises.

A ledger is a directory: `ledger.sqlite3` (the log), `keys/signing.key` (never in the database) and
`keys/last-signed` (the key's high-water mark). Where it knows who the patients are, there is `people.sqlite3` besides,
with its key in `keys/people.key` unless that lies elsewhere; `retention.toml` where the institution keeps data for
other periods, and `people-access.ndjson`, which programs that show persons write, not this room. One object serves all
threads; several processes may open the same directory.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Self

from eventsourcing.dcb.application import DCBApplication

from ledger.application import exporting, importing, recording, signing
from ledger.application.auditing import audit_ledger
from ledger.application.cosigning import Cosigning
from ledger.application.exporting import Openings, RulebookTexts
from ledger.application.importing import Imported, Order, Progress
from ledger.application.mapper import spell_seal
from ledger.application.people import People, finish_erasures
from ledger.application.reading import Recorded, case_streams, in_log_order, patient_streams, recorded
from ledger.application.recording import Receipt
from ledger.files import sync_directory
from ledger.proof import ProofError, consistency_ranges, inclusion_ranges
from ledger.store.checkpoints import Checkpoints
from ledger.store.findings import Finding
from ledger.store.key import create_key
from ledger.store.publishing import Published, publish
from ledger.store.refusals import StoreError
from ledger.store.schema import Identity, create_ledger, read_identity
from ledger.store.sqlite import SQLiteDCBRecorder
from ledger.store.tree import Tree
from ledger.treatment.facts import Fact, PrescriptionIssued
from ledger.treatment.state import fold
from ledger.treatment.subjects import query_of

LedgerError = StoreError
"""What every refusal of a ledger is, but `Refused` (facts that cannot have happened) and `PeopleError` (what the person
store refuses, through `people`): its message says what, where, why and what to do."""

_LOG = "ledger.sqlite3"
_KEY = Path("keys", "signing.key")


class TreatmentLedger(DCBApplication):
    """An open ledger. Close it, or use it as a context manager."""

    recorder: SQLiteDCBRecorder

    @staticmethod
    def init(directory: Path, origin: str) -> str:
        """Make a ledger and its signing key in `directory`; returns the verifier key (`vkey`, C2SP signed-note).

        What it makes is its owner's alone: the directory, unless it was there, has mode 0700, the files 0600.
        LedgerError if there is a ledger or a key already, or if `origin` cannot name a key.
        """
        log = directory / _LOG
        try:
            if log.exists():
                raise StoreError(f"{log}: a ledger is here already; open it, or name another directory")
            # The key first: its file can be made by one process only, and until the log has its name there is no
            # ledger. A crash in between leaves a key that has signed nothing, and the next `init` says so.
            key = create_key(directory / _KEY, origin)
            unfinished = log.with_name(log.name + ".new")
            unfinished.unlink(missing_ok=True)
            create_ledger(unfinished, Identity(origin, key.vkey))
            unfinished.rename(log)
            sync_directory(directory)
        except OSError as error:
            raise StoreError(f"{directory}: no ledger can be made here ({error.strerror})") from error
        return key.vkey

    @classmethod
    def open(cls, directory: Path) -> Self:
        """Open the ledger in `directory`. LedgerError if there is none, or one that a newer program made."""
        return cls(directory)

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._identity = read_identity(directory / _LOG)
        super().__init__(
            {
                "PERSISTENCE_MODULE": "ledger.store.factory",
                "MAPPER_TOPIC": "ledger.application.mapper:EntryMapper",
                "SQLITE_DBNAME": str(directory / _LOG),
                "CREATE_TABLE": "no",
            }
        )
        self._checkpoints = Checkpoints(self.recorder, *self._identity, directory / _KEY, spell_seal)
        self._newest = False  # whether the log was seen not to be an old backup
        finish_erasures(self.recorder, directory)

    @property
    def origin(self) -> str:
        """The name the ledger signs under."""
        return self._identity.origin

    @property
    def vkey(self) -> str:
        """The public key that opens its checkpoints."""
        return self._identity.vkey

    @property
    def directory(self) -> Path:
        """Where it lies."""
        return self._directory

    @property
    def size(self) -> int:
        """How many entries there are."""
        return self.recorder.head()

    # --- facts in

    def record(self, facts: Sequence[Fact], *, now: datetime) -> list[Receipt]:
        """Take all facts in, or none; they are durable when this returns. One receipt a fact, in their order.

        `now` becomes their append time. A fact already taken is answered with its first receipt. Raises `Refused`
        with every reason when something cannot have happened; `NotWritten` when the disk failed: then ask again.
        """
        self._refuse_old_backup()
        return recording.record(self.recorder, facts, now)

    def import_journal(
        self,
        paths: Sequence[str | Path],
        *,
        now: Callable[[], datetime],
        keep_going: bool = False,
        reject: Path | None = None,
        progress: Progress = lambda stage, done, total: None,
        problem: Callable[[str], None] = lambda text: None,
    ) -> Imported:
        """Take journals in (`-`: standard input; `.gz` too), as one; memory does not grow with their length.

        `problem` is called with `FILE:LINE: field: what` for every line refused, in order. Then nothing is taken in,
        unless `keep_going`: then the good lines are, and `reject`, if given, gets the bad ones with their reasons
        (NDJSON: file, line, field, problem, raw). `now` is asked once a chunk for the append time.
        """
        self._refuse_old_backup()
        order = Order(paths, now, keep_going, reject, progress, problem)
        return importing.import_journal(self.recorder, self._directory, order)

    def _refuse_old_backup(self) -> None:
        """Asked once before anything is taken in: what the key signed for has been acknowledged, and would be lost."""
        if not self._newest:
            self._checkpoints.refuse_old_backup()
            self._newest = True

    # --- who the patients are

    def people(self, key_file: Path | None = None) -> People:
        """The personal data beside the log; `key_file`: their master key, if not in `keys/people.key`."""
        return People(self.recorder, self._directory, key_file)

    # --- what people sign

    def statement(self, kind: str, id: str, key_id: str) -> bytes:
        """The exact bytes that the key's holder signs next about a `session` or an `assessment` of this id.

        `NotToSign` when there is nothing to sign: no such thing, not stopped, voided, or not the key's to sign.
        """
        if kind == "session":
            return signing.session_statement(self.recorder, id, key_id)
        if kind == "assessment":
            return signing.assessment_statement(self.recorder, id, key_id)
        raise signing.NotToSign(f"{kind!r} is nothing that is signed by its id; a session or an assessment is")

    def sheet_statement(self, draft: PrescriptionIssued, key_id: str) -> bytes:
        """The exact bytes that the physician signs of a sheet that is not recorded yet. `NotToSign` when it cannot be.

        With the signature in its `signature` the draft is then recorded.
        """
        return signing.sheet_statement(self.recorder, draft, key_id)

    # --- facts out

    def history(self, patient: str) -> list[Recorded]:
        """Everything that touches the patient, also what was corrected onto them, in log order; [] if nothing does."""
        return in_log_order(patient_streams(self.recorder, patient, self.size))

    def case(self, patient: str) -> list[Recorded]:
        """The history, and what judging it needs besides, in log order: registry facts, and of a prescription that
        other patients' sessions stand on, those sessions.
        """
        return in_log_order(case_streams(self.recorder, patient, self.size))

    def facts(self, after: int = 0) -> Iterator[Recorded]:
        """The whole log as it is now, from index `after` on, in flat memory."""
        return map(recorded, self.recorder.rows(after=after, upto=self.size))

    def entry(self, index: int) -> bytes:
        """The exact bytes of an entry."""
        for row in self.recorder.rows(after=index, upto=self._within(index + 1)):
            return row.data
        raise StoreError(f"index {index}: the entry is missing; run `audit`")

    def leaf(self, index: int) -> bytes:
        """The leaf hash of an entry, as it is stored."""
        return next(self.recorder.leaves(index, self._within(index + 1)))

    def subject_of_act(self, act: str) -> str | None:
        """The patient of a session or assessment, as corrected; None if there is no such act."""
        subject = f"act:{act}"
        (rows,) = self.recorder.streams([query_of(subject)], upto=self.size)
        state = fold(subject, (recorded(row).fact for row in rows))
        return getattr(state.now[0], "patient", None) if state.now else None

    # --- proofs

    def checkpoint(self, *, now: datetime, progress: Callable[[int, int], None] = lambda done, total: None) -> str:
        """A signed note over the log as it stands, sealed; the last one again if it has not grown.

        `progress` is called while the index of a long log that was never sealed is built.

        LedgerError, and nothing is signed, when stored bytes do not fit their leaves, or the log does not continue
        what the key has signed before (a restored old backup).
        """
        return self._checkpoints.sign(now=now, progress=progress)

    def latest_checkpoint(self) -> str | None:
        """The last checkpoint signed, if there is one."""
        self._checkpoints.refuse_old_backup()
        return self._checkpoints.latest()

    def cosigning(self) -> Cosigning:
        """What witnesses are asked with, and where their answers go."""
        return Cosigning(self.recorder, self._checkpoints)

    def prove_inclusion(self, index: int, size: int) -> list[bytes]:
        """The proof that entry `index` is in the tree of the first `size` entries (RFC 6962 section 2.1.1)."""
        return self._nodes(inclusion_ranges, index, size)

    def prove_consistency(self, old: int, new: int) -> list[bytes]:
        """The proof that the first `new` entries continue the first `old` (RFC 6962 section 2.1.2)."""
        return self._nodes(consistency_ranges, old, new)

    def export(
        self,
        subject: str,
        *,
        now: datetime,
        since: str | None = None,
        each: bool = False,
        rulebooks: RulebookTexts = lambda digest: None,
        openings: Openings | None = None,
        seal: bool = True,
    ) -> bytes:
        """The bundle (FORMAT.md) of `patient:…`, `practitioner:…` or `session:…`, complete up to now; where nothing is
        recorded of the subject, a bundle that proves it. If the log has grown, it is sealed and a checkpoint made;
        without `seal`, an older checkpoint will do that covers all there is of the subject.

        `since`: the text of an older checkpoint, from which consistency is to be proven. `each`: with a proof of each
        entry in the log itself. `rulebooks` gives the texts of those adopted, `openings` what opens commitments.
        LedgerError if `since` is not this ledger's.
        """
        self._checkpoints.refuse_old_backup()
        order = exporting.Order(subject, now, since, each, rulebooks, openings, seal)
        return exporting.export(self.recorder, self._checkpoints, order)

    def publish(
        self,
        directory: Path,
        *,
        now: datetime,
        entries: bool = True,
        progress: Callable[[int, int], None] = lambda done, total: None,
    ) -> Published:
        """Bring the static files in `directory` (c2sp.org/tlog-tiles) up to the log, under a checkpoint as of now.

        `entries`: with the bundles of entries, or hashes only. LedgerError, and what is published stays, when the
        directory holds another log, a longer one or another history of this one.
        """
        note = self.checkpoint(now=now)
        try:
            return publish(self.recorder, self._checkpoints, note, directory, entries=entries, progress=progress)
        except OSError as error:
            where = error.filename or directory
            raise StoreError(f"{where}: it cannot be published there ({error.strerror})") from error

    def audit(
        self,
        progress: Callable[[int, int], None] = lambda done, total: None,
        *,
        jobs: int = 1,
        published: Path | None = None,
    ) -> list[Finding]:
        """Everything derived again from the stored bytes; what differs, and where. [] means sound. Changes nothing.

        `progress` is called with entries. `jobs`: over how many processes; with more than one, the caller's main module
        must be guarded, as `multiprocessing` demands. `published`: a directory of `publish` to hold against the log.
        """
        return audit_ledger(self.recorder, self._checkpoints, published, progress, jobs)

    # ---

    def _within(self, size: int) -> int:
        if not 0 < size <= self.size:
            raise StoreError(f"index {size - 1}: the ledger has {self.size} entries; ask for an index below that")
        return size

    def _nodes(self, ranges: Callable[[int, int], list[tuple[int, int]]], one: int, size: int) -> list[bytes]:
        try:
            wanted = ranges(one, self._within(size))
        except ProofError as error:
            raise StoreError(str(error)) from None
        with self.recorder.connections.read() as connection:
            return Tree(connection).nodes(wanted)
