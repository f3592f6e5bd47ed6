"""Who the patients are, apart from what was done to them: the only part of a ledger that may forget.

A patient's name, national id and telephone lie here, encrypted under a key of the patient's own; the log holds salted
commitments to them and the pseudonym. Destroying the key is what erasure means: every proof of the log still verifies,
and nothing in it tells any more who the patient was. This room knows facts (how long data must be kept depends on
them), no entry, no log and no clock.
"""

from ledger.people.key import MasterKey, create_master_key, read_master_key, read_secret, write_secret
from ledger.people.national_id import is_mistyped
from ledger.people.periods import Periods, read_periods
from ledger.people.person import NATIONAL_ID, commitment, national_id_of, parse_person, tells
from ledger.people.person_store import Live, Opening, PersonStore
from ledger.people.refusals import PeopleError
from ledger.people.retention import Retention, retention

__all__ = [
    "NATIONAL_ID",
    "Live",
    "MasterKey",
    "Opening",
    "PeopleError",
    "Periods",
    "PersonStore",
    "Retention",
    "commitment",
    "create_master_key",
    "is_mistyped",
    "national_id_of",
    "parse_person",
    "read_master_key",
    "read_periods",
    "read_secret",
    "retention",
    "tells",
    "write_secret",
]
