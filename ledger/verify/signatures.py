"""Who did it: the signatures of people inside proven entries, by keys that the same log enrolled (proof.md, claim 4).

FORMAT.md, "People's signatures". A signature in another form is not this verifier's to judge: it is counted.
"""

import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ledger.proof import ProofError, parse_base64
from ledger.proof.ed25519 import check_signature, require_public_key
from ledger.verify.agreement import agreement
from ledger.verify.entries import Entry
from ledger.verify.record import Line, Record
from ledger.verify.statements import Signature, Statement, read_statement, split_signature
from ledger.verify.verdict import Finding

_KINDS = {
    "SessionSigned": ("session", "practitioner"),
    "PrescriptionIssued": ("prescription", "physician"),
    "AssessmentSigned": ("assessment", "practitioner"),
}
"""The facts with a `signature`: what kind of statement it is over, and the field that names the signer."""
_ACTS = {"SessionStarted": "session", "SessionSigned": "session", "AssessmentRecorded": "assessment",
         "AssessmentSigned": "assessment", "PrescriptionIssued": "prescription"}  # fmt: skip
_HEX = re.compile(r"[0-9A-Fa-f]{64}", re.ASCII)


@dataclass(slots=True)
class Tally:
    """Of the acts of one kind: how many there are, and how many are signed here, or in a form not known here."""

    acts: set[object] = field(default_factory=set)
    signed: set[object] = field(default_factory=set)
    foreign: set[object] = field(default_factory=set)


@dataclass(slots=True)
class Attribution:
    """What the signatures come to. `partial`: signatures of which the bundle does not hold all that they are about."""

    kinds: dict[str, Tally] = field(
        default_factory=lambda: {k: Tally() for k in ("session", "prescription", "assessment")}
    )
    erasures: int = 0
    partial: int = 0


def check_signatures(entries: Mapping[int, Entry], subject: str) -> tuple[Attribution, list[Finding]]:
    """How the acts are signed, and what is wrong with signatures; with the chains only when nothing else is."""
    record, told = Record(entries), Attribution()
    findings: list[Finding] = []
    statements: list[tuple[int, Statement]] = []
    for index, entry in entries.items():
        line = Line(index, entry.fact)
        checked = [_check(parts, line, entry.tags, record, told) for parts in _signatures(line, told)]
        for one in checked:
            if isinstance(one, Finding):
                findings.append(one)
            else:
                statements.append((index, one))
        if entry.fact["type"] == "PersonErased":
            told.erasures += 1
            # A statement with an offence of its own is named for that.
            if len({one.signer for one in checked if isinstance(one, Statement)}) < 2 and not any(
                isinstance(one, Finding) for one in checked
            ):
                findings.append(_invalid(index, "an erasure is approved by two people at least"))
    return told, findings or _check_chains(statements, subject)


def _signatures(line: Line, told: Attribution) -> Iterator[Signature | None]:
    """The signatures of this form in the line; None for one that is demanded here and has another form."""
    kind = line.fact["type"]
    if kind == "PersonErased":
        approvals = line.fact["approvals"]
        yield from map(split_signature, approvals if isinstance(approvals, list) else ())
        return
    if kind not in _ACTS:
        return
    tally = told.kinds[_ACTS[kind]]
    act = line.fact.get(_ACTS[kind])
    act = act if isinstance(act, str) else None
    tally.acts.add(act)
    text = line.fact.get("signature")
    if kind not in _KINDS or text is None:
        return
    parts = split_signature(text)
    (tally.foreign if parts is None else tally.signed).add(act)
    if parts is not None:
        yield parts


def _check(
    parts: Signature | None, line: Line, tags: frozenset[str], record: Record, told: Attribution
) -> Statement | Finding:
    index = line.index
    if parts is None:
        return _invalid(index, "the approval of an erasure is no signature of the form that is known here")
    statement = read_statement(parts.statement)
    if isinstance(statement, str):
        return _invalid(index, f"the statement is not spelled as statements are: {statement}")
    if problem := _misplaced(statement, line, tags):
        return _invalid(index, problem)
    key = _key_of(statement, index, record)
    if isinstance(key, str):
        return Finding("signer-unknown", f"index {index}", key)
    if record.lines("SigningKeyRevoked", statement.key_id, index):
        what = f"the key {statement.key_id} of {statement.signer} was revoked before"
        return Finding("signer-revoked", f"index {index}", what)
    try:
        check_signature(key, parts.signature, parts.statement)
    except ProofError as error:
        return _invalid(index, f"{statement.signer} did not sign this with the key {statement.key_id} ({error})")
    differs, whole = agreement(statement, line, record)
    if differs is not None:
        return _invalid(index, f"what was signed is not what is recorded: {differs!r}"[:120])
    told.partial += not whole
    return statement


def _misplaced(statement: Statement, line: Line, tags: frozenset[str]) -> str | None:
    """Why the statement has no business in this entry, if it has none."""
    fact = line.fact
    if fact["type"] == "PersonErased":
        kind, signer = "erasure", f"practitioner:{statement.signer}" in tags
    else:
        kind, by = _KINDS[str(fact["type"])]
        signer = fact.get(by) == statement.signer
    if statement.kind != kind:
        return f"a statement of the kind {statement.kind} stands where one of the kind {kind} is expected"
    return None if signer else f"it is signed by {statement.signer!r}"[:80] + ", whom the entry does not name as signer"


def _key_of(statement: Statement, index: int, record: Record) -> bytes | str:
    """The public key, as enrolled; or why there is none."""
    enrolled = [
        line.fact
        for line in record.lines("SigningKeyEnrolled", statement.key_id, index)
        if line.fact.get("practitioner") == statement.signer
    ]
    named = f"the key {statement.key_id!r} of {statement.signer!r}"[:160]
    if not enrolled:
        return f"{named} was not enrolled before"
    algorithm, text = enrolled[0].get("algorithm"), enrolled[0].get("public_key")
    if not isinstance(algorithm, str) or algorithm.lower() != "ed25519":
        return f"{named} is not of the algorithm ed25519"
    try:
        key = (
            bytes.fromhex(text) if isinstance(text, str) and _HEX.fullmatch(text) else parse_base64(text, "public key")
        )
        require_public_key(key)
    except ProofError as error:
        return f"{named} can stand for nobody: {error}"
    return key


def _check_chains(statements: list[tuple[int, Statement]], subject: str) -> list[Finding]:
    """Each key's statements continue one another; of the practitioner whose stream is whole, none is missing."""
    findings = []
    chains: dict[str, dict[int, Statement]] = {}
    for index, statement in statements:
        first = chains.setdefault(statement.key_id, {}).setdefault(statement.counter, statement)
        if first.digest != statement.digest:
            what = f"the key {statement.key_id} signed two statements with the counter {statement.counter}"
            findings.append(Finding("statement-gap", f"index {index}", what))
    for index, statement in statements:
        chain, before = chains[statement.key_id], statement.counter - 1
        if before in chain:
            if b64encode(chain[before].digest).decode() != statement.previous:
                what = f"statement {statement.counter} of the key {statement.key_id} does not continue {before}"
                findings.append(Finding("statement-gap", f"index {index}", what))
        elif before and subject == f"practitioner:{statement.signer}":
            what = f"of the key {statement.key_id} statement {statement.counter} is here, {before} is not in the log"
            findings.append(Finding("statement-gap", f"index {index}", what))
    return findings


def _invalid(index: int, what: str) -> Finding:
    return Finding("signature-invalid", f"index {index}", what)
