"""What the log says of a patient's personal data: commitments, and the erasure after which none of them opens."""

from typing import NamedTuple

from eventsourcing.dcb.api import DCBQuery, DCBQueryItem

from ledger.application.reading import recorded
from ledger.proof import parse_base64
from ledger.store.sqlite import SQLiteDCBRecorder, Stored
from ledger.treatment.facts import PersonCommitted, PersonErased


class PersonInLog(NamedTuple):
    """What the first `size` entries say: `committed` since the last erasure as (index, commitment), in log order;
    the last erasure with its index; and the entries of both kinds, all of them."""

    size: int
    committed: list[tuple[int, bytes]]
    erased: tuple[int, PersonErased] | None
    rows: list[Stored]


def read_standing(recorder: SQLiteDCBRecorder, patient: str) -> PersonInLog:
    """What the log says now. Unsound where an entry of it was altered."""
    size = recorder.size()
    rows = list(recorder.rows(own_query(patient), upto=size))
    committed: list[tuple[int, bytes]] = []
    erased = None
    for row in rows:
        fact = recorded(row).fact
        if isinstance(fact, PersonCommitted):
            committed.append((row.position - 1, parse_base64(fact.commitment, "commitment")))
        elif isinstance(fact, PersonErased):
            committed.clear()
            erased = row.position - 1, fact
    return PersonInLog(size, committed, erased, rows)


def own_query(patient: str) -> DCBQuery:
    """A query for the entries about the patient's personal data."""
    return DCBQuery([DCBQueryItem([PersonCommitted.ENTRY_TYPE, PersonErased.ENTRY_TYPE], [f"patient:{patient}"])])
