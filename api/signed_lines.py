"""A signature in the statement form → the fact that records it, as a hospital's system would write it.

What a signature says about itself is taken from its statement; whether it is right is asked by the ledger's door.
"""

from datetime import datetime

import msgspec

from ledger.journal import parse_fact
from ledger.treatment.facts import AssessmentSigned, Fact, SessionSigned
from ledger.treatment.refusal import refuse
from ledger.treatment.statements import is_statement, unpack


def signed_line(text: str, at: datetime) -> Fact:
    """The fact, signed `at`; a prescription has its own time. Raises `Refusal` when the text is no signed statement."""
    if not is_statement(text):
        refuse("signature", "is no signed statement, expected what `signer sign` prints")
    statement = unpack(text).statement
    says = statement.says
    if statement.kind == "session":
        return SessionSigned(at=at, session=says["session"], practitioner=statement.signer, signature=text)
    if statement.kind == "assessment":
        return AssessmentSigned(at=at, assessment=says["assessment"], practitioner=statement.signer, signature=text)
    if statement.kind == "prescription":
        return parse_fact(msgspec.json.encode({**says, "signature": text}))
    refuse("signature", f"is of an {statement.kind}, which no line of a journal records; `people erase` takes it")
