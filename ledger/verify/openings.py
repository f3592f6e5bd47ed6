"""Who the patient is, when the bundle opens it: does what it shows fit what the log committed to? (proof.md, claim 8)

FORMAT.md, "Personal data". What was erased has no opening any more, and everything else still holds. A commitment
bears its own patient's tag and no other ("Own entries"), so those in a bundle are all its subject's, and all of them
are here: an older version of who that is cannot be shown in the place of the last.
"""

from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256

from ledger.proof import ProofError
from ledger.proof.labels import label
from ledger.verify.entries import Entry
from ledger.verify.reading import Opening
from ledger.verify.strict_json import is_all_text, read_json
from ledger.verify.verdict import Finding

_WHERE = "openings"


def check_openings(
    openings: Mapping[int, Opening], entries: Mapping[int, Entry], label_key: bytes | None
) -> list[Finding]:
    """Nothing, when each opening is what its entry commits to, and the last commitment is opened.

    With the regulator's key also: when the last commitment is to the person whose label is the patient.
    """
    if not openings:
        return []
    findings = []
    persons = {}
    for index, opening in openings.items():
        person = _person(index, opening, entries.get(index))
        if isinstance(person, Finding):
            findings.append(person)
        else:
            persons[index] = person
    last = max(commitments(entries), default=None)
    if last is not None and last not in openings:
        what = f"the last commitment, at index {last}, is not opened: what is shown is who it was before"
        findings.append(Finding("opening-differs", _WHERE, what))
    elif label_key is not None and last in persons:
        findings += _label_wrong(last, persons[last], entries[last], label_key)
    return findings


def commitments(entries: Mapping[int, Entry]) -> list[int]:
    """The indexes of the entries that commit to a person, in ascending order."""
    return sorted(index for index, entry in entries.items() if entry.fact["type"] == "PersonCommitted")


def _person(index: int, opening: Opening, entry: Entry | None) -> dict[str, object] | Finding:
    """The person as read, if that is what the entry commits to."""
    if entry is None or entry.fact["type"] != "PersonCommitted":
        return Finding("opening-differs", _WHERE, f"{index}: no commitment to a person stands at this index here")
    digest = sha256(opening.salt + opening.person.encode()).digest()
    if b64encode(digest).decode() != entry.fact["commitment"]:
        return Finding("opening-differs", _WHERE, f"{index}: salt and person are not what the entry commits to")
    try:
        person, doubts = read_json(opening.person)
    except ValueError as error:
        return Finding("malformed", _WHERE, f"{index}: the person is no JSON: {error}")
    if doubts or not isinstance(person, dict) or not is_all_text(person):
        return Finding("malformed", _WHERE, f"{index}: the person is no JSON object that reads in one way only")
    return person


def _label_wrong(index: int, person: dict[str, object], entry: Entry, label_key: bytes) -> list[Finding]:
    insured_id = person.get("national_id")
    try:
        expected = label(label_key, insured_id if isinstance(insured_id, str) else "")
    except ProofError as error:
        return [Finding("opening-differs", _WHERE, f"{index}: no label can be computed of the person: {error}")]
    if entry.fact["patient"] == expected:
        return []
    what = f"{index}: the label of this person's national_id is {expected}, the entry is of {entry.fact['patient']}"
    return [Finding("opening-differs", _WHERE, what)]
