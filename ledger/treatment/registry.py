"""Decisions about institutions, staff and signing keys.

Registration introduces an id; qualifications, suspensions, reinstatements and departures only need it to be
known. Whether they are valid on a day, and what follows, is judged elsewhere.
"""

from ledger.treatment.facts import SigningKeyEnrolled, SigningKeyRevoked
from ledger.treatment.known import Known
from ledger.treatment.refusal import refuse
from ledger.treatment.signing_keys import ed25519_key, weakness
from ledger.treatment.spans import check_ends_once, check_not_before_opening
from ledger.treatment.state import State


def enrol_key(after: State, fact: SigningKeyEnrolled, known: Known) -> None:
    """An Ed25519 key stands for one person (电子签名法 art. 13). What is no such key is recorded, and signs nothing."""
    key = ed25519_key(fact)
    weak = weakness(key) if key is not None else None
    if weak is not None:
        refuse("public_key", f"{weak}, expected a key that was made at random")


def revoke_key(after: State, fact: SigningKeyRevoked, known: Known) -> None:
    """A key is revoked once, and not before it was enrolled."""
    check_ends_once(after, fact, "revoked")
    check_not_before_opening(after, fact, "enrolled")
