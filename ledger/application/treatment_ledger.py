"""One method a use case, a few lines each: what the ledger can be asked, and what it promises.

A ledger is a directory: `ledger.sqlite3` (the log), `keys/signing.key` (never in the database),
`keys/last-signed` (the key's high-water mark), of each witness `keys/cosigned-….json` (the latest date it signed with)
and, while one contradicts the log, `keys/contradicted-….json`: then nothing is signed, exported or imported.
Where it knows who the patients are, there is `people.sqlite3` besides, with its key in `keys/people.key` unless that
lies elsewhere; `retention.toml` where the institution keeps data for other periods, and `people-access.ndjson`, which
programs that show persons write, not this room. Others put `rulebooks/` there, the texts that were adopted (back them
up), and `mirror/` and `decisions/`, which are derived from the log; but for decisions that were made otherwise before.
One object serves all threads; several processes may open the same
directory.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Self

from eventsourcing.dcb.application import DCBApplication

from ledger.application import exporting, importing, proving, recording, signing
from ledger.application.auditing import audit_ledger
from ledger.application.cosigning import Cosigning
from ledger.application.exporting import Openings, RulebookTexts
from ledger.application.founding import KEY, LOG, found
from ledger.application.importing import ImportAsked, Imported, Stages
from ledger.application.mapper import spell_seal
from ledger.application.new_entries import ENTRY_RULES
from ledger.application.people import People, finish_erasures
from ledger.application.reading import Recorded, case_streams, in_log_order, patient_streams, recorded, subject_of_act
from ledger.application.recording import Receipt
from ledger.store.checkpoints import LAST, Checkpoints
from ledger.store.findings import Finding
from ledger.store.missing import entry_missing, in_order
from ledger.store.progress import Progress
from ledger.store.publishing import Published, publish
from ledger.store.refusals import StoreError, Unsound
from ledger.store.schema import read_identity
from ledger.store.soundness import require_unaltered
from ledger.store.sqlite import SQLiteDCBRecorder
from ledger.treatment.facts import Fact, PrescriptionIssued

LedgerError = StoreError
"""What every refusal of a ledger is, but `Refused` (facts that cannot have happened) and `PeopleError` (what the person
store refuses, through `people`): its message says what, where, why and what to do."""


class TreatmentLedger(DCBApplication):
    """An open ledger. Close it, or use it as a context manager."""

    recorder: SQLiteDCBRecorder

    @staticmethod
    def init(directory: Path, origin: str) -> str:
        """Make a ledger and its signing key in `directory`; returns the verifier key (`vkey`, C2SP signed-note).

        What it makes is its owner's alone: the directory, unless it was there, has mode 0700, the files 0600.
        LedgerError if there is a ledger or a key already, or if `origin` cannot name a key.
        """
        return found(directory, origin)

    @classmethod
    def open(cls, directory: Path, *, finish: bool = True) -> Self:
        """Open the ledger in `directory`. LedgerError if there is none, or one that a newer program made.

        An erasure that a crash has cut short is ended then, which destroys a key; without `finish` it stays as it is.
        """
        return cls(directory, finish=finish)

    def __init__(self, directory: Path, *, finish: bool = True) -> None:
        self._directory = directory
        self._identity = read_identity(directory / LOG)
        super().__init__(
            {
                "PERSISTENCE_MODULE": "ledger.store.factory",
                "MAPPER_TOPIC": "ledger.application.mapper:EntryMapper",
                "SQLITE_DBNAME": str(directory / LOG),
                "CREATE_TABLE": "no",
            }
        )
        self._checkpoints = Checkpoints(self.recorder, *self._identity, directory / KEY, spell_seal, ENTRY_RULES)
        self._newest = False  # whether the log was seen not to be an old backup
        if finish:
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
        return self.recorder.size()

    # --- facts in

    def record(
        self, facts: Sequence[Fact], *, now: datetime, looked_at: Mapping[str, int] | None = None
    ) -> list[Receipt]:
        """Take all facts in, or none; they are durable when this returns. One receipt a fact, in their order.

        `now` becomes their append time. A fact already taken is answered with its first receipt. `looked_at`: subjects
        that the caller decided by, each as it was among so many first entries of the log. Raises `Refused` with every
        reason when something cannot have happened; `Overtaken` when one of these subjects has more entries;
        `NotWritten` when the disk failed: then ask again.
        """
        self._refuse_old_backup()
        return recording.record(self.recorder, facts, now, looked_at)

    def import_journal(
        self,
        paths: Sequence[str | Path],
        *,
        now: Callable[[], datetime],
        keep_going: bool = False,
        reject: Path | None = None,
        progress: Stages = lambda stage, done, total: None,
        problem: Callable[[str], None] = lambda text: None,
    ) -> Imported:
        """Take journals in (`-`: standard input; `.gz` too), as one; memory does not grow with their length.

        `problem` is called with `FILE:LINE: field: what` for every line refused, in order. Then nothing is taken in,
        unless `keep_going`: then the good lines are, and `reject`, if given, gets the bad ones with their reasons
        (NDJSON: file, line, field, problem, raw). `now` is asked once a chunk for the append time.
        """
        self._refuse_old_backup()
        self._checkpoints.contradictions.refuse()
        order = ImportAsked(paths, now, keep_going, reject, progress, problem)
        return importing.import_journal(self.recorder, self._directory, order)

    def _refuse_old_backup(self) -> None:
        """Asked before anything is taken in or to be signed: what the key signed for would be lost, or contradicted."""
        self.recorder.connections.require_fit()
        if not self._newest:
            self._checkpoints.refuse_old_backup()
            self._checkpoints.refuse_lost_mark()  # without it nobody can tell an old backup
            self._newest = True

    # --- who the patients are

    def people(self, key_file: Path | None = None) -> People:
        """The personal data beside the log; `key_file`: their master key, if not in `keys/people.key`."""
        return People(self.recorder, self._directory, key_file, self._refuse_old_backup)

    # --- what people sign

    def statement(self, kind: str, id: str, key_id: str) -> bytes:
        """The exact bytes that the key's holder signs next about a `session` or an `assessment` of this id.

        `NotToSign` when there is nothing to sign: no such thing, not stopped, voided, or not the key's to sign.
        LedgerError of an old backup: what would be signed may have been corrected since.
        """
        self._refuse_old_backup()
        if kind == "session":
            return signing.session_statement(self.recorder, id, key_id)
        if kind == "assessment":
            return signing.assessment_statement(self.recorder, id, key_id)
        raise signing.NotToSign(f"{kind!r} is nothing that is signed by its id; a session or an assessment is")

    def sheet_statement(self, draft: PrescriptionIssued, key_id: str) -> bytes:
        """The exact bytes that the physician signs of a sheet that is not recorded yet. `NotToSign` when it cannot be.

        With the signature in its `signature` the draft is then recorded. LedgerError of an old backup.
        """
        self._refuse_old_backup()
        return signing.sheet_statement(self.recorder, draft, key_id)

    # --- facts out

    def old_backup(self) -> str | None:
        """What to tell whoever reads an old backup, which lacks what was recorded since; None of the newest log."""
        try:
            self._checkpoints.refuse_old_backup()
        except Unsound as old:
            return str(old)
        return None

    def history(self, patient: str) -> list[Recorded]:
        """Everything that touches the patient, also what was corrected onto them, in log order; [] if nothing does."""
        return in_log_order(patient_streams(self.recorder, patient, self.size))

    def case(self, patient: str) -> list[Recorded]:
        """The history, and what judging it needs besides, in log order: registry facts, and of a prescription that
        other patients' sessions stand on, those sessions.
        """
        return in_log_order(case_streams(self.recorder, patient, self.size))

    def facts(self, after: int = 0) -> Iterator[Recorded]:
        """The whole log as it is now, from index `after` on, in flat memory. Unsound at an entry altered or gone."""
        return map(recorded, in_order(self.recorder.rows(after=after, upto=self.size), after))

    def entry(self, index: int) -> bytes:
        """The exact bytes of an entry. LedgerError if there is none of this index, Unsound if it is altered or gone."""
        for row in self.recorder.rows(after=index, upto=proving.require_index(self.recorder, index)):
            require_unaltered(row)
            return row.data
        raise entry_missing(index + 1)

    def leaf(self, index: int) -> bytes:
        """The leaf hash of an entry, as it is stored. Errors as of `entry`."""
        return proving.leaf(self.recorder, index)

    def subject_of_act(self, act: str) -> str | None:
        """The patient of a session or assessment, as corrected; None if there is no such act."""
        return subject_of_act(self.recorder, act, self.size)

    # --- proofs

    def checkpoint(self, *, now: datetime, progress: Progress = lambda done, total: None, anew: bool = False) -> str:
        """A signed note over the log as it stands, sealed; the last one again if it has not grown.

        `progress` is called while the index of a long log that was never sealed is built. `anew`: build it from the
        log, whatever was kept and sealed, and seal again where the last seal is of another one.

        LedgerError, and nothing is signed, when stored bytes do not fit their leaves, or the log does not continue
        what the key has signed before (a restored old backup), or a new entry is none that this program takes in: no
        fact, under other tags than its own, or dated more than five minutes after `now`.
        """
        return self._checkpoints.sign(now=now, progress=progress, anew=anew)

    def latest_checkpoint(self) -> str | None:
        """The last checkpoint signed, if there is one. Unsound when what is kept is none of this ledger's key."""
        self._checkpoints.refuse_old_backup()
        note = self._checkpoints.latest()
        if note is not None:
            self._checkpoints.open_kept(note, LAST)
        return note

    def cosigning(self) -> Cosigning:
        """What witnesses are asked with, and where their answers go."""
        return Cosigning(self.recorder, self._checkpoints)

    def prove_inclusion(self, index: int, size: int) -> list[bytes]:
        """The proof that entry `index` is in the tree of the first `size` entries (RFC 6962 section 2.1.1).

        It holds: Unsound where none does, as the entries are not those that were signed.
        """
        return proving.inclusion(self.recorder, self._checkpoints, index, size)

    def prove_consistency(self, old: int, new: int) -> list[bytes]:
        """The proof that the first `new` entries continue the first `old` (RFC 6962 section 2.1.2). Errors as there."""
        return proving.consistency(self.recorder, self._checkpoints, old, new)

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
        self._checkpoints.contradictions.refuse()
        order = exporting.ExportAsked(subject, now, since, each, rulebooks, openings, seal)
        return exporting.export(self.recorder, self._checkpoints, order)

    def publish(
        self,
        directory: Path,
        *,
        now: datetime,
        entries: bool = True,
        progress: Progress = lambda done, total: None,
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
        progress: Progress = lambda done, total: None,
        *,
        jobs: int = 1,
        published: Path | None = None,
    ) -> list[Finding]:
        """Everything derived again from the stored bytes; what differs, and where. [] means sound. Changes nothing.

        `progress` is called with entries. `jobs`: over how many processes; with more than one, the caller's main module
        must be guarded, as `multiprocessing` demands. `published`: a directory of `publish` to hold against the log.
        """
        return audit_ledger(self.recorder, self._checkpoints, published, progress, jobs)
