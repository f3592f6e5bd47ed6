"""The two files in which a person is kept, held together: the store with who it is, the log with commitments to it.

A crash may come between writing one and the other. What is put in goes into the store first and then into the log: a
commitment never stands in the log without what opens it, and a version whose entry is missing counts as not there
until the same person is put in again. What is forgotten goes into the log first: nothing is ever gone without an entry
that says so. Before that the store notes that an erasure was begun, so that whoever opens the ledger next sees to it
that the key is gone where the log says that it is.
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from eventsourcing.dcb.api import DCBAppendCondition, DCBEvent, DCBQuery
from eventsourcing.persistence import IntegrityError, OperationalError

from ledger.application.commitments import PersonInLog, read_standing
from ledger.application.mapper import entry_event
from ledger.application.recording import NotWritten
from ledger.journal import spell
from ledger.people import MasterKey, Opening, PeopleError, Periods, PersonStore, read_master_key, read_periods
from ledger.store.entry import format_time
from ledger.store.sqlite import SQLiteDCBRecorder
from ledger.treatment.facts import Fact

_STORE = "people.sqlite3"
_KEY = Path("keys", "people.key")
_PERIODS = "retention.toml"


class PersonLost(PeopleError):
    """The log commits to who a patient is, and nothing here opens it: the store is an old one, or was lost."""


class Keeping:
    """The person store beside one log. `key_file`: where the master key lies, if not in `keys/people.key`."""

    def __init__(self, recorder: SQLiteDCBRecorder, directory: Path, key_file: Path | None = None) -> None:
        self.recorder = recorder
        self.store = PersonStore(directory / _STORE)
        self.key_file = key_file or directory / _KEY
        self._directory = directory

    def master(self) -> MasterKey:
        """The key that opens the store. PeopleError when it cannot be read."""
        return read_master_key(self.key_file)

    def periods(self) -> Periods:
        """How long this institution keeps. PeopleError for a file of periods that are none."""
        return read_periods(self._directory / _PERIODS)

    def standing(self, patient: str) -> PersonInLog:
        """What the log says; where it says erased, the key is gone when this returns, whatever had kept it alive."""
        standing = read_standing(self.recorder, patient)
        if standing.erased and self.store.live(patient):
            self.store.destroy(patient, erased_at=standing.erased[0])
        return standing

    def versions(self, patient: str) -> dict[bytes, Opening]:
        """Every version of the person that the store opens, by commitment; asks for the key only where there is one."""
        return self.store.openings(patient, self.master()) if self.store.live(patient) else {}

    def committed(self, patient: str, standing: PersonInLog) -> dict[int, Opening]:
        """What opens the commitments that stand, by index of the entry. PersonLost where the last one does not open:
        who the patient is then cannot be told, and who it was before must not be told in its place."""
        if not standing.committed:
            return {}
        versions = self.versions(patient)
        last, commitment = standing.committed[-1]
        if commitment not in versions:
            raise PersonLost(
                f"patient {patient!r}: the log commits to who this is at index {last}, and {self.store.path} has "
                "nothing that opens it; restore the store from a newer backup, or put the person in again (`people "
                "add`); `people check` names all of whom this is so"
            )
        return {index: versions[one] for index, one in standing.committed if one in versions}

    def append(self, fact: Fact, tags: Sequence[str], condition: DCBQuery, after: int, now: datetime) -> int | None:
        """The index of the fact's entry; None if something that matches the condition came in after that size."""
        event: DCBEvent = entry_event(fact.ENTRY_TYPE, format_time(now), list(tags), spell(fact))
        try:
            return self.recorder.append([event], DCBAppendCondition(condition, after=after)) - 1
        except IntegrityError:
            return None
        except OperationalError as error:
            raise NotWritten(str(error)) from error
