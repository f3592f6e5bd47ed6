"""Who did it: the signatures of people inside proven entries, by keys that the same log enrolled (proof.md, claim 4).

FORMAT.md, "People's signatures". A signature in another form is not this verifier's to judge: it is counted. So is
what a right signature does not cover.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ledger.proof import ProofError
from ledger.proof.ed25519 import check_signature
from ledger.verify.agreement import (
    agreement,
    has_second_lines,
    is_by_own,
    is_current,
    is_stopped_after,
    is_voided,
)
from ledger.verify.chains import check_chains
from ledger.verify.devices import check_device_signature
from ledger.verify.entries import Entry
from ledger.verify.public_keys import PublicKey, public_key_of
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


@dataclass(slots=True)
class Tally:
    """Of the acts of one kind: how many there are, and how many are signed here, or in a form not known here.

    Of those signed here, what their signatures do not cover: `corrected`, acts of which the last signature does not
    say what stood then, or that were corrected after it, or any of whose signed lines was; `stopped_after` it;
    `contradicted` by a second start, stop, record or sheet after it; `voided`, acts that are said not to have been
    performed; `by_others`, acts none of whose signatures is by the session's therapist, or an assessor.
    """

    acts: set[object] = field(default_factory=set)
    signed: set[object] = field(default_factory=set)
    foreign: set[object] = field(default_factory=set)
    corrected: int = 0
    stopped_after: int = 0
    contradicted: int = 0
    voided: int = 0
    by_others: int = 0


@dataclass(slots=True)
class Attribution:
    """What the signatures come to. `partial`: signatures of which the bundle does not hold all that they are about.

    `erasures`: how many, each signed by two people at least.
    """

    kinds: dict[str, Tally] = field(
        default_factory=lambda: {k: Tally() for k in ("session", "prescription", "assessment")}
    )
    erasures: int = 0
    partial: int = 0


def check_signatures(entries: Mapping[int, Entry], subject: str) -> tuple[Attribution, list[Finding]]:
    """How the acts are signed, and what is wrong with signatures; with the chains only when nothing else is."""
    record, told = Record(entries), Attribution()
    findings: list[Finding] = []
    on_acts: list[tuple[Line, Statement]] = []
    statements: list[tuple[int, Statement]] = []
    for index, entry in entries.items():
        line = Line(index, entry.fact)
        checked = [_check(parts, line, entry.tags, record, told, subject) for parts in _signatures(line, told)]
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
        else:
            on_acts += ((line, one) for one in checked if isinstance(one, Statement))
    if not findings:
        _count_uncovered(on_acts, record, told)
    return told, findings or check_chains(statements, subject)


def _count_uncovered(signatures: list[tuple[Line, Statement]], record: Record, told: Attribution) -> None:
    """Count, of right signatures in log order, what they do not cover."""
    last: dict[tuple[str, str | None], tuple[Line, Statement]] = {}
    own: set[tuple[str, str | None]] = set()
    mended: set[tuple[str, str | None]] = set()
    for line, statement in signatures:
        name = statement.kind, _act_of(line, statement.kind)
        last[name] = line, statement
        if record.corrected_after(line.fact.get("id"), -1):  # in a file, its correction may stand before a line
            mended.add(name)
        if is_by_own(statement):
            own.add(name)
    for act, (line, statement) in last.items():
        tally = told.kinds[statement.kind]
        tally.corrected += act in mended or not is_current(statement, line, record)
        tally.stopped_after += is_stopped_after(statement, line, record)
        tally.contradicted += has_second_lines(statement, record)
        tally.voided += is_voided(statement, record)
        tally.by_others += act not in own


def _act_of(line: Line, kind: str) -> str | None:
    act = line.fact.get(kind)
    return act if isinstance(act, str) else None


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
    act = _act_of(line, _ACTS[kind])
    tally.acts.add(act)
    text = line.fact.get("signature")
    if kind not in _KINDS or text is None:
        return
    parts = split_signature(text)
    (tally.foreign if parts is None else tally.signed).add(act)
    if parts is not None:
        yield parts


def _check(
    parts: Signature | None, line: Line, tags: frozenset[str], record: Record, told: Attribution, subject: str
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
    if record.revoked(statement.key_id, index):
        what = f"the key {statement.key_id} of {statement.signer} was revoked before"
        return Finding("signer-revoked", f"index {index}", what)
    try:
        _check_right(parts, key)
    except ProofError as error:
        return _invalid(index, f"{statement.signer} did not sign this with the key {statement.key_id} ({error})")
    differs, whole = agreement(statement, line, record, subject)
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


def _check_right(parts: Signature, key: PublicKey) -> None:
    if (parts.device is None) != (key.site is None):
        made = "a key on a device" if parts.device is not None else "a key of Ed25519"
        raise ProofError(f"it is in the form of {made}, and the key that is enrolled is of the other kind")
    if parts.device is None or key.site is None:
        check_signature(key.point, parts.signature, parts.statement)
    else:
        check_device_signature(key.site, key.point, parts.signature, parts.statement, *parts.device)


def _key_of(statement: Statement, index: int, record: Record) -> PublicKey | str:
    """The public key, as enrolled; or why there is none."""
    enrolled = record.enrolled(statement.key_id, statement.signer, index)
    named = f"the key {statement.key_id!r} of {statement.signer!r}"[:160]
    if enrolled is None:
        return f"{named} was not enrolled before"
    key = public_key_of(enrolled.fact)
    if key is None:
        return f"{named} is no key of Ed25519, and none of P-256 on a device"
    try:
        key.require_point()
    except ProofError as error:
        return f"{named} can stand for nobody: {error}"
    if not record.holds_first(key.point, enrolled):
        return f"{named} was enrolled before, for somebody else or under another id"
    return key


def _invalid(index: int, what: str) -> Finding:
    return Finding("signature-invalid", f"index {index}", what)
