"""Personal data: put in, shown, opened for a bundle, and forgotten for good; the log holds commitments only.

What is done with the two files that this takes, and in which order, is `keeping.py`'s; how an erasure is approved and
carried out `erasing.py`'s.
"""

import contextlib
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from eventsourcing.dcb.api import DCBQuery, DCBQueryItem

from ledger.application import erasing
from ledger.application.commitments import own_query
from ledger.application.keeping import Keeping
from ledger.application.people_check import Checked, check
from ledger.application.recording import Receipt
from ledger.people import Opening, PeopleError, Periods, Retention, create_master_key, parse_person
from ledger.proof import format_base64
from ledger.store.refusals import Unsound
from ledger.store.sqlite import SQLiteDCBRecorder
from ledger.treatment.facts import PatientFileOpened, PersonCommitted, PersonErased
from ledger.treatment.values import at_home


class Added(NamedTuple):
    """A person is in the store and committed to in the log. `known`: exactly so already, and nothing was added."""

    index: int  # type: ignore[assignment]  # a tuple's own `index` is not missed
    commitment: bytes
    known: bool


class People:
    """The personal data beside one log. `key_file`: where the master key lies, if not in `keys/people.key`.

    `require_newest` is called before anything is taken in or signed: it raises where the log is an old backup.
    """

    def __init__(
        self,
        recorder: SQLiteDCBRecorder,
        directory: Path,
        key_file: Path | None = None,
        require_newest: Callable[[], None] = lambda: None,
    ) -> None:
        self._kept = Keeping(recorder, directory, key_file)
        self._require_newest = require_newest
        self.key_file = self._kept.key_file

    def make_key(self) -> str:
        """Make the master key; returns its id. PeopleError if there is one, or a store that another one opens."""
        store = self._kept.store
        if store.exists() and not self.key_file.exists():
            raise PeopleError(
                f"{store.path}: a person store is here already, and a new key does not open it; restore "
                f"{self.key_file}, or name the key with --people-key"
            )
        return create_master_key(self.key_file).id

    def add_person(self, patient: str, person: bytes, *, now: datetime) -> Added:
        """Keep who the patient is (a JSON object of texts), and commit to it in the log; both durable on return.

        Other data than before is a new version: earlier ones stay, and can be opened, until the person is erased.
        The same again changes nothing. PeopleError if no file of the patient is open, or the text is no person.
        """
        self._require_newest()
        text = parse_person(person)
        master = self._kept.master()
        while True:
            standing = self._kept.standing(patient)
            self._require_file(patient, standing.size)
            versions = self._kept.store.openings(patient, master)
            if standing.committed:
                last, committed = standing.committed[-1]
                if committed in versions and versions[committed].person == text:
                    return Added(last, committed, known=True)
            # A version without an entry is what a crash left between the store and the log: it gets its entry now.
            in_log = {committed for _, committed in standing.committed}
            left = (one for one in versions.values() if one.person == text and one.commitment not in in_log)
            opening = next(left, None) or self._kept.store.put(patient, text, master, size=standing.size)
            fact = PersonCommitted(at=at_home(now), patient=patient, commitment=format_base64(opening.commitment))
            index = self._kept.append(fact, [f"patient:{patient}"], own_query(patient), standing.size, now)
            if index is not None:
                return Added(index, opening.commitment, known=False)

    def person(self, patient: str) -> Opening | None:
        """Who the patient is, as last committed to; None if that was never put in, or was erased.

        PersonLost if nothing here opens the last commitment.
        """
        standing = self._kept.standing(patient)
        openings = self._kept.committed(patient, standing)
        return openings[standing.committed[-1][0]] if openings else None

    def openings(self, patient: str, *, every: bool = False) -> dict[int, tuple[bytes, str]]:
        """What opens the patient's last commitment: index of the entry → (salt, person). Nothing of what was erased.

        `every`: also the earlier versions that still open. PersonLost if nothing here opens the last.
        """
        found = self._kept.committed(patient, self._kept.standing(patient))
        shown = list(found) if every else list(found)[-1:]
        return {index: (found[index].salt, found[index].person) for index in shown}

    def commitments(self, patient: str) -> list[int]:
        """The indexes of the patient's commitments since the last erasure, whether they open here or not."""
        return [index for index, _ in self._kept.standing(patient).committed]

    def erased(self, patient: str) -> PersonErased | None:
        """The patient's erasure, unless who they are was put in again since."""
        standing = self._kept.standing(patient)
        return standing.erased[1] if standing.erased and not standing.committed else None

    def periods(self) -> Periods:
        """How long this institution keeps personal data."""
        return self._kept.periods()

    def retention(self, patient: str) -> Retention:
        """How long the patient's data must be kept, by what the log holds now. PeopleError for an unknown patient."""
        return erasing.retention_of(self._kept, patient, self._kept.recorder.size())

    def erasure_statement(self, patient: str, key_id: str, ground: str | None, *, now: datetime) -> bytes:
        """The exact bytes that the holder of a signing key signs to have the patient's data erased.

        PeopleError where the erasure would be refused whoever signed: what is signed and then not recorded stands in
        the way of whatever its key signs next. So does this, when the patient is seen again before it is used.
        """
        self._require_newest()
        return erasing.statement(self._kept, patient, key_id, ground, now)

    def erase(self, patient: str, approvals: Sequence[str], *, now: datetime) -> Receipt:
        """Destroy the key to the patient's personal data, as two people have signed, and say so in the log.

        When this returns nothing in the ledger's files can tell who the patient was. Asked again, it answers with the
        first receipt (`known`). PeopleError, and nothing has happened, when the signatures are not two enrolled
        people's over what holds now; when data must still be kept, unless a legal ground was signed; when the patient's
        own data stand in that ground.
        """
        self._require_newest()
        return erasing.erase(self._kept, patient, approvals, now)

    def check(self) -> Checked:
        """Hold the whole store against the log, and destroy what the log says was erased; see `people_check`."""
        return check(self._kept)

    def finish(self) -> None:
        """End the erasures that a crash has cut short. Needs no key, and costs next to nothing where there are none."""
        for live in self._kept.store.watched():
            self._kept.standing(live.patient)

    def _require_file(self, patient: str, size: int) -> None:
        query = DCBQuery([DCBQueryItem([PatientFileOpened.ENTRY_TYPE], [f"patient:{patient}"])])
        if not any(True for _ in self._kept.recorder.rows(query, upto=size, limit=1)):
            raise PeopleError(
                f"patient {patient!r}: no file is open under this pseudonym; import it first, or check it"
            )


def finish_erasures(recorder: SQLiteDCBRecorder, directory: Path) -> None:
    """Destroy the keys of those whom the log says were erased, where a crash came in between. For whoever opens a log.

    A store that cannot be used, or an entry that was altered, does not keep the ledger shut: whoever asks something of
    them is told then.
    """
    people = People(recorder, directory)
    with contextlib.suppress(PeopleError, Unsound):
        people.finish()
