"""Personal data: put in, shown, opened for a bundle, and forgotten for good; the log holds commitments only.

Two files are written, the person store and the log, and a crash may come between them. What is put in goes into the
store first and then into the log: a commitment never stands in the log without what opens it, and a version whose
entry is missing counts as not there until the same person is put in again. What is forgotten goes into the log first:
nothing is ever gone without an entry that says so. Before that the store notes that an erasure was begun, so that
whoever opens the ledger next sees to it that the key is gone where the log says that it is.
"""

import contextlib
import json
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

from eventsourcing.dcb.api import DCBAppendCondition, DCBEvent, DCBQuery, DCBQueryItem
from eventsourcing.persistence import IntegrityError, OperationalError

from ledger.application.approvals import Approved, approve
from ledger.application.commitments import Standing, own_query, read_standing
from ledger.application.mapper import entry_event
from ledger.application.reading import boundary_query, patient_streams, recorded
from ledger.application.recording import NotWritten, Receipt
from ledger.application.signing import next_statement
from ledger.journal import spell
from ledger.people import (
    MasterKey,
    Opening,
    PeopleError,
    PersonStore,
    Retention,
    create_master_key,
    parse_person,
    read_master_key,
    read_periods,
    retention,
)
from ledger.proof import format_base64
from ledger.store.entry import format_time, parse_entry
from ledger.store.sqlite import SQLiteDCBRecorder, Stored
from ledger.treatment.facts import Fact, PatientFileOpened, PersonCommitted, PersonErased
from ledger.treatment.statements import says_erasure
from ledger.treatment.values import at_home

_STORE = "people.sqlite3"
_KEY = Path("keys", "people.key")
_PERIODS = "retention.toml"


class Added(NamedTuple):
    """A person is in the store and committed to in the log. `known`: exactly so already, and nothing was added."""

    index: int  # type: ignore[assignment]  # a tuple's own `index` is not missed
    commitment: bytes
    known: bool


class Checked(NamedTuple):
    """What a check of the whole store found: patients whose data open, and who was erased in the log and still here."""

    readable: int
    destroyed: list[str]


