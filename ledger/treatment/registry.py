"""Decisions about institutions, staff and signing keys.

Registration introduces an id; qualifications, suspensions, reinstatements and departures only need it to be
known. Whether they are valid on a day, and what follows, is judged elsewhere.
"""

from ledger.treatment.facts import SigningKeyRevoked
from ledger.treatment.known import Known
from ledger.treatment.spans import check_ends_once, check_not_before_opening
from ledger.treatment.state import State


def revoke_key(after: State, fact: SigningKeyRevoked, known: Known) -> None:
    """A key is revoked once, and not before it was enrolled."""
    check_ends_once(after, fact, "revoked")
    check_not_before_opening(after, fact, "enrolled")
