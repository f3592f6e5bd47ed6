"""Decisions about institutions, staff, signing keys and rulebooks.

Registration introduces an id; qualifications, suspensions, reinstatements and departures only need it to be
known. Whether they are valid on a day, and what follows, is judged elsewhere.
"""

import re
from typing import Final

from ledger.treatment.facts import RulebookAdopted, SigningKeyEnrolled, SigningKeyRevoked
from ledger.treatment.known import Known
from ledger.treatment.refusal import refuse
from ledger.treatment.signing_keys import public_key_of, weakness
from ledger.treatment.spans import check_ends_once, check_not_before_opening
from ledger.treatment.state import State

_DIGEST: Final = re.compile(r"[0-9A-Fa-f]{64}", re.ASCII)


def enrol_key(after: State, fact: SigningKeyEnrolled, known: Known) -> None:
    """A key stands for one person (电子签名法 art. 13). What is no key known here is recorded, and signs nothing.

    And it has one id, also when the same person asks for another: a key numbers its statements under its id, so that
    under two it could sign two with one number; and what is revoked, as lost, say, is not to come back as new.
    """
    key = public_key_of(fact)
    if key is None:
        return
    weak = weakness(key)
    if weak is not None:
        refuse("public_key", f"{weak}, expected a key that was made at random")
    first = known.enrolment(key.point)
    if first is not None and first.key_id != fact.key_id:
        refuse(
            "public_key",
            f"this public key is enrolled already, for {first.practitioner!r} as {first.key_id!r}, expected a new one: "
            "a key stands for one person under one id, also after it is revoked",
        )


def adopt_rulebook(after: State, fact: RulebookAdopted, known: Known) -> None:
    """The digest can be that of a text: by one that cannot, nobody could ever judge, and no act would be."""
    if not _DIGEST.fullmatch(fact.digest):
        refuse("digest", f"{fact.digest!r}"[:80] + " is no digest, expected the 64 hex digits of the text's SHA-256")


def revoke_key(after: State, fact: SigningKeyRevoked, known: Known) -> None:
    """A key is revoked once, and not before it was enrolled."""
    check_ends_once(after, fact, "revoked")
    check_not_before_opening(after, fact, "enrolled")