class People:
    """The personal data beside one log. `key_file`: where the master key lies, if not in `keys/people.key`."""

    def __init__(self, recorder: SQLiteDCBRecorder, directory: Path, key_file: Path | None = None) -> None:
        self._recorder = recorder
        self._directory = directory
        self._store = PersonStore(directory / _STORE)
        self.key_file = key_file or directory / _KEY

    def make_key(self) -> str:
        """Make the master key; returns its id. PeopleError if there is one, or a store that another one opens."""
        if self._store.exists() and not self.key_file.exists():
            raise PeopleError(
                f"{self._store.path}: a person store is here already, and a new key does not open it; restore "
                f"{self.key_file}, or name the key with --people-key"
            )
        return create_master_key(self.key_file).id

    def add_person(self, patient: str, person: bytes, *, now: datetime) -> Added:
        """Keep who the patient is (a JSON object of texts), and commit to it in the log; both durable on return.

        Other data than before is a new version: earlier ones stay, and can be opened, until the person is erased.
        The same again changes nothing. PeopleError if no file of the patient is open, or the text is no person.
        """
        text = parse_person(person)
        master = self._master()
        while True:
            standing = self._standing(patient)
            self._require_file(patient, standing.size)
            openings = self._store.openings(patient, master)
            if standing.committed:
                last, committed = standing.committed[-1]
                if committed in openings and openings[committed].person == text:
                    return Added(last, committed, known=True)
            # A version without an entry is what a crash left between the store and the log: it gets its entry now.
            in_log = {committed for _, committed in standing.committed}
            left = (one for one in openings.values() if one.person == text and one.commitment not in in_log)
            opening = next(left, None) or self._store.put(patient, text, master, size=standing.size)
            fact = PersonCommitted(at=at_home(now), patient=patient, commitment=format_base64(opening.commitment))
            index = self._append(fact, [f"patient:{patient}"], own_query(patient), standing.size, now)
            if index is not None:
                return Added(index, opening.commitment, known=False)

    def person(self, patient: str) -> Opening | None:
        """Who the patient is, as last committed to; None if that is not known here, or was erased."""
        standing = self._standing(patient)
        return self._committed(patient, standing).get(standing.committed[-1][0]) if standing.committed else None

    def openings(self, patient: str) -> dict[int, tuple[bytes, str]]:
        """What opens the patient's commitments: index of the entry → (salt, person). Nothing of what was erased."""
        return {index: (one.salt, one.person) for index, one in self._committed(patient).items()}

    def erased(self, patient: str) -> PersonErased | None:
        """The patient's erasure, unless who they are was put in again since."""
        standing = self._standing(patient)
        return standing.erased[1] if standing.erased and not standing.committed else None

    def retention(self, patient: str) -> Retention:
        """How long the patient's data must be kept, by what the log holds now. PeopleError for an unknown patient."""
        return self._retention(patient, self._recorder.head())

    def erasure(self, patient: str, key_id: str, ground: str | None, *, now: datetime) -> bytes:
        """The exact bytes that the holder of a signing key signs to have the patient's data erased.

        PeopleError where the erasure would be refused whoever signed: what is signed and then not recorded stands in
        the way of whatever its key signs next. So does this, when the patient is seen again before it is used.
        """
        if ground is not None and self.key_file.exists():
            self._keep_names_out(patient, ground)
        found = self.retention(patient)
        until = _last_day(patient, found)
        _require_over(patient, found, ground, now)
        return next_statement(self._recorder, "erasure", says_erasure(patient, until, ground), key_id)

    def erase(self, patient: str, approvals: Sequence[str], *, now: datetime) -> Receipt:
        """Destroy the key to the patient's personal data, as two people have signed, and say so in the log.

        When this returns nothing in the ledger's files can tell who the patient was. Asked again, it answers with the
        first receipt (`known`). PeopleError, and nothing has happened, when the signatures are not two enrolled
        people's over what holds now; when data must still be kept, unless a legal ground was signed.
        """
        while True:
            standing = self._standing(patient)
            if self._store.live(patient) is None:
                if standing.erased and not standing.committed:
                    return _receipt(standing.rows[-1], known=True)
                raise PeopleError(
                    f"patient {patient!r}: {self._store.path} has nothing about them to erase; check the id, or "
                    "restore the store if it was lost"
                )
            approved = approve(self._recorder, approvals, upto=standing.size)
            fact = self._erasure(patient, approved, standing.size, now)
            # Crash points. After this line and before the entry: nothing has happened, and the mark is harmless. After
            # the entry: the log says erased; whoever opens the ledger next finds the mark and destroys the key.
            self._store.watch(patient)
            tags = {f"patient:{patient}", *(f"practitioner:{signer}" for signer in approved.signers)}
            read = DCBQuery([DCBQueryItem(tags=[f"patient:{patient}"]), *boundary_query(approved.read).items])
            index = self._append(fact, sorted(tags), read, standing.size, now)
            if index is None:
                continue  # something was recorded meanwhile that may change the answer
            self._store.destroy(patient, erased_at=index)
            (row,) = self._recorder.rows(after=index, upto=index + 1)
            return _receipt(row, known=False)

    def check(self) -> Checked:
        """Open everything once, and destroy what the log says was erased: a store restored from an old backup has
        keys again that were destroyed. PeopleError at the first patient whose data do not open."""
        master = self._master()
        readable, destroyed = 0, []
        for live in self._store.all_live():
            standing = self._standing(live.patient)  # destroys
            if self._store.live(live.patient) is None:
                destroyed.append(live.patient)
                continue
            self._store.openings(live.patient, master)
            readable += bool(standing.committed)
        return Checked(readable, destroyed)

    def finish(self) -> None:
        """End the erasures that a crash has cut short. Needs no key, and costs next to nothing where there are none."""
        for live in self._store.watched():
            self._standing(live.patient)

    # ---

    def _standing(self, patient: str) -> Standing:
        """What the log says; where it says erased, the key is gone when this returns, whatever had kept it alive."""
        standing = read_standing(self._recorder, patient)
        if standing.erased and self._store.live(patient):
            self._store.destroy(patient, erased_at=standing.erased[0])
        return standing

    def _committed(self, patient: str, standing: Standing | None = None) -> dict[int, Opening]:
        standing = standing or self._standing(patient)
        if not standing.committed:
            return {}
        openings = self._store.openings(patient, self._master())
        return {index: openings[one] for index, one in standing.committed if one in openings}

    def _master(self) -> MasterKey:
        return read_master_key(self.key_file)

    def _retention(self, patient: str, size: int) -> Retention:
        streams = patient_streams(self._recorder, patient, size)
        rows = {row.position: row for stream in streams for row in stream.rows}
        facts = (recorded(rows[position]).fact for position in sorted(rows))
        found = retention(patient, facts, read_periods(self._directory / _PERIODS))
        if found is None:
            raise PeopleError(f"patient {patient!r}: nothing in this ledger is about them; check the id")
        return found

    def _erasure(self, patient: str, approved: Approved, size: int, now: datetime) -> PersonErased:
        """The fact, if it may be recorded now."""
        ground = approved.says["ground"]
        found = self._retention(patient, size)
        until = _last_day(patient, found)
        approved.require(says_erasure(patient, until, ground))
        _require_over(patient, found, ground, now)
        return PersonErased(
            at=at_home(now), patient=patient, retained_until=until, ground=ground, approvals=list(approved.texts)
        )

    def _keep_names_out(self, patient: str, ground: str) -> None:
        """The ground is written into the log for ever; what is about to be forgotten must not stand in it."""
        for opening in self._committed(patient).values():
            for text in json.loads(opening.person).values():
                if text in ground:
                    raise PeopleError(
                        "ground: the patient's own data stand in it, and the log keeps it for ever; name the law or "
                        "the file of the decision instead"
                    )

    def _require_file(self, patient: str, size: int) -> None:
        query = DCBQuery([DCBQueryItem([PatientFileOpened.ENTRY_TYPE], [f"patient:{patient}"])])
        if not any(True for _ in self._recorder.rows(query, upto=size, limit=1)):
            raise PeopleError(
                f"patient {patient!r}: no file is open under this pseudonym; import it first, or check it"
            )

    def _append(self, fact: Fact, tags: Sequence[str], condition: DCBQuery, after: int, now: datetime) -> int | None:
        """The index of the fact's entry; None if something that matches the condition came in after that size."""
        event: DCBEvent = entry_event(fact.ENTRY_TYPE, format_time(now), list(tags), spell(fact))
        try:
            return self._recorder.append([event], DCBAppendCondition(condition, after=after)) - 1
        except IntegrityError:
            return None
        except OperationalError as error:
            raise NotWritten(str(error)) from error


def finish_erasures(recorder: SQLiteDCBRecorder, directory: Path) -> None:
    """Destroy the keys of those whom the log says were erased, where a crash came in between. For whoever opens a log.

    A store that cannot be used does not keep the ledger shut: whoever asks something of the store is told then.
    """
    people = People(recorder, directory)
    with contextlib.suppress(PeopleError):
        people.finish()


def _receipt(row: Stored, *, known: bool) -> Receipt:
    return Receipt(row.position - 1, row.leaf.hex(), parse_entry(row.data).appended_at, known)


def _last_day(patient: str, found: Retention) -> date:
    if found.until is None:
        raise PeopleError(
            f"patient {patient!r}: still in the stay {', '.join(found.open_stays)}, so that nobody knows yet how long "
            "the data must be kept; record the discharge first"
        )
    return found.until


def _require_over(patient: str, found: Retention, ground: str | None, now: datetime) -> None:
    if ground is None and not found.is_over(at_home(now).date()):
        raise PeopleError(
            f"patient {patient!r}: the data must be kept until {found.until} inclusive; before that, a legal ground is "
            "stated and signed: `people erasure --ground TEXT`"
        )
