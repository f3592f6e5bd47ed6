"""That each key's statements continue one another: what is missing, double or contradicted in its chain.

FORMAT.md, "Chain". A bundle holds some of a key's statements. Each gives its own counter and, by its `previous`, the
hash of the statement before: so two can contradict each other also where the one between them is not here. Knows
counters and hashes; whether the signatures are right was asked before.
"""

from base64 import b64encode
from collections.abc import Sequence

from ledger.verify.statements import Statement
from ledger.verify.verdict import Finding

_Place = tuple[str, int]
"""A place in a chain: the key's id, and the counter."""


def check_chains(statements: Sequence[tuple[int, Statement]], subject: str) -> list[Finding]:
    """What is wrong with the chains of these statements, each with the index of its entry, in log order.

    `subject`: the bundle's; of the practitioner that it is about all statements are here, so that none is missing.
    """
    findings = []
    hashes: dict[_Place, str] = {}
    places: dict[str, _Place] = {}
    for index, statement in statements:
        place, own = (statement.key_id, statement.counter), b64encode(statement.digest).decode()
        if place in hashes:
            another = "this statement" if hashes[place] == own else "another one"
            findings.append(_gap(index, statement, f"{another} stands there before"))
        hashes.setdefault(place, own)
        places[own] = place
    followed: dict[str, _Place] = {}  # by the hash of one that is not here, the place that is first said to be its
    for index, statement in statements:
        previous, before = statement.previous, (statement.key_id, statement.counter - 1)
        if statement.counter == 1:
            continue
        said = places[previous] if previous in places else followed.setdefault(previous, before)
        if before in hashes:
            if hashes[before] != previous:
                findings.append(_gap(index, statement, f"it does not continue {before[1]}"))
        elif said != before:
            what = "it follows" if previous in places else "another one says that what it follows is"
            findings.append(_gap(index, statement, f"{what} statement {said[1]} of the key {said[0]}"))
        elif subject == f"practitioner:{statement.signer}":
            findings.append(_gap(index, statement, f"it is here, and {before[1]} is not in the log"))
    return findings


def _gap(index: int, statement: Statement, what: str) -> Finding:
    named = f"statement {statement.counter} of the key {statement.key_id}"
    return Finding("statement-gap", f"index {index}", f"{named}: {what}")
