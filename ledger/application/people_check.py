"""Is the person store the one that belongs to this log? Everybody's data are opened once, and held against it.

A store may be lost, or restored from a backup that is older than the log, and nothing else would tell: what was put in
since is missing in it, and whoever was erased since is back in it. The reading is repeated where the log moved
meanwhile, so that nobody who is put in at this moment is reported.
"""

from typing import NamedTuple

from eventsourcing.dcb.api import DCBQuery, DCBQueryItem

from ledger.application.commitments import PersonInLog
from ledger.application.keeping import Keeping
from ledger.application.reading import recorded
from ledger.people import PeopleError
from ledger.proof import format_base64
from ledger.treatment.facts import PersonCommitted, PersonErased


class Lost(NamedTuple):
    """A commitment in the log, since the patient's last erasure, that the store does not open, and why not."""

    patient: str
    index: int  # type: ignore[assignment]  # a tuple's own `index` is not missed
    commitment: str
    why: str


class Unrecorded(NamedTuple):
    """A version of a person in the store to which no entry of the log commits: a crash came in between, or the log is
    older than the store. It counts as not there; putting the same person in again gives it its entry."""

    patient: str
    commitment: str


class Checked(NamedTuple):
    """`readable`: patients whose last commitment opens. `destroyed`: of whom the log says that they were erased, and
    whose data opened all the same until now. Commitments in base64, as entries have them."""

    readable: int
    destroyed: list[str]
    lost: list[Lost]
    unrecorded: list[Unrecorded]

    @property
    def is_sound(self) -> bool:
        """Whether store and log say the same."""
        return not (self.destroyed or self.lost or self.unrecorded)


def check(kept: Keeping) -> Checked:
    """Hold store and log together, and destroy what the log says was erased. PeopleError if the key is not the
    store's, or the store is none."""
    kept.store.require(kept.master())
    checked = Checked(0, [], [], [])
    readable = 0
    for patient in sorted(_in_log(kept) | {live.patient for live in kept.store.all_live()}):
        readable += _check(kept, patient, checked)
    return checked._replace(readable=readable)


def _check(kept: Keeping, patient: str, found: Checked) -> bool:
    """Put down what is wrong with this patient's; whether the last commitment opens."""
    was_live = kept.store.live(patient) is not None
    standing = kept.standing(patient)  # destroys
    if was_live and kept.store.live(patient) is None:
        found.destroyed.append(patient)
    while True:
        versions, why = _versions(kept, patient)
        now = kept.standing(patient)
        if now.committed == standing.committed:
            break
        standing = now
    found.lost.extend(
        Lost(patient, index, format_base64(commitment), why)
        for index, commitment in standing.committed
        if commitment not in versions
    )
    in_log = _commitments(standing)
    found.unrecorded.extend(Unrecorded(patient, format_base64(one)) for one in sorted(versions - in_log))
    return bool(standing.committed) and standing.committed[-1][1] in versions


def _versions(kept: Keeping, patient: str) -> tuple[set[bytes], str]:
    """The commitments that the store opens, and why it does not open others."""
    try:
        return set(kept.versions(patient)), "nothing in the store opens it"
    except PeopleError as error:
        return set(), str(error)


def _commitments(standing: PersonInLog) -> set[bytes]:
    return {commitment for _, commitment in standing.committed}


def _in_log(kept: Keeping) -> set[str]:
    """Every patient to whom the log ever committed."""
    query = DCBQuery([DCBQueryItem([PersonCommitted.ENTRY_TYPE, PersonErased.ENTRY_TYPE])])
    patients = set()
    for row in kept.recorder.rows(query, upto=kept.recorder.size()):
        fact = recorded(row).fact
        if isinstance(fact, PersonCommitted | PersonErased):
            patients.add(fact.patient)
    return patients
