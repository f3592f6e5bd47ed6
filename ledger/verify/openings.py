"""Who the patient is, when the bundle opens it: does what it shows fit what the log committed to? (proof.md, claim 8)

FORMAT.md, "Personal data". What was erased has no opening any more, and everything else still holds.
"""

from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256

from ledger.proof import ProofError
from ledger.proof.labels import label
from ledger.verify.entries import Entry
from ledger.verify.reading import Opening
from ledger.verify.strict_json import read_json
from ledger.verify.verdict import Finding

_WHERE = "openings"


def check_openings(
    openings: Mapping[int, Opening], entries: Mapping[int, Entry], label_key: bytes | None
) -> list[Finding]:
    """Nothing, when each opening is what its entry commits to; with the regulator's key, also of whom it is."""
    findings = []
    for index, opening in openings.items():
        if finding := _check(index, opening, entries.get(index), label_key):
            findings.append(finding)
    return findings


def _check(index: int, opening: Opening, entry: Entry | None, label_key: bytes | None) -> Finding | None:
    if entry is None or entry.fact["type"] != "PersonCommitted":
        return Finding("opening-differs", _WHERE, f"{index}: no commitment to a person stands at this index here")
    digest = sha256(opening.salt + opening.person.encode()).digest()
    if b64encode(digest).decode() != entry.fact["commitment"]:
        return Finding("opening-differs", _WHERE, f"{index}: salt and person are not what the entry commits to")
    try:
        person, doubts = read_json(opening.person)
    except ValueError as error:
        return Finding("malformed", _WHERE, f"{index}: the person is no JSON: {error}")
    if doubts or not isinstance(person, dict):
        return Finding("malformed", _WHERE, f"{index}: the person is no JSON object that reads in one way only")
    if label_key is None:
        return None
    try:
        expected = label(label_key, str(person["national_id"]) if isinstance(person.get("national_id"), str) else "")
    except ProofError as error:
        return Finding("opening-differs", _WHERE, f"{index}: no label can be computed of the person: {error}")
    if entry.fact["patient"] != expected:
        what = f"{index}: the label of this person's national_id is {expected}, the entry is of {entry.fact['patient']}"
        return Finding("opening-differs", _WHERE, what)
    return None
