"""Forgetting who a patient is: when it may be done, what two people sign for it, and the steps in which it is done.

Everything is looked at before the entry is appended, and appended only if nothing of it has changed meanwhile; what
follows the entry is finished by whoever opens the ledger next (keeping.py).
"""

from collections.abc import Sequence
from datetime import date, datetime

from eventsourcing.dcb.api import DCBQuery, DCBQueryItem

from ledger.application.approvals import Approved, approve
from ledger.application.keeping import Keeping
from ledger.application.reading import boundary_query, patient_streams, recorded
from ledger.application.recording import Receipt
from ledger.application.signing import next_statement
from ledger.people import PeopleError, Retention, retention, tells
from ledger.store.entry import parse_entry
from ledger.store.sqlite import Stored
from ledger.treatment.facts import PersonErased
from ledger.treatment.statements import says_erasure
from ledger.treatment.values import at_home


def retention_of(kept: Keeping, patient: str, size: int) -> Retention:
    """How long the patient's data must be kept, by the first `size` entries. PeopleError if none is about them."""
    streams = patient_streams(kept.recorder, patient, size)
    rows = {row.position: row for stream in streams for row in stream.rows}
    facts = (recorded(rows[position]).fact for position in sorted(rows))
    found = retention(patient, facts, kept.periods())
    if found is None:
        raise PeopleError(f"patient {patient!r}: nothing in this ledger is about them; check the id")
    return found


def statement(kept: Keeping, patient: str, key_id: str, ground: str | None, now: datetime) -> bytes:
    """The exact bytes that the holder of this key signs; see `People.erasure_statement`."""
    _check_ground(kept, patient, ground)
    found = retention_of(kept, patient, kept.recorder.size())
    until = _last_day(patient, found)
    _require_over(patient, found, ground, now)
    return next_statement(kept.recorder, "erasure", says_erasure(patient, until, ground), key_id)


def erase(kept: Keeping, patient: str, approvals: Sequence[str], now: datetime) -> Receipt:
    """Carry it out, as these signatures approve; see `People.erase`."""
    while True:
        standing = kept.standing(patient)
        if kept.store.live(patient) is None:
            if standing.erased and not standing.committed:
                return _receipt(standing.rows[-1], known=True)
            raise PeopleError(
                f"patient {patient!r}: {kept.store.path} has nothing about them to erase; check the id, or restore "
                "the store if it was lost"
            )
        approved = approve(kept.recorder, approvals, upto=standing.size)
        fact = _erasure(kept, patient, approved, standing.size, now)
        # Crash points. After this line and before the entry: nothing has happened, and the mark is harmless. After the
        # entry: the log says erased; whoever opens the ledger next finds the mark and destroys the key.
        kept.store.watch(patient)
        tags = {f"patient:{patient}", *(f"practitioner:{signer}" for signer in approved.signers)}
        read = DCBQuery([DCBQueryItem(tags=[f"patient:{patient}"]), *boundary_query(approved.read).items])
        index = kept.append(fact, sorted(tags), read, standing.size, now)
        if index is None:
            continue  # something was recorded meanwhile that may change the answer
        kept.store.destroy(patient, erased_at=index)
        (row,) = kept.recorder.rows(after=index, upto=index + 1)
        return _receipt(row, known=False)


def _erasure(kept: Keeping, patient: str, approved: Approved, size: int, now: datetime) -> PersonErased:
    """The fact, if it may be recorded now."""
    ground = approved.says["ground"]
    # Also here: what was signed need not come from `statement`.
    _check_ground(kept, patient, ground)
    found = retention_of(kept, patient, size)
    until = _last_day(patient, found)
    approved.require(says_erasure(patient, until, ground))
    _require_over(patient, found, ground, now)
    return PersonErased(
        at=at_home(now), patient=patient, retained_until=until, ground=ground, approvals=list(approved.texts)
    )


def _check_ground(kept: Keeping, patient: str, ground: str | None) -> None:
    """The ground is written into the log for ever: it says something, and not what is about to be forgotten.

    So it takes the key of the store to have a ground signed, and to erase by one.
    """
    if ground is None:
        return
    if not any(character.isalnum() for character in ground):
        raise PeopleError("ground: nothing is said in it; name the law or the decision, or leave it out")
    if any(tells(version.person, ground) for version in kept.versions(patient).values()):
        raise PeopleError(
            "ground: the patient's own data stand in it, and the log keeps it for ever; name the law or the file of "
            "the decision instead"
        )


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
            "stated and signed: `people statement --ground TEXT`"
        )
