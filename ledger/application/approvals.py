"""Two people's signatures under an erasure: enrolled, not revoked, over the same words, each next in its key's chain.

Checked whole before anything is destroyed, against the log as it was at one size; what was read is handed back, so
that the erasure can be appended on condition that none of it has changed.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from ledger.application.enrolments import find_key, key_to_check_with, last_statement
from ledger.application.signatures import check_signed
from ledger.people import PeopleError
from ledger.proof import ProofError
from ledger.store.sqlite import SQLiteDCBRecorder
from ledger.treatment.refusal import Refusal
from ledger.treatment.signing_keys import KeyProblem
from ledger.treatment.statements import SignedStatement, is_statement, unpack

LEAST_SIGNERS: Final = 2
"""So many people approve an erasure."""


class Approved(NamedTuple):
    """Signatures that are right: their texts, who made them, what was read to know that, and what all of them say."""

    texts: list[str]
    signers: list[str]
    read: list[str]  # subjects
    says: dict[str, Any]

    def require(self, says: Mapping[str, Any]) -> None:
        """What was signed is what is to be recorded. PeopleError naming the first field that differs."""
        for field, value in says.items():
            if self.says.get(field) != value:
                raise PeopleError(
                    f"approvals: {field}: signed was {self.says.get(field)!r}, now it is {value!r}; print the "
                    "statement again and have it signed"
                )


def approve(recorder: SQLiteDCBRecorder, texts: Sequence[str], *, upto: int) -> Approved:
    """The approvals, if each is right over the log's first `upto` entries. PeopleError saying which is not, and why."""
    checked = [_checked(recorder, f"approval {number}", text, upto) for number, text in enumerate(texts, 1)]
    signers = [signed.statement.signer for signed, _ in checked]
    if len(set(signers)) < LEAST_SIGNERS or len(set(signers)) < len(signers):
        raise PeopleError(
            f"approvals: {LEAST_SIGNERS} different people must sign, each once; these are of "
            f"{', '.join(sorted(set(signers))) or 'nobody'}"
        )
    if len({point for _, point in checked}) < len(checked):
        raise PeopleError("approvals: two of them are made with one key, enrolled for two people; enrol one a person")
    says = checked[0][0].statement.says
    for number, (signed, _) in enumerate(checked, 1):
        for field, value in says.items():
            if signed.statement.says[field] != value:
                raise PeopleError(f"approval {number}: {field}: it says something else than approval 1")
    read = [f"key:{signed.statement.key_id}" for signed, _ in checked] + [f"signed:{signer}" for signer in signers]
    return Approved(list(texts), signers, read, says)


def _checked(recorder: SQLiteDCBRecorder, which: str, text: str, upto: int) -> tuple[SignedStatement, bytes]:
    if not is_statement(text):
        raise PeopleError(f"{which}: no signed statement; `people statement` prints the statement that is to be signed")
    try:
        signed = unpack(text)
    except Refusal as refusal:
        raise PeopleError(f"{which}: {refusal}") from None
    statement = signed.statement
    if statement.kind != "erasure":
        raise PeopleError(f"{which}: it is a statement about a {statement.kind}, not about an erasure")
    key = find_key(recorder, statement.key_id, upto, [statement.signer])
    if key is None:
        raise PeopleError(f"{which}: no key {statement.key_id!r} is enrolled; SigningKeyEnrolled does that")
    if key.owner != statement.signer:
        raise PeopleError(
            f"{which}: its signer is {statement.signer}, and key {statement.key_id!r} is enrolled for {key.owner}"
        )
    public_key = key_to_check_with(recorder, key, statement.signer, upto)
    if isinstance(public_key, KeyProblem):
        raise PeopleError(f"{which}: key {statement.key_id!r} {public_key.what}")
    try:
        check_signed(public_key, signed)
    except ProofError as error:
        raise PeopleError(f"{which}: {error}") from None
    head = last_statement(recorder, key, upto)
    if (statement.counter, statement.previous) != (head.counter + 1, head.digest):
        raise PeopleError(
            f"{which}: statement {statement.counter} of key {statement.key_id}, and the log has {head.counter} of that "
            "key; each names the one before it: print the statement again and have it signed"
        )
    return signed, public_key.point
